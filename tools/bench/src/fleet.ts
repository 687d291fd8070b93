import { createHash } from 'node:crypto';
import type { DomainEvent, Instant, NewFact } from '@chargebook/domain';
import {
  backplateStream,
  chargerStream,
  circuitStream,
  deviceStream,
  instantOf,
  siteStream,
} from '@chargebook/domain';
import type { EventStore } from '@chargebook/event-store';

/** A fact and the stream to which it belongs. */
type Told = NewFact & { readonly stream: string };

const SITES = 400;
const CHARGERS = 800;
const BEGAN_MS = Date.UTC(2026, 0, 1);
const SESSION_MS = 3 * 3_600_000;

/** The facts of public chargers in the order of their time: for each session its start, a reading and its end. */
export function* fleetFacts(count: number): Generator<Told> {
  let number = 0;
  const told = (stream: string, event: DomainEvent, atMs: number): Told => {
    number += 1;
    return factOf(String(number), stream, event, instantOf(atMs));
  };
  const place = (n: number) => ({
    site: `s${n % SITES}`,
    circuit: `k${n % SITES}`,
    backplate: `p${n}`,
    charger: `c${n}`,
  });
  for (let n = 0; n < CHARGERS && number < count; n += 1) {
    const { site, circuit, backplate, charger } = place(n);
    if (n < SITES) {
      const data = {
        site,
        name: `Site ${n}`,
        timeZone: 'Europe/Berlin',
        gridType: 'TN',
        operator: 'default',
      } as const;
      yield told(siteStream(site), { type: 'SiteRegistered', data }, BEGAN_MS);
      yield told(circuitStream(circuit), { type: 'CircuitAdded', data: { circuit, site } }, BEGAN_MS);
    }
    yield told(
      backplateStream(backplate),
      { type: 'BackplateInstalled', data: { backplate, circuit } },
      BEGAN_MS,
    );
    const data = {
      charger,
      productLine: 'HOME',
      protocol: 'NATIVE',
      phaseMode: 'AUTO',
      operator: 'default',
    } as const;
    yield told(chargerStream(charger), { type: 'ChargerRegistered', data }, BEGAN_MS);
    yield told(
      chargerStream(charger),
      { type: 'ChargerMounted', data: { charger, backplate } },
      BEGAN_MS + 1,
    );
  }
  for (let round = 1; number < count; round += 1) {
    // Each step of all chargers, one after the other: as facts of many devices come in.
    for (const step of [0, 1, 2]) {
      for (let n = 0; n < CHARGERS && number < count; n += 1) {
        const charger = `c${n}`;
        const atMs = BEGAN_MS + round * 8 * 3_600_000 + n * 1_000 + (step * SESSION_MS) / 2;
        const session = `${charger}-${round}`;
        const energyWattHours = round * 10 + step * 5_000;
        if (step === 0)
          yield told(chargerStream(charger), { type: 'SessionStarted', data: { charger, session } }, atMs);
        else if (step === 2)
          yield told(
            chargerStream(charger),
            { type: 'SessionEnded', data: { charger, session, energyWattHours } },
            atMs,
          );
        else
          yield told(
            deviceStream(charger, instantOf(atMs)),
            { type: 'EnergyReadingRecorded', data: { charger, session, energyWattHours } },
            atMs,
          );
      }
    }
  }
}

/** How much happens in the life of a charger. */
export interface LongLife {
  readonly years: number;
  readonly sessions: number;
  readonly readings: number;
  readonly dynamicCurrentSets: number;
  readonly moves: number;
}

