import type { GraphqlClient } from './graphql-client';
import { inChunks } from './import-sessions/concurrently';
import type { RecordedSession } from './import-sessions/reconcile';

/** What the book said to one command or observation. */
export type Outcome =
  { accepted: true; notices: string[] } | { accepted: false; code: string; message: string };

export type CommandOptions = { commandId: string; occurredAt?: string; reason: string };

type PhaseAmps = { l1: number; l2: number; l3: number };
type SiteInput = {
  id: string;
  name: string;
  timeZone: string;
  address?: string;
  gridType?: 'TN' | 'TT' | 'IT';
  ratedCurrentAmps?: number;
};
type CircuitInput = { id: string; site: string; name?: string; fuseRatingAmps?: number; parent?: string };
type ChargerInput = {
  serial: string;
  productLine?: 'HOME' | 'PRO';
  phaseMode?: 'AUTO' | 'LOCKED_1' | 'LOCKED_3';
};

/** The mutations that imports send, each with its input. */
export type Command = { options: CommandOptions } & (
  | { mutation: 'registerSite'; input: SiteInput }
  | { mutation: 'addCircuit'; input: CircuitInput }
  | { mutation: 'installBackplate'; input: { id: string; circuit: string; label?: string } }
  | { mutation: 'designatePrimaryBackplate'; input: { circuit: string; backplate: string } }
  | { mutation: 'registerCharger'; input: ChargerInput }
  | { mutation: 'mountCharger' | 'relocateCharger'; input: { charger: string; backplate: string } }
  | { mutation: 'dismountCharger'; input: { charger: string; destination: 'UNKNOWN' } }
  | {
      mutation: 'setMaxCircuitCurrent' | 'setOfflineFallbackCurrent' | 'setDynamicCircuitCurrent';
      input: { circuit: string; amps: PhaseAmps };
    }
  | {
      mutation: 'setMaxChargerCurrent' | 'setDynamicChargerCurrent';
      input: { charger: string; amps: number };
    }
  | { mutation: 'disableCharger'; input: { charger: string } }
);

/** One thing that a charger reports; its id is its idempotency key. */
export type Observation = {
  id: string;
  charger: string;
  kind: 'CAR_CONNECTED' | 'CAR_DISCONNECTED' | 'CONNECTIVITY_LOST';
  occurredAt: string;
  sessionId?: string;
  energyWattHours?: number;
  driverReference?: string;
};

/** A span in which a charger hung at a place; without an end it still does. */
export type RecordedPlacement = { backplate: string; site: string; fromMs: number; untilMs?: number };
export type RecordedCharger = { placements: RecordedPlacement[]; sessions: RecordedSession[] };
export type AskedCharger = { serial: string; fromMs: number; toMs: number };

/** All that an import asks and tells a book. Ids that the book does not know are absent from the answers. */
export type BookClient = {
  /** Fails with a sentence for people when the server is unreachable or does not know the token. */
  greet(): Promise<void>;
  findSites(ids: string[]): Promise<Set<string>>;
  /** Each circuit's site. */
  findCircuits(ids: string[]): Promise<Map<string, string>>;
  /** Each backplate's site, where one may see it. */
  findBackplates(ids: string[]): Promise<Map<string, string | undefined>>;
  /** Chargers with all their placements, and with the sessions of the asked span. */
  findChargers(asked: AskedCharger[]): Promise<Map<string, RecordedCharger>>;
  /** Carries out commands one after another; their outcomes in the same order. */
  command(commands: Command[]): Promise<Outcome[]>;
  /** Records up to 500 observations in their order; their outcomes in the same order. */
  recordObservations(observations: Observation[]): Promise<Outcome[]>;
};

/** How many things one request asks for or commands, each under an alias of its own. */
const aliasesPerRequest = 20;

