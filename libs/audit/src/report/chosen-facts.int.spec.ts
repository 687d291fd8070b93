import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestTree } from '../checkpoints/tree.fixtures';
import { ChosenFacts } from './chosen-facts.queries';

let tree: TestTree;

const SPAN = { from: '2026-02-01T00:00:00.000Z', to: '2026-03-01T00:00:00.000Z', asOfSequence: 8 };
const day = (text: string) => `2026-${text}T10:00:00.000Z`;
const eventId = (sequence: number) => `00000000-0000-4000-8000-00000000000${String(sequence)}`;

/** Facts of a ledger: what else a row needs is the same for all. */
const FACTS = [
  { sequence: 1, type: 'ChargerRegistered', occurred_at: day('01-01'), charger: 'C' },
  { sequence: 2, type: 'MaxChargerCurrentSet', occurred_at: day('02-02'), charger: 'C', corrected_by: 8 },
  { sequence: 3, type: 'MaxChargerCurrentSet', occurred_at: day('02-03'), charger: 'D' },
  { sequence: 4, type: 'Strange', occurred_at: day('01-01'), problem: 'it cannot be read' },
  { sequence: 5, type: 'Strange', occurred_at: day('01-05'), problem: 'it cannot be held' },
  { sequence: 6, type: 'MaxChargerCurrentSet', occurred_at: day('04-01'), charger: 'C', corrected_by: 7 },
  {
    sequence: 7,
    type: 'FactReplaced',
    occurred_at: day('05-01'),
    charger: 'C',
    corrects: eventId(6),
    data: { occurredAt: day('02-20') },
  },
  { sequence: 8, type: 'FactRetracted', occurred_at: day('05-02'), charger: 'C', corrects: eventId(2) },
  { sequence: 9, type: 'MaxChargerCurrentSet', occurred_at: day('02-04'), charger: 'C' },
];

beforeAll(async () => {
  tree = await TestTree.start();
  const row = {
    position: 0,
    revision: 0,
    schema_version: 1,
    stream: 'charger-C',
    recorded_at: day('06-01'),
    actor_kind: 'ADMIN',
    actor_id: 'admin',
    channel: 'CONSOLE',
    command_id: '',
    input_hash: '',
    correlation_id: '',
    causation_id: '',
    data: {},
  };
  const facts = FACTS.map((fact) => ({ ...row, event_id: eventId(fact.sequence), ...fact }));
  await tree.database.query(
    'INSERT INTO ledger.fact SELECT * FROM json_populate_recordset(null::ledger.fact, $1::json)',
    [JSON.stringify(facts)],
  );
  const entries = FACTS.map(({ sequence, occurred_at: at, charger }) => ({
    sequence,
    content: '{}',
    things: { [`charger:${charger ?? 'C'}`]: sequence },
    // Of the first that cannot be read nobody knows when it happened.
    occurred_at: sequence === 4 ? null : at,
    recorded_at: day('06-01'),
  }));
  await tree.database.query(
    'INSERT INTO ledger.entry SELECT * FROM json_populate_recordset(null::ledger.entry, $1::json)',
    [JSON.stringify(entries)],
  );
});
afterAll(() => tree.stop());

const told = async (scope: Parameters<ChosenFacts['after']>[1]['scope'], after = 0) =>
  (await new ChosenFacts(tree.database).after(after, { scope, ...SPAN })).map(
    ({ sequence, isTold }) => `${String(sequence)}${isTold ? '' : ' omitted'}`,
  );

describe('the facts of a report', () => {
  it('on a charger are those that name it: in the span in full, else by their heads, also where they cannot be read', async () => {
    const charger = { kind: 'charger', id: 'C' } as const;
    const all = ['1 omitted', '2', '4', '5 omitted', '6 omitted', '7 omitted', '8 omitted'];
    expect(await told(charger)).toEqual(all);
    expect(await told(charger, 4)).toEqual(all.slice(3));
    expect(await told(charger, 8)).toEqual([]);
  });

  it('on the whole book are all of them', async () => {
    expect(await told({ kind: 'book' })).toEqual([
      '1 omitted',
      '2',
      '3',
      '4',
      '5 omitted',
      '6 omitted',
      '7 omitted',
      '8 omitted',
    ]);
  });

  it.each([{ kind: 'charger', id: 'C' } as const, { kind: 'book' } as const])(
    'on a $kind come with corrections from outside of what is in the span, or is now said to be',
    async (scope) => {
      expect(await new ChosenFacts(tree.database).correcting({ scope, ...SPAN })).toEqual([7, 8]);
    },
  );
});
