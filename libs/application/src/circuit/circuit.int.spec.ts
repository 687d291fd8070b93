import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CircuitCommand } from '@chargebook/domain';
import { onEachPhase } from '@chargebook/domain';
import type { Book, WriteSide } from '../write-side.fixtures';
import {
  accepted,
  eventsOf,
  nodeOn,
  noticesOf,
  refused,
  startBook,
  ToldContents,
  verdictOn,
} from '../write-side.fixtures';
import { anId, buildYard } from '../yard.fixtures';

let book: Book;
let node: WriteSide;
const contents = new ToldContents();

beforeAll(async () => {
  book = await startBook();
  node = nodeOn(book.store, { contents });
});
afterAll(async () => {
  await book.stop();
});

describe('addCircuit', () => {
  it('adds a circuit to a site, below another where it has a parent', async () => {
    const { site, circuit: parent } = await buildYard(node);
    const id = anId('K');
    const add: CircuitCommand = { type: 'addCircuit', id, site, parent, name: 'Deck 2', fuseRatingAmps: 63 };

    expect(eventsOf(await node.circuit(add))).toEqual([
      { type: 'CircuitAdded', data: { circuit: id, site, parent, name: 'Deck 2', fuseRatingAmps: 63 } },
    ]);
    expect(verdictOn(await node.circuit(add))).toBe('ALREADY_EXISTS');
  });

  it.each<[code: string, Partial<CircuitCommand & { type: 'addCircuit' }>]>([
    ['NOT_FOUND', { site: 'nowhere' }],
    ['NOT_FOUND', { parent: 'nothing' }],
    ['INVALID_ID', { id: '' }],
    ['INVALID_AMPS', { fuseRatingAmps: 1001 }],
  ])('is refused: %s for %j', async (code, more) => {
    const { site } = await buildYard(node);
    const add = { type: 'addCircuit', id: anId('K'), site, ...more } as const;
    expect(verdictOn(await node.circuit(add))).toBe(code);
  });

  it('is refused below a circuit of another site', async () => {
    const [{ site }, { circuit: parent }] = [await buildYard(node), await buildYard(node)];
    expect(verdictOn(await node.circuit({ type: 'addCircuit', id: anId('K'), site, parent }))).toBe(
      'NOT_FOUND',
    );
  });
});

describe('the currents that a circuit keeps', () => {
  it.each<[type: 'setMaxCircuitCurrent' | 'setOfflineFallbackCurrent', event: string]>([
    ['setMaxCircuitCurrent', 'MaxCircuitCurrentSet'],
    ['setOfflineFallbackCurrent', 'OfflineFallbackCurrentSet'],
  ])('%s: set, above the fuse with a notice, cleared, cleared twice', async (type, event) => {
    const { circuit } = await buildYard(node);

    const set = await node.circuit({ type, circuit, amps: { l1: 0, l2: 16, l3: 33 } });
    expect(eventsOf(set)).toEqual([{ type: event, data: { circuit, amps: { l1: 0, l2: 16, l3: 33 } } }]);
    expect(noticesOf(set)).toEqual(['ABOVE_FUSE']);
    expect(eventsOf(await node.circuit({ type, circuit }))).toEqual([{ type: event, data: { circuit } }]);
    const twice = await node.circuit({ type, circuit, amps: null });
    expect([verdictOn(twice), ...noticesOf(twice)]).toEqual(['NOTHING_TO_DO', 'NOTHING_TO_DO']);
    expect(accepted(twice).position).toBeUndefined();
    expect(verdictOn(await node.circuit({ type, circuit, amps: onEachPhase(-1) }))).toBe('INVALID_AMPS');
    expect(verdictOn(await node.circuit({ type, circuit: anId('unknown') }))).toBe('NOT_FOUND');
  });

  it('setCircuitFuseRating: set, forgotten, forgotten twice', async () => {
    const { circuit } = await buildYard(node);
    const type = 'setCircuitFuseRating';
    const verdicts = [
      await node.circuit({ type, circuit, amps: 25 }),
      await node.circuit({ type, circuit }),
      await node.circuit({ type, circuit }),
      await node.circuit({ type, circuit, amps: Number.NaN }),
    ].map(verdictOn);
    expect(verdicts).toEqual(['RECORDED', 'RECORDED', 'NOTHING_TO_DO', 'INVALID_AMPS']);
  });
});

describe('designatePrimaryBackplate', () => {
  it('names one of the circuit’s backplates', async () => {
    const { circuit, backplates } = await buildYard(node);
    const type = 'designatePrimaryBackplate';
    expect(eventsOf(await node.circuit({ type, circuit, backplate: backplates[0] }))).toEqual([
      { type: 'PrimaryBackplateDesignated', data: { circuit, backplate: backplates[0] } },
    ]);
  });

  it('is refused for a backplate that is unknown, wired elsewhere or removed', async () => {
    const [yard, other] = [await buildYard(node), await buildYard(node)];
    const designate = (backplate: string) =>
      node.circuit({ type: 'designatePrimaryBackplate', circuit: yard.circuit, backplate });
    accepted(await node.backplate({ type: 'removeBackplate', backplate: yard.backplates[0] }));

    const elsewhere = refused(await designate(other.backplates[0]));
    expect([elsewhere.code, elsewhere.details['wiredTo']]).toEqual(['NOT_FOUND', other.circuit]);
    expect(verdictOn(await designate(anId('unknown')))).toBe('NOT_FOUND');
    expect(verdictOn(await designate(yard.backplates[0]))).toBe('RETIRED');
  });
});

describe('retireCircuit', () => {
  it('is refused while the circuit carries something, and names it', async () => {
    const { circuit } = await buildYard(node);
    contents.told.set(circuit, ['P-left', 'K-below']);
    const refusal = refused(await node.circuit({ type: 'retireCircuit', circuit }));
    expect([refusal.code, refusal.details]).toEqual(['NOT_EMPTY', { contents: ['P-left', 'K-below'] }]);
  });

  it('ends a circuit', async () => {
    const { circuit } = await buildYard(node);
    expect(verdictOn(await node.circuit({ type: 'retireCircuit', circuit }))).toBe('RECORDED');
    expect(verdictOn(await node.circuit({ type: 'retireCircuit', circuit }))).toBe('RETIRED');
    const install = { type: 'installBackplate', id: anId('P'), circuit } as const;
    expect(verdictOn(await node.backplate(install))).toBe('RETIRED');
    expect(verdictOn(await node.circuit({ type: 'retireCircuit', circuit: anId('unknown') }))).toBe(
      'NOT_FOUND',
    );
  });
});
