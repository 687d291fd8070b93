import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { BackplateCommand, ObservationKind } from '@chargebook/domain';
import type { Book, WriteSide } from '../write-side.fixtures';
import { accepted, Clock, eventsOf, nodeOn, refused, startBook, verdictOn } from '../write-side.fixtures';
import type { Yard } from '../yard.fixtures';
import { anId, buildYard } from '../yard.fixtures';

const MINUTE_MS = 60_000;

let book: Book;
let clock: Clock;
let node: WriteSide;

beforeAll(async () => {
  book = await startBook();
});
afterAll(async () => {
  await book.stop();
});
beforeEach(() => {
  clock = new Clock();
  node = nodeOn(book.store, { clock });
});

/** A yard whose first charger hangs on its first backplate, with a second circuit to rewire to. */
async function runningYard(): Promise<Yard & { next: string }> {
  const yard = await buildYard(node, { backplates: 2 });
  const next = anId('K');
  accepted(await node.circuit({ type: 'addCircuit', id: next, site: yard.site }));
  const mount = { type: 'mountCharger', charger: yard.chargers[0], backplate: yard.backplates[0] } as const;
  accepted(await node.move(mount));
  clock.forward(MINUTE_MS);
  return { ...yard, next };
}

async function report(charger: string, kind: ObservationKind): Promise<void> {
  const [outcome] = await node.observe([{ charger, kind, occurredAt: clock.now }]);
  accepted(outcome);
  clock.forward(MINUTE_MS);
}

describe('installBackplate', () => {
  it('installs a place on a circuit, once', async () => {
    const { circuit } = await buildYard(node);
    const id = anId('P');
    const install: BackplateCommand = { type: 'installBackplate', id, circuit, label: 'A7' };

    expect(eventsOf(await node.backplate(install))).toEqual([
      { type: 'BackplateInstalled', data: { backplate: id, circuit, label: 'A7' } },
    ]);
    expect(verdictOn(await node.backplate(install))).toBe('ALREADY_EXISTS');
  });

  it.each<[code: string, Partial<BackplateCommand & { type: 'installBackplate' }>]>([
    ['NOT_FOUND', { circuit: 'nothing' }],
    ['INVALID_ID', { id: 'a b' }],
    ['INVALID_NAME', { label: '' }],
  ])('is refused: %s for %j', async (code, more) => {
    const { circuit } = await buildYard(node);
    const install = { type: 'installBackplate', id: anId('P'), circuit, ...more } as const;
    expect(verdictOn(await node.backplate(install))).toBe(code);
  });
});

describe('rewireBackplate', () => {
  it('wires a place to another circuit, also while a charger hangs there', async () => {
    const { circuit, next, backplates } = await runningYard();
    const [backplate] = backplates;
    const rewire: BackplateCommand = { type: 'rewireBackplate', backplate, circuit: next };

    expect(eventsOf(await node.backplate(rewire))).toEqual([
      { type: 'BackplateRewired', data: { backplate, circuit: next, formerCircuit: circuit } },
    ]);
    expect(verdictOn(await node.backplate(rewire))).toBe('NOTHING_TO_DO');
    const unknown = { ...rewire, circuit: anId('unknown') };
    expect(verdictOn(await node.backplate(unknown))).toBe('NOT_FOUND');
    const nowhere: BackplateCommand = { type: 'rewireBackplate', backplate: anId('unknown'), circuit };
    expect(verdictOn(await node.backplate(nowhere))).toBe('NOT_FOUND');
  });

  it('is refused during a session, as of the time that it tells', async () => {
    const { next, backplates, chargers } = await runningYard();
    const rewire = { type: 'rewireBackplate', backplate: backplates[0], circuit: next } as const;
    const before = clock.now;
    clock.forward(MINUTE_MS);
    await report(chargers[0], 'CAR_CONNECTED');

    expect(verdictOn(await node.backplate(rewire))).toBe('SESSION_ONGOING');
    expect(verdictOn(await node.backplate(rewire, { occurredAt: before, dryRun: true }))).toBe('RECORDED');
    const empty = { ...rewire, backplate: backplates[1]! };
    expect(verdictOn(await node.backplate(empty))).toBe('RECORDED');
    await report(chargers[0], 'CAR_DISCONNECTED');
    expect(verdictOn(await node.backplate(rewire))).toBe('RECORDED');
  });
});

describe('removeBackplate', () => {
  it('is refused while a charger hangs there, and names it', async () => {
    const { backplates, chargers } = await runningYard();
    const [charger, backplate] = [chargers[0], backplates[0]];
    const refusal = refused(await node.backplate({ type: 'removeBackplate', backplate }));
    expect([refusal.code, refusal.details]).toEqual([
      'NOT_EMPTY',
      { charger, from: '2026-05-04T12:00:00.000Z' },
    ]);

    accepted(await node.move({ type: 'dismountCharger', charger }));
    expect(eventsOf(await node.backplate({ type: 'removeBackplate', backplate }))).toEqual([
      { type: 'BackplateRemoved', data: { backplate } },
    ]);
  });

  it('is refused as of a time before a charger came', async () => {
    const { backplates, chargers } = await runningYard();
    accepted(await node.move({ type: 'dismountCharger', charger: chargers[0] }));
    const early = { occurredAt: '2026-05-01T00:00:00.000Z' };
    const remove: BackplateCommand = { type: 'removeBackplate', backplate: backplates[0] };

    expect(verdictOn(await node.backplate(remove, early))).toBe('NOT_EMPTY');
    expect(verdictOn(await node.backplate(remove))).toBe('RECORDED');
  });

  it('ends a place: nothing is mounted there any more, but before', async () => {
    const { backplates, chargers } = await runningYard();
    accepted(await node.move({ type: 'dismountCharger', charger: chargers[0] }));
    clock.forward(MINUTE_MS);
    const backplate = backplates[1]!;
    const before = clock.now;
    clock.forward(MINUTE_MS);
    accepted(await node.backplate({ type: 'removeBackplate', backplate }));
    const mount = { type: 'mountCharger', charger: chargers[0], backplate } as const;

    expect(verdictOn(await node.move(mount))).toBe('RETIRED');
    expect(verdictOn(await node.move(mount, { occurredAt: before }))).toBe('PLACEMENT_OVERLAP');
    expect(verdictOn(await node.backplate({ type: 'removeBackplate', backplate }))).toBe('RETIRED');
  });
});
