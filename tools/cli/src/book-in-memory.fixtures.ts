import { isDeepStrictEqual } from 'node:util';

type Options = { commandId: string; occurredAt: string };
type Receipt = {
  __typename: 'Receipt';
  commandId: string;
  dryRun: false;
  notices: { code: string; message: string }[];
};
type Rejection = { __typename: 'Rejection'; commandId: string; dryRun: false; code: string; message: string };
type Result = Receipt | Rejection;
type Placement = {
  serial: string;
  backplateId: string;
  siteId: string;
  mountedAt: string;
  dismountedAt: string | null;
};
export type StoredSession = {
  id: string;
  charger: string;
  /** Where the charger hung when it started. */
  backplateId: string | undefined;
  siteId: string | undefined;
  startedAt: string;
  endedAt: string | null;
  energyWattHours: number | null;
  driverReference: string | null;
};
type Observation = {
  id: string;
  charger: string;
  kind: string;
  occurredAt: string;
  sessionId: string;
  energyWattHours?: number;
  driverReference?: string;
};
type Page = { first: number; after?: string | null };

/** The rules of the book that an import can run into, and nothing more. Root value of the GraphQL fixture. */
export class BookInMemory {
  readonly sites = new Map<string, { id: string; name: string; timeZone: string; occurredAt: string }>();
  readonly circuits = new Map<string, { id: string; site: { id: string } }>();
  readonly backplates = new Map<
    string,
    { id: string; label?: string; circuit: { id: string; site: { id: string } } }
  >();
  readonly placements = new Map<string, Placement[]>();
  readonly allSessions: StoredSession[] = [];
  private readonly sessionsByCharger = new Map<string, StoredSession[]>();
  private readonly receipts = new Map<string, { input: unknown; receipt: Receipt }>();

  me() {
    return { id: 'admin', kind: 'ADMIN' };
  }
  site({ id }: { id: string }) {
    return this.sites.get(id);
  }
  circuit({ id }: { id: string }) {
    return this.circuits.get(id);
  }
  backplate({ id }: { id: string }) {
    return this.backplates.get(id);
  }
  charger({ serial }: { serial: string }) {
    const placements = this.placements.get(serial);
    if (placements == null) return undefined;
    const sessions = this.sessionsOf(serial);
    return {
      serial,
      placements: (page: Page) => pageOf(placements, page),
      sessions: ({ from, to, ...page }: Page & { from: string; to: string }) =>
        pageOf(
          sessions.filter(({ startedAt }) => startedAt >= from && startedAt < to),
          page,
        ),
    };
  }

  registerSite({
    input,
    options,
  }: {
    input: { id: string; name: string; timeZone: string };
    options: Options;
  }) {
    return this.once(input, options, () => {
      if (this.sites.has(input.id)) return 'ALREADY_EXISTS';
      this.sites.set(input.id, { ...input, occurredAt: options.occurredAt });
      return undefined;
    });
  }
  addCircuit({ input, options }: { input: { id: string; site: string }; options: Options }) {
    return this.once(input, options, () => {
      const site = this.sites.get(input.site);
      if (site == null || site.occurredAt > options.occurredAt) return 'NOT_FOUND';
      if (this.circuits.has(input.id)) return 'ALREADY_EXISTS';
      this.circuits.set(input.id, { id: input.id, site });
      return undefined;
    });
  }
  installBackplate({
    input,
    options,
  }: {
    input: { id: string; circuit: string; label?: string };
    options: Options;
  }) {
    return this.once(input, options, () => {
      const circuit = this.circuits.get(input.circuit);
      if (circuit == null) return 'NOT_FOUND';
      if (this.backplates.has(input.id)) return 'ALREADY_EXISTS';
      this.backplates.set(input.id, { id: input.id, label: input.label, circuit });
      return undefined;
    });
  }
  registerCharger({ input, options }: { input: { serial: string }; options: Options }) {
    return this.once(input, options, () => {
      if (this.placements.has(input.serial)) return 'ALREADY_EXISTS';
      this.placements.set(input.serial, []);
      return undefined;
    });
  }
  mountCharger({ input, options }: { input: { charger: string; backplate: string }; options: Options }) {
    return this.once(input, options, () => {
      if (this.placementAt(input.charger, options.occurredAt) != null) return 'ALREADY_MOUNTED';
      return this.mount(input, options.occurredAt);
    });
  }
  relocateCharger({ input, options }: { input: { charger: string; backplate: string }; options: Options }) {
    return this.once(input, options, () => {
      const current = this.placementAt(input.charger, options.occurredAt);
      if (current?.backplateId === input.backplate) return 'ALREADY_MOUNTED';
      const refusal = this.mount(input, options.occurredAt);
      if (refusal == null && current != null) current.dismountedAt = options.occurredAt;
      return refusal;
    });
  }
  dismountCharger({ input, options }: { input: { charger: string }; options: Options }) {
    return this.once(input, options, () => {
      const current = this.placementAt(input.charger, options.occurredAt);
      if (current == null) return 'NOT_MOUNTED';
      current.dismountedAt = options.occurredAt;
      return undefined;
    });
  }
  recordObservations({ input }: { input: { observations: Observation[] } }) {
    if (input.observations.length > 500) throw new Error('too many observations');
    return input.observations.map((observation) => this.record(observation));
  }