/** The facts of one charger that has hung on two backplates in turn, each kind spread evenly over its years. */
export function* longLife(charger: string, life: LongLife): Generator<Told> {
  const beganMs = BEGAN_MS - life.years * 365 * 24 * 3_600_000;
  const lengthMs = BEGAN_MS - beganMs;
  let number = 0;
  const told = (stream: string, event: DomainEvent, atMs: number): Told => {
    number += 1;
    return factOf(`${charger}-${number}`, stream, event, instantOf(Math.round(atMs)));
  };
  const site = `${charger}-site`;
  const circuit = `${charger}-circuit`;
  const plates = [`${charger}-left`, `${charger}-right`];
  const siteData = {
    site,
    name: `Site of ${charger}`,
    timeZone: 'Europe/Berlin',
    gridType: 'TN',
    operator: 'default',
  } as const;
  yield told(siteStream(site), { type: 'SiteRegistered', data: siteData }, beganMs);
  yield told(
    circuitStream(circuit),
    { type: 'CircuitAdded', data: { circuit, site, fuseRatingAmps: 32 } },
    beganMs,
  );
  for (const backplate of plates)
    yield told(
      backplateStream(backplate),
      { type: 'BackplateInstalled', data: { backplate, circuit } },
      beganMs,
    );
  const data = {
    charger,
    productLine: 'HOME',
    protocol: 'NATIVE',
    phaseMode: 'AUTO',
    operator: 'default',
  } as const;
  yield told(chargerStream(charger), { type: 'ChargerRegistered', data }, beganMs);
  const own = chargerStream(charger);
  const [perMove, perSession] = [lengthMs / (life.moves + 1), lengthMs / life.sessions];
  const [readings, sets] = [life.readings / life.sessions, life.dynamicCurrentSets / life.sessions];
  for (let move = 0, nth = 0; nth < life.sessions; nth += 1) {
    const startMs = beganMs + (nth + 0.5) * perSession;
    while (move <= life.moves && beganMs + move * perMove <= startMs) {
      const atMs = beganMs + move * perMove + 1;
      const [backplate = '', former = ''] = move % 2 === 0 ? plates : plates.toReversed();
      if (move > 0)
        yield told(
          own,
          { type: 'ChargerDismounted', data: { charger, backplate: former, destination: 'STORE' } },
          atMs,
        );
      yield told(own, { type: 'ChargerMounted', data: { charger, backplate } }, atMs + 1);
      move += 1;
    }
    const session = `${charger}-${nth}`;
    const lastsMs = perSession / 4;
    yield told(own, { type: 'SessionStarted', data: { charger, session } }, startMs);
    const minutes = [
      ...Array.from({ length: readings }, (_, step) => ({
        atMs: startMs + ((step + 1) / (readings + 1)) * lastsMs,
        amps: undefined,
      })),
      ...Array.from({ length: sets }, (_, step) => ({
        atMs: startMs + ((step + 0.5) / sets) * perSession * 0.9,
        amps: 6 + (step % 26),
      })),
    ].sort((a, b) => a.atMs - b.atMs);
    for (const { atMs, amps } of minutes) {
      const event: DomainEvent =
        amps == null
          ? {
              type: 'EnergyReadingRecorded',
              data: { charger, session, energyWattHours: Math.round(((atMs - startMs) / lastsMs) * 20_000) },
            }
          : { type: 'DynamicChargerCurrentSet', data: { charger, amps } };
      yield told(deviceStream(charger, instantOf(Math.round(atMs))), event, atMs);
    }
    yield told(
      own,
      { type: 'SessionEnded', data: { charger, session, energyWattHours: 20_000 } },
      startMs + lastsMs,
    );
  }
}

/** Appends facts, those of one stream in their order, many at once. */
export async function recordAll(store: EventStore, facts: Iterable<Told>): Promise<bigint> {
  const streams = new Map<string, Told[]>();
  for (const fact of facts) {
    const known = streams.get(fact.stream);
    if (known == null) streams.set(fact.stream, [fact]);
    else known.push(fact);
  }
  let last = 0n;
  const revisions = new Map<string, number>();
  // A few facts of each stream in turn, so that the store's order mixes them as time does.
  for (let from = 0, isMore = true; isMore; from += MIXED) {
    isMore = false;
    const appends = [...streams].flatMap(([stream, told]) => {
      const some = told.slice(from, from + MIXED);
      if (told.length > from + MIXED) isMore = true;
      if (some.length === 0) return [];
      return store
        .append(stream, some, revisions.get(stream) ?? 'NO_STREAM')
        .then(({ revision, position }) => {
          revisions.set(stream, revision);
          if (position > last) last = position;
        });
    });
    await Promise.all(appends);
  }
  return last;
}

const MIXED = 6;

/** Appends facts exactly in their order: neighbours of one stream together, everything else one after the other. */
export async function recordInOrder(store: EventStore, facts: Iterable<Told>): Promise<void> {
  const revisions = new Map<string, number>();
  let run: Told[] = [];
  const append = async () => {
    const stream = run[0]?.stream;
    if (stream == null) return;
    const { revision } = await store.append(stream, run, revisions.get(stream) ?? 'NO_STREAM');
    revisions.set(stream, revision);
    run = [];
  };
  for (const fact of facts) {
    if (run[0]?.stream !== fact.stream || run.length === MOST_IN_APPEND) await append();
    run.push(fact);
  }
  await append();
}

const MOST_IN_APPEND = 500;

/** A fact as an import tells it, with an id that follows from its name. */
export function factOf(name: string, stream: string, event: DomainEvent, occurredAt: Instant): Told {
  const commandId = `bench-${name}`;
  const hash = createHash('sha256').update(commandId).digest('hex');
  const eventId = [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `4${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ];
  return {
    ...event,
    stream,
    eventId: eventId.join('-'),
    schemaVersion: 1,
    metadata: {
      occurredAt,
      recordedAt: occurredAt,
      actor: { kind: 'OPERATOR', id: 'bench' },
      channel: 'IMPORT',
      commandId,
      inputHash: hash,
      correlationId: commandId,
      causationId: commandId,
    },
  };
}
