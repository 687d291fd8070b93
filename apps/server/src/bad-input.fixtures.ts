import { expect } from '@jest/globals';
import { getNamedType, isInputObjectType } from 'graphql';
import type { Answer, Book } from './book.fixtures';
import { schema } from './book.fixtures';
import { eventually } from './server-process.fixtures';

/** What nobody outside should ever see: traces, places in the program, SQL. */
export const INTERNALS =
  /node_modules|\.[jt]s:\d|\bat [\w.]+ \(|SELECT|INSERT|relation "|syntax error at|stack size/;

/** Expects an answer without data, with one status and code and a message for people. */
export function expectFault({ status, text, body }: Answer, expectedStatus: number, code: string): void {
  expect({ status, code: body.errors?.[0]?.extensions.code }).toEqual({ status: expectedStatus, code });
  expect(body.errors?.[0]?.message.length).toBeGreaterThan(10);
  expect(body.data ?? null).toBeNull();
  expect(text).not.toMatch(INTERNALS);
}

/** A site, a circuit, a place and a charger on it, and a partner. */
export async function registerSmallWorld(book: Book): Promise<void> {
  const world: [string, object][] = [
    ['registerSite', { id: 'yard', name: 'Yard', timeZone: 'Europe/Oslo' }],
    ['addCircuit', { id: 'row', site: 'yard', fuseRatingAmps: 32 }],
    ['installBackplate', { id: 'b1', circuit: 'row' }],
    ['registerCharger', { serial: 'u1' }],
    ['mountCharger', { charger: 'u1', backplate: 'b1' }],
    ['registerPartner', { id: 'pal', name: 'Pal', operator: 'default' }],
  ];
  await book.commands(world.map(([name, input]) => ({ name, input })));
  await eventually('the place is told to be taken', async () => (await book.head()) === SMALL_WORLD_FACTS);
}

/** A mount is three facts: the place is reserved, the charger mounted, the place taken. */
const SMALL_WORLD_FACTS = 8;

/** Expects that nothing has been added since. */
export async function expectSmallWorld(book: Book): Promise<void> {
  await book.caughtUp();
  const answer = await book.query(
    '{ charger(serial: "u1") { placement { backplateId } ongoingSession { id } } book { head } }',
  );
  expect(answer).toEqual({
    charger: { placement: { backplateId: 'b1' }, ongoingSession: null },
    book: { head: String(SMALL_WORLD_FACTS) },
  });
}

const EXAMPLES: Readonly<Record<string, unknown>> = {
  id: 'fresh',
  serial: 'fresh',
  site: 'yard',
  circuit: 'row',
  backplate: 'b1',
  charger: 'u1',
  operator: 'default',
  parent: 'row',
  name: 'Name',
  address: '1 Street',
  timeZone: 'UTC',
  protocol: 'NATIVE',
  mode: 'AUTO',
  kind: 'RECURRING',
  windows: [{ start: '22:00', stop: '06:00' }],
  reason: 'mistaken',
  partner: 'pal',
  permissions: ['READ_STATE'],
  ground: 'ground',
  grant: 'g',
  warning: 'w',
  remedyBy: '2999-01-01T00:00:00Z',
};

/** What a mutation needs that its schema does not ask for. */
const ALSO_NEEDED: Readonly<Record<string, object>> = { grantPartnerAccess: { chargers: ['u1'] } };

/** The fields of a mutation's input by which it refers to things that must be there. */
export function references(mutation: string): string[] {
  return Object.entries(inputFields(mutation))
    .filter(([name, { type }]) => getNamedType(type).name === 'ID' && name !== 'id' && name !== 'serial')
    .map(([name]) => name);
}

/** An input that names only what is in the small world, but for one reference. */
export function inputWith(mutation: string, reference: string, id: string): object {
  const needed = Object.entries(inputFields(mutation))
    .filter(([, { type }]) => type.toString().endsWith('!'))
    .map(([name, { type }]) => [name, exampleOf(name, getNamedType(type).name)]);
  const isList = String(inputFields(mutation)[reference]?.type).startsWith('[');
  return { ...Object.fromEntries(needed), ...ALSO_NEEDED[mutation], [reference]: isList ? [id] : id };
}

function exampleOf(name: string, type: string): unknown {
  if (type === 'PhaseAmpsInput') return { l1: 10, l2: 10, l3: 10 };
  return type === 'Float' ? 10 : EXAMPLES[name];
}

function inputFields(mutation: string) {
  const argument = schema
    .getMutationType()!
    .getFields()
    [mutation]!.args.find(({ name }) => name === 'input');
  const type = getNamedType(argument!.type);
  if (!isInputObjectType(type)) throw new Error(`${mutation} takes no input`);
  return type.getFields();
}