  sessionsOf(charger: string): StoredSession[] {
    return this.sessionsByCharger.get(charger) ?? [];
  }

  private record(observation: Observation): Result {
    const { id, charger, kind, occurredAt, sessionId } = observation;
    const earlier = this.receipts.get(id);
    if (earlier != null) return earlier.receipt;
    if (!this.placements.has(charger)) return rejection(id, 'NOT_FOUND');
    const place = this.placementAt(charger, occurredAt);
    const open = this.sessionsOf(charger).findLast((session) => session.endedAt == null);
    if (kind === 'CAR_DISCONNECTED') {
      if (open == null) return rejection(id, 'NO_ONGOING_SESSION');
      open.endedAt = occurredAt;
      open.energyWattHours = observation.energyWattHours ?? null;
    } else {
      if (open != null) open.endedAt = occurredAt;
      const { backplateId, siteId } = place ?? {};
      const driverReference = observation.driverReference ?? null;
      const figures = { endedAt: null, energyWattHours: null, driverReference };
      const session = {
        id: sessionId,
        charger,
        backplateId,
        siteId,
        startedAt: occurredAt,
        ...figures,
      };
      this.allSessions.push(session);
      this.sessionsByCharger.set(charger, [...this.sessionsOf(charger), session]);
    }
    return this.accept(id, observation, place == null ? ['NOT_MOUNTED'] : []);
  }

  private mount(
    { charger, backplate }: { charger: string; backplate: string },
    at: string,
  ): string | undefined {
    const own = this.placements.get(charger);
    const place = this.backplates.get(backplate);
    if (own == null || place == null) return 'NOT_FOUND';
    if (own.some((placement) => placement.mountedAt > at)) return 'PLACEMENT_OVERLAP';
    const others = [...this.placements]
      .filter(([serial]) => serial !== charger)
      .flatMap(([, placements]) => placements);
    const blocking = others.some(
      ({ backplateId, dismountedAt }) =>
        backplateId === backplate && (dismountedAt == null || dismountedAt > at),
    );
    if (blocking) return 'BACKPLATE_OCCUPIED';
    const siteId = place.circuit.site.id;
    own.push({ serial: charger, backplateId: backplate, siteId, mountedAt: at, dismountedAt: null });
    return undefined;
  }

  private placementAt(charger: string, at: string): Placement | undefined {
    const own = this.placements.get(charger) ?? [];
    return own.find(
      ({ mountedAt, dismountedAt }) => mountedAt <= at && (dismountedAt == null || dismountedAt > at),
    );
  }

  private once(input: object, options: Options, act: () => string | undefined): Result {
    const told = { ...input, occurredAt: options.occurredAt };
    const earlier = this.receipts.get(options.commandId);
    if (earlier != null) {
      const same = isDeepStrictEqual(earlier.input, told);
      return same ? earlier.receipt : rejection(options.commandId, 'IDEMPOTENCY_KEY_REUSED');
    }
    const refusal = act();
    return refusal == null ? this.accept(options.commandId, told, []) : rejection(options.commandId, refusal);
  }

  private accept(commandId: string, input: unknown, notices: string[]): Receipt {
    const told = notices.map((code) => ({ code, message: code }));
    const receipt: Receipt = { __typename: 'Receipt', commandId, dryRun: false, notices: told };
    this.receipts.set(commandId, { input, receipt });
    return receipt;
  }
}

function rejection(commandId: string, code: string): Rejection {
  return { __typename: 'Rejection', commandId, dryRun: false, code, message: `refused with ${code}` };
}

function pageOf<T>(items: T[], { first, after }: Page) {
  const from = Number(after ?? 0);
  const nodes = items.slice(from, from + first);
  const end = from + nodes.length;
  const pageInfo = { hasNextPage: end < items.length, hasPreviousPage: from > 0, endCursor: String(end) };
  return { nodes, pageInfo, totalCount: items.length };
}