const outcomeFields = `__typename ... on Rejection { code message } ... on Receipt { notices { code } }`;
const inputTypes: Record<Command['mutation'], string> = {
  registerSite: 'RegisterSiteInput!',
  addCircuit: 'AddCircuitInput!',
  installBackplate: 'InstallBackplateInput!',
  registerCharger: 'RegisterChargerInput!',
  mountCharger: 'MountChargerInput!',
  relocateCharger: 'MountChargerInput!',
  dismountCharger: 'DismountChargerInput!',
  designatePrimaryBackplate: 'DesignatePrimaryBackplateInput!',
  setMaxCircuitCurrent: 'SetCircuitPhasesInput!',
  setOfflineFallbackCurrent: 'SetCircuitPhasesInput!',
  setDynamicCircuitCurrent: 'SetDynamicCircuitCurrentInput!',
  setMaxChargerCurrent: 'SetChargerCurrentInput!',
  setDynamicChargerCurrent: 'SetDynamicChargerCurrentInput!',
  disableCharger: 'ChargerInput!',
};

type Page<T> = { nodes: T[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
type PlacementNode = { backplateId: string; siteId: string; mountedAt: string; dismountedAt: string | null };
type SessionNode = { id: string; startedAt: string; endedAt: string | null; energyWattHours: number | null };
type ChargerNode = { placements: Page<PlacementNode>; sessions: Page<SessionNode> | null };
type OutcomeNode = { __typename: string; code?: string; message?: string; notices?: { code: string }[] };

const page = 'pageInfo { hasNextPage endCursor }';
const placementFields = `nodes { backplateId siteId mountedAt dismountedAt } ${page}`;
const sessionFields = `nodes { id startedAt endedAt energyWattHours } ${page}`;

/** The book behind a server's GraphQL API. */
export class GraphqlBookClient implements BookClient {
  constructor(private readonly graphql: GraphqlClient) {}

  async greet(): Promise<void> {
    await this.graphql.request('query Greet { me { id kind } }', {}, false);
  }

  async findSites(ids: string[]): Promise<Set<string>> {
    return new Set((await this.findEach<unknown>(ids, 'site', 'id', 'id')).keys());
  }

  async findCircuits(ids: string[]): Promise<Map<string, string>> {
    const found = await this.findEach<{ site: { id: string } }>(ids, 'circuit', 'id', 'id site { id }');
    return new Map([...found].map(([id, circuit]) => [id, circuit.site.id]));
  }

  async findBackplates(ids: string[]): Promise<Map<string, string | undefined>> {
    type Node = { circuit: { site: { id: string } } | null };
    const found = await this.findEach<Node>(ids, 'backplate', 'id', 'id circuit { site { id } }');
    return new Map([...found].map(([id, backplate]) => [id, backplate.circuit?.site.id]));
  }

  async findChargers(asked: AskedCharger[]): Promise<Map<string, RecordedCharger>> {
    const chargers = new Map<string, RecordedCharger>();
    for (const some of inChunks(asked, aliasesPerRequest)) {
      const known = await this.findEach<unknown>(
        some.map(({ serial }) => serial),
        'charger',
        'serial',
        'serial',
      );
      const spans = some.filter(({ serial }) => known.has(serial));
      for (const span of spans) chargers.set(span.serial, await this.readCharger(span));
    }
    return chargers;
  }

  async command(commands: Command[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const some of inChunks(commands, aliasesPerRequest)) {
      const heads = some.map(({ mutation }, i) => `$i${i}: ${inputTypes[mutation]}, $o${i}: CommandOptions`);
      const fields = some.map(
        ({ mutation }, i) => `c${i}: ${mutation}(input: $i${i}, options: $o${i}) { ${outcomeFields} }`,
      );
      const variables = some.flatMap(({ input, options }, i) => [
        [`i${i}`, input],
        [`o${i}`, options],
      ]);
      const document = `mutation Import(${heads.join(', ')}) { ${fields.join(' ')} }`;
      const data = await this.graphql.request<Record<string, OutcomeNode>>(
        document,
        Object.fromEntries(variables),
      );
      outcomes.push(...some.map((_, i) => outcomeOf(data[`c${i}`])));
    }
    return outcomes;
  }

  async recordObservations(observations: Observation[]): Promise<Outcome[]> {
    const document = `mutation RecordObservations($input: RecordObservationsInput!) {
      recordObservations(input: $input) { ${outcomeFields} }
    }`;
    type Data = { recordObservations: OutcomeNode[] };
    const data = await this.graphql.request<Data>(document, { input: { observations } });
    return observations.map((_, i) => outcomeOf(data.recordObservations[i]));
  }

  private async findEach<T>(
    ids: string[],
    field: string,
    argument: string,
    selection: string,
  ): Promise<Map<string, T>> {
    const found = new Map<string, T>();
    for (const some of inChunks(ids, aliasesPerRequest)) {
      const heads = some.map((_, i) => `$k${i}: ID!`).join(', ');
      const fields = some.map((_, i) => `f${i}: ${field}(${argument}: $k${i}) { ${selection} }`).join(' ');
      const variables = Object.fromEntries(some.map((id, i) => [`k${i}`, id]));
      const data = await this.graphql.request<Record<string, T | null>>(
        `query Find(${heads}) { ${fields} }`,
        variables,
      );
      for (const [i, id] of some.entries()) {
        const node = data[`f${i}`];
        if (node != null) found.set(id, node);
      }
    }
    return found;
  }

  private async readCharger(asked: AskedCharger): Promise<RecordedCharger> {
    const found: RecordedCharger = { placements: [], sessions: [] };
    const document = `query Charger($serial: ID!, $from: DateTime!, $to: DateTime!, $placementsAfter: String, $sessionsAfter: String) {
      charger(serial: $serial) {
        placements(first: 100, after: $placementsAfter) { ${placementFields} }
        sessions(from: $from, to: $to, first: 100, after: $sessionsAfter) { ${sessionFields} }
      }
    }`;
    const span = { from: new Date(asked.fromMs).toISOString(), to: new Date(asked.toMs).toISOString() };
    let placementsAfter: string | null = null;
    let sessionsAfter: string | null = null;
    for (;;) {
      const variables = { serial: asked.serial, ...span, placementsAfter, sessionsAfter };
      const data: { charger: ChargerNode | null } = await this.graphql.request(document, variables);
      if (data.charger == null) return found;
      const { placements, sessions } = data.charger;
      found.placements.push(...placements.nodes.map(placementOf));
      found.sessions.push(...(sessions?.nodes ?? []).map(sessionOf));
      if (!placements.pageInfo.hasNextPage && sessions?.pageInfo.hasNextPage !== true) return found;
      // A page after the last cursor is empty, so that the shorter list may be asked along with the longer one.
      placementsAfter = placements.pageInfo.endCursor ?? placementsAfter;
      sessionsAfter = sessions?.pageInfo.endCursor ?? sessionsAfter;
    }
  }
}

function placementOf(node: PlacementNode): RecordedPlacement {
  return {
    backplate: node.backplateId,
    site: node.siteId,
    fromMs: Date.parse(node.mountedAt),
    untilMs: node.dismountedAt == null ? undefined : Date.parse(node.dismountedAt),
  };
}

function sessionOf(node: SessionNode): RecordedSession {
  return {
    id: node.id,
    startedAtMs: Date.parse(node.startedAt),
    endedAtMs: node.endedAt == null ? undefined : Date.parse(node.endedAt),
    energyWattHours: node.energyWattHours ?? undefined,
  };
}

function outcomeOf(node: OutcomeNode | undefined): Outcome {
  if (node == null) return { accepted: false, code: 'NO_ANSWER', message: 'the book gave no outcome' };
  if (node.__typename === 'Receipt') {
    return { accepted: true, notices: (node.notices ?? []).map((notice) => notice.code) };
  }
  return { accepted: false, code: node.code ?? node.__typename, message: node.message ?? '' };
}
