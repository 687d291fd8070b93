import { setTimeout as pause } from 'node:timers/promises';
import { epochMsOf } from '@chargebook/domain';
import { lastOf } from './finale';
import type { Fleet } from './fleet';
import { countSteps, simulateFleet } from './fleet';
import type { FleetOptions } from './fleet-options';
import { untilOf } from './fleet-options';
import { layOut } from './layout';
import type { Refused, Reported, Send } from './play';
import { playFleet } from './play';

/** A fleet without its end: which it is given when its life is first told to a book. */
export type FleetMake = Omit<FleetOptions, 'untilMs'>;

/** What the demo shows: 60 chargers on 8 sites in 3 time zones, for 18 months. */
export const DEMO_FLEET: FleetMake = { chargerCount: 60, siteCount: 8, months: 18, seed: 1 };

/** What a book holds of a fleet. */
export interface Found {
  /** Nothing at all is in the book. */
  readonly isEmpty: boolean;
  /** Of this fleet; absent where nothing of it is there. */
  readonly fleet?: { readonly untilMs: number; readonly isComplete: boolean };
}

export interface FillOptions {
  /** Ends the life of a fleet that is new to the book. */
  readonly nowMs: number;
  readonly concurrency?: number;
  readonly onProgress: (toldCount: number, wholeCount: number) => void;
  readonly signal?: AbortSignal;
}

/** What was done: nothing where the fleet was complete before. */
export interface Filled {
  readonly wasComplete: boolean;
  readonly toldCount: number;
  readonly refused: Refused;
}

/** The book holds things that the fleet would clash with. */
export class BookTakenError extends Error {
  override readonly name = 'BookTakenError';
}

/** As many as keep the book busy, and leave room for whoever looks at it meanwhile. */
const REQUESTS_AT_ONCE = 40;
/** Devices' reports are told in order; so many of the last ones found are told again, to be sure. */
const TOLD_AGAIN = 10;

/**
 * Tells a book the life of a fleet, or goes on where that was broken off.
 *
 * @throws BookTakenError where the ids of the fleet stand for other things
 */
export async function fillBook(send: Send, make: FleetMake, options: FillOptions): Promise<Filled> {
  await untilAllIsSeen(send, options.signal);
  const { fleet: found } = await findFleet(send, make);
  if (found?.isComplete) return { wasComplete: true, toldCount: 0, refused: [] };
  const fleet = simulateFleet({ ...make, untilMs: found?.untilMs ?? options.nowMs });
  const wholeCount = countSteps(fleet);
  let toldCount = 0;
  options.onProgress(0, wholeCount);
  const refused = await playFleet(fleet, send, {
    concurrency: options.concurrency ?? REQUESTS_AT_ONCE,
    signal: options.signal,
    reported: found == null ? undefined : await reportedIn(send, fleet),
    onTold: (count) => {
      toldCount += count;
      options.onProgress(toldCount, wholeCount);
    },
  });
  return { wasComplete: false, toldCount, refused };
}

/**
 * Looks for a fleet in what can be seen of a book by now.
 *
 * @throws BookTakenError
 */
export async function findFleet(send: Send, make: FleetMake): Promise<Found> {
  const site = layOut({ ...make, untilMs: 0 }).sites[0]?.id ?? '';
  const { sites, chargers, first } = (await send({
    query: `query ($site: ID!) { sites(first: 1) { totalCount } chargers(first: 1) { totalCount }
      first: site(id: $site) { history(types: ["SiteRegistered"], first: 1) { nodes { commandId } } } }`,
    variables: { site },
    channel: 'CONSOLE',
  })) as { sites: Counted; chargers: Counted; first: { history: Told } | null };
  const isEmpty = sites.totalCount === 0 && chargers.totalCount === 0;
  if (first == null) return { isEmpty };
  const untilMs = untilOf(first.history.nodes[0]?.commandId ?? '', make);
  if (untilMs == null) throw new BookTakenError(`The book has a site ${site} that is not of this fleet.`);
  return { isEmpty, fleet: { untilMs, isComplete: await isTold(send, { ...make, untilMs }) } };
}

interface Counted {
  readonly totalCount: number;
}

interface Told {
  readonly nodes: readonly {
    readonly commandId?: string | null;
    readonly deviceSequence?: number | null;
    readonly occurredAt?: string;
  }[];
}

/** Whether the last of all commands is on record. */
async function isTold(send: Send, options: FleetOptions): Promise<boolean> {
  const last = lastOf(options);
  if (last == null) return false;
  const { charger } = (await send({
    query: `query ($serial: ID!) { charger(serial: $serial) {
      history(types: ["ChargerMounted"], first: 20) { nodes { commandId } } } }`,
    variables: { serial: last.charger },
    channel: 'CONSOLE',
  })) as { charger: { history: Told } | null };
  return charger?.history.nodes.some(({ commandId }) => commandId === last.commandId) ?? false;
}

/** How far each charger's life is in the book. */
async function reportedIn(send: Send, { layout }: Fleet): Promise<Map<string, Reported>> {
  const reported = new Map<string, Reported>();
  for (const { serial } of layout.chargers) {
    const { charger } = (await send({
      query: `query ($serial: ID!, $types: [String!]) { charger(serial: $serial) {
        history(types: $types, first: ${String(TOLD_AGAIN + 1)}) { nodes { deviceSequence occurredAt } } } }`,
      variables: { serial, types: ['SessionStarted', 'SessionEnded'] },
      channel: 'CONSOLE',
    })) as { charger: { history: Told } | null };
    const last = charger?.history.nodes[TOLD_AGAIN];
    if (last?.deviceSequence == null || last.occurredAt == null) continue;
    reported.set(serial, { deviceSequence: last.deviceSequence, atMs: epochMsOf(last.occurredAt) });
  }
  return reported;
}

/** What is recorded shows a moment later; what is not seen would be told as another fleet. */
async function untilAllIsSeen(send: Send, signal?: AbortSignal): Promise<void> {
  for (;;) {
    const { book } = (await send({
      query: '{ book { projections { lagFacts } } }',
      variables: {},
      channel: 'CONSOLE',
    })) as { book: { projections: { lagFacts: string }[] } };
    if (signal?.aborted || book.projections.every(({ lagFacts }) => lagFacts === '0')) return;
    await pause(100);
  }
}
