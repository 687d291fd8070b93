import { expect } from '@jest/globals';
import { allNodes } from './axes.fixtures';
import type { Book } from './book.fixtures';
import type { FileSession } from './sessions-file.fixtures';

interface Place {
  readonly serial: string;
  readonly backplate: string;
  readonly circuit: string;
  readonly site: string;
}

interface Move {
  readonly from: Place;
  readonly to: Place;
  readonly movedAt: string;
}

interface ListedSession {
  readonly charger: { readonly serial: string };
  readonly startedAt: string;
  readonly endedAt: string;
  readonly backplate: { readonly id: string };
}

const newPlace = 'new-place';
const sessionAfterAt = '2024-03-11T10:00:00.000Z';
const sessionAfterEndAt = '2024-03-11T12:00:00.000Z';

/**
 * Moves three chargers between their sites in a ring: the first onto a new place beside the second, each other onto the
 * place that the one before has left; then each charges once. Checks that what was before stayed with the charger and
 * the place, and that what came after is the new place's.
 */
export async function moveThreeChargers(
  book: Book,
  serials: readonly [string, string, string],
  sessions: readonly FileSession[],
): Promise<void> {
  const before = await Promise.all(serials.map((serial) => placeOf(book, serial)));
  const moves = await move(book, before as [Place, Place, Place]);
  await book.observe(moves.flatMap(({ from: { serial } }) => chargeOnce(serial)));

  const sessionsOf = (serial: string) => sessions.filter(({ charger }) => charger === serial);
  for (const one of moves) {
    await checkCharger(book, one, sessionsOf(one.from.serial));
    await checkRelocation(book, one);
    await checkHistory(book, one, sessionsOf(one.from.serial).length);
  }
  for (const { site } of before) await checkSite(book, site, moves, sessions);
  await checkBackplates(book, moves, sessionsOf);
}

async function placeOf(book: Book, serial: string): Promise<Place> {
  const { charger } = await book.query<{
    charger: { placement: { backplateId: string; circuitId: string; siteId: string } };
  }>('query ($serial: ID!) { charger(serial: $serial) { placement { backplateId circuitId siteId } } }', {
    serial,
  });
  const { backplateId: backplate, circuitId: circuit, siteId: site } = charger.placement;
  return { serial, backplate, circuit, site };
}

async function move(book: Book, [a, b, c]: [Place, Place, Place]): Promise<Move[]> {
  await book.record(
    'installBackplate',
    { id: newPlace, circuit: b.circuit, label: 'By the gate' },
    { occurredAt: '2024-03-10T07:00:00.000Z' },
  );
  const moves = [
    { from: a, to: { ...b, backplate: newPlace }, movedAt: '2024-03-10T08:00:00.000Z' },
    { from: b, to: a, movedAt: '2024-03-10T08:10:00.000Z' },
    { from: c, to: b, movedAt: '2024-03-10T08:20:00.000Z' },
  ];
  for (const { from, to, movedAt } of moves) {
    const receipt = await book.record(
      'relocateCharger',
      { charger: from.serial, backplate: to.backplate },
      { occurredAt: movedAt, reason: 'A better place' },
    );
    expect(receipt.events.map(({ type }) => type)).toEqual(['ChargerDismounted', 'ChargerMounted']);
  }
  return moves;
}

function chargeOnce(charger: string): object[] {
  return [
    { charger, kind: 'CAR_CONNECTED', occurredAt: sessionAfterAt, sessionId: `after-${charger}` },
    { charger, kind: 'CAR_DISCONNECTED', occurredAt: sessionAfterEndAt, energyWattHours: 7_000 },
  ];
}

const SESSION_LIST =
  'list: sessions(first: 100, after: $after) { nodes { charger { serial } startedAt endedAt backplate { id } } ...more }';

async function checkCharger(book: Book, { from, to, movedAt }: Move, told: FileSession[]): Promise<void> {
  const { serial } = from;
  const listed = await allNodes<ListedSession>(
    book,
    `query ($id: ID!, $after: String) { charger(serial: $id) { ${SESSION_LIST} } }`,
    { id: serial },
  );
  const [after, ...former] = listed;
  expect(after).toEqual({
    charger: { serial },
    startedAt: sessionAfterAt,
    endedAt: sessionAfterEndAt,
    backplate: { id: to.backplate },
  });
  const expected = told.map(({ site, startedAt, endedAt }) => ({
    charger: { serial },
    startedAt,
    endedAt,
    backplate: { id: `${site}-${serial}` },
  }));
  expect(former).toEqual(expected.sort((x, y) => (x.startedAt < y.startedAt ? 1 : -1)));

  const { charger } = await book.query<{ charger: unknown }>(
    `query ($id: ID!, $at: DateTime!) { charger(serial: $id) { destination
      placements(first: 2) { nodes { backplateId siteId mountedAt dismountedAt } }
      before: placement(at: $at) { backplateId } now: placement { backplateId } } }`,
    { id: serial, at: '2024-03-10T07:59:59.999Z' },
  );
  expect(charger).toMatchObject({
    destination: null,
    before: { backplateId: from.backplate },
    now: { backplateId: to.backplate },
    placements: {
      nodes: [
        { backplateId: to.backplate, siteId: to.site, mountedAt: movedAt, dismountedAt: null },
        { backplateId: from.backplate, siteId: from.site, dismountedAt: movedAt },
      ],
    },
  });
}

