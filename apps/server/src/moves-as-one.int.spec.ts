import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Book } from './book.fixtures';
import { cleanUp, eventually, ServerProcess } from './server-process.fixtures';

const LONG_AGO = { occurredAt: '2026-01-01T00:00:00.000Z' };
const UNITS = 40;

let server: ServerProcess;
let book: Book;

const unit = (n: number) => `u${String(n)}`;
const place = (n: number) => `p${String(n)}`;
/** Takes everybody to a turn of the ring: each unit as many places on from where it began. */
const toTurn = (turn: number) =>
  Array.from({ length: UNITS }, (_, n) => ({ charger: unit(n), backplate: place((n + turn) % UNITS) }));

beforeAll(async () => {
  server = await ServerProcess.start();
  book = new Book(server);
  await book.record('registerSite', { id: 'yard', name: 'Yard', timeZone: 'UTC' }, LONG_AGO);
  await book.record('addCircuit', { id: 'row', site: 'yard', fuseRatingAmps: 63 }, LONG_AGO);
  for (let n = 0; n < UNITS; n++) {
    await book.commands([
      { name: 'installBackplate', input: { id: place(n), circuit: 'row' }, options: LONG_AGO },
      { name: 'registerCharger', input: { serial: unit(n) }, options: LONG_AGO },
      { name: 'mountCharger', input: { charger: unit(n), backplate: place(n) }, options: LONG_AGO },
    ]);
  }
});

afterAll(cleanUp);

interface Holders {
  readonly backplates: { readonly nodes: readonly { id: string; charger: { serial: string } | null }[] };
}

/** Who hangs where, by the places' side and in one answer. */
async function holders(reader: Book): Promise<Record<string, string | undefined>> {
  const { backplates } = await reader.query<Holders>(
    '{ backplates(circuit: "row", first: 100) { nodes { id charger { serial } } } }',
  );
  return Object.fromEntries(backplates.nodes.map(({ id, charger }) => [id, charger?.serial]));
}

/** By how many places everybody has gone on; undefined where they have not all gone as far. */
function turnOf(held: Record<string, string | undefined>): number | undefined {
  const turns = Array.from({ length: UNITS }, (_, n) => {
    const serial = held[place(n)];
    return serial == null ? undefined : (n - Number(serial.slice(1)) + UNITS) % UNITS;
  });
  return new Set(turns).size === 1 ? turns[0] : undefined;
}

describe('relocateChargers', () => {
  it('moves everybody or nobody, for whoever looks meanwhile', async () => {
    const looked: (number | undefined)[] = [];
    let isMoving = true;
    const reader = new Book(server);
    const looking = (async () => {
      while (isMoving) looked.push(turnOf(await holders(reader)));
    })();
    for (let turn = 1; turn <= 3; turn++) {
      const receipt = await book.record('relocateChargers', { moves: toTurn(turn) });
      expect(receipt.events).toHaveLength(2 * UNITS);
      expect(turnOf(await holders(book))).toBe(turn);
    }
    isMoving = false;
    await looking;
    expect(looked).not.toContain(undefined);
    expect(looked.length).toBeGreaterThan(3);
  });

  it('says before what it will do, and does that', async () => {
    const [a, b] = [place(0), place(1)];
    const held = await holders(book);
    const moves: { charger: string | undefined; backplate: string }[] = [
      { charger: held[a], backplate: b },
      { charger: held[b], backplate: a },
    ];
    const ask = `mutation ($input: RelocateChargersInput!, $options: CommandOptions) {
      relocateChargers(input: $input, options: $options) { __typename
        ... on Receipt { effectCount effects { charger { serial } before { amps } after { amps } explanation } } } }`;
    const answer = async (options: object) =>
      (await book.query<{ relocateChargers: object }>(ask, { input: { moves }, options })).relocateChargers;
    const before = await answer({ dryRun: true });
    expect(before).toMatchObject({ __typename: 'Receipt' });
    expect(await holders(book)).toEqual(held);
    expect(await answer({})).toEqual(before);
    // Back again: the ring is as it was.
    const back = moves.map(({ charger }, n) => ({ charger, backplate: moves[1 - n]?.backplate }));
    await book.record('relocateChargers', { moves: back });
    expect(await holders(book)).toEqual(held);
  });

  it('refuses all for one that cannot be, and says which', async () => {
    const before = await holders(book);
    const moves = [
      { charger: before[place(0)], backplate: place(2) },
      { charger: before[place(2)], backplate: place(0) },
      { charger: before[place(3)], backplate: 'nowhere' },
    ];
    const refusal = await book.command('relocateChargers', { moves });
    expect(refusal).toMatchObject({ code: 'NOT_FOUND', inputPath: ['input', 'moves', '2', 'backplate'] });
    expect(await holders(book)).toEqual(before);
  });

  it('is done or not done when the server dies in the midst of it, and can be told again', async () => {
    const [before, after] = [3, 4];
    expect(turnOf(await holders(book))).toBe(before);
    const options = { commandId: 'told-before-death' };
    const command = { moves: toTurn(after) };
    const head = (await reached()).sequence;
    const moving = new Book(server).command('relocateChargers', command, options).catch(() => undefined);
    await eventually('some of its facts are in, or all', async () => {
      const { sequence, lagFacts } = await reached();
      return lagFacts > UNITS / 4 || sequence > head + 2 * UNITS;
    });
    await server.kill();
    await moving;

    server = await ServerProcess.start(server.dataDirectory);
    book = new Book(server);
    await book.caughtUp();
    expect([before, after]).toContain(turnOf(await holders(book)));
    await book.record('relocateChargers', command, options);
    expect(turnOf(await holders(book))).toBe(after);
  });
});

/** How far the ledger is, and what it holds that readers do not see yet. */
async function reached(): Promise<{ sequence: number; lagFacts: number }> {
  const { book: told } = await book.query<{
    book: { projections: { name: string; sequence: string; lagFacts: string }[] };
  }>('{ book { projections { name sequence lagFacts } } }');
  const ledger = told.projections.find(({ name }) => name === 'ledger');
  return { sequence: Number(ledger?.sequence), lagFacts: Number.parseInt(ledger?.lagFacts ?? '', 10) };
}