async function checkRelocation(book: Book, { from, to, movedAt }: Move): Promise<void> {
  const { relocations } = await book.query<{ relocations: { nodes: unknown[] } }>(
    `query ($charger: ID!) { relocations(charger: $charger, first: 1) { nodes { serial movedAt backdated reason
      from { backplateId siteId } to { backplateId siteId } } } }`,
    { charger: from.serial },
  );
  expect(relocations.nodes).toEqual([
    {
      serial: from.serial,
      movedAt,
      backdated: true,
      reason: 'A better place',
      from: { backplateId: from.backplate, siteId: from.site },
      to: { backplateId: to.backplate, siteId: to.site },
    },
  ]);
}

const HISTORY_COUNTS = `starts: history(types: ["SessionStarted"]) { totalCount }
  last: history(first: 4, orderBy: NEWEST_FIRST) { nodes { type occurredAt backplate { id } } }`;

/** Along the charger all of its life; along the place it left, what happened there. */
async function checkHistory(book: Book, { from, to, movedAt }: Move, sessionCount: number): Promise<void> {
  const { charger } = await book.query<{ charger: { starts: unknown; last: unknown } }>(
    `query ($id: ID!) { charger(serial: $id) { ${HISTORY_COUNTS} } }`,
    { id: from.serial },
  );
  expect(charger.starts).toEqual({ totalCount: sessionCount + 1 });
  expect(charger.last).toEqual({
    nodes: [
      { type: 'SessionEnded', occurredAt: sessionAfterEndAt, backplate: { id: to.backplate } },
      { type: 'SessionStarted', occurredAt: sessionAfterAt, backplate: { id: to.backplate } },
      { type: 'ChargerMounted', occurredAt: movedAt, backplate: { id: to.backplate } },
      { type: 'ChargerDismounted', occurredAt: movedAt, backplate: { id: from.backplate } },
    ],
  });
}

async function checkSite(
  book: Book,
  id: string,
  moves: readonly Move[],
  sessions: readonly FileSession[],
): Promise<void> {
  const { site } = await book.query<{ site: Record<'now' | 'before' | 'all' | 'after', unknown> }>(
    `query ($id: ID!, $moved: DateTime!) { site(id: $id) {
      all: sessions { totalCount } after: sessions(from: $moved) { nodes { id } }
      history(types: ["SessionStarted"]) { totalCount }
      now: chargers(first: 100) { nodes { serial } }
      before: chargers(first: 100, at: $moved) { nodes { serial } } } }`,
    { id, moved: '2024-03-10T00:00:00.000Z' },
  );
  const told = sessions.filter((session) => session.site === id);
  const arrived = moves.filter(({ to }) => to.site === id).map(({ from }) => from.serial);
  const left = moves.filter(({ from }) => from.site === id).map(({ from }) => from.serial);
  expect(site).toMatchObject({
    all: { totalCount: told.length + arrived.length },
    history: { totalCount: told.length + arrived.length },
  });
  expect(idsIn(site.after)).toEqual(arrived.map((serial) => `after-${serial}`).sort());
  const before = idsIn(site.before);
  expect(before).toEqual(expect.arrayContaining(left));
  expect(idsIn(site.now)).toEqual([...before.filter((serial) => !left.includes(serial)), ...arrived].sort());
}

function idsIn(list: unknown): string[] {
  const { nodes } = list as { nodes: readonly { serial?: string; id?: string }[] };
  return nodes.map(({ serial, id }) => serial ?? id ?? '').sort();
}

/** The place that the first left has the second's sessions after its own; the third's place is empty. */
async function checkBackplates(
  book: Book,
  [first, second, third]: readonly Move[],
  sessionsOf: (serial: string) => FileSession[],
): Promise<void> {
  const { left, emptied } = await book.query<{ left: unknown; emptied: unknown }>(
    `query ($left: ID!, $emptied: ID!) {
      left: backplate(id: $left) { charger { serial } sessions { totalCount }
        placements { nodes { serial mountedAt dismountedAt } } }
      emptied: backplate(id: $emptied) { charger { serial } sessions { totalCount } } }`,
    { left: first!.from.backplate, emptied: third!.from.backplate },
  );
  const told = ({ from: { serial, site } }: Move) =>
    sessionsOf(serial).filter((session) => session.site === site).length;
  expect(left).toMatchObject({
    charger: { serial: second!.from.serial },
    sessions: { totalCount: told(first!) + 1 },
    placements: {
      nodes: [
        { serial: second!.from.serial, mountedAt: second!.movedAt, dismountedAt: null },
        { serial: first!.from.serial, dismountedAt: first!.movedAt },
      ],
    },
  });
  expect(emptied).toEqual({ charger: null, sessions: { totalCount: told(third!) } });
}
