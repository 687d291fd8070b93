import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { GraphQLField, GraphQLObjectType } from 'graphql';
import { getNamedType, isCompositeType, isInterfaceType, isObjectType, isRequiredArgument } from 'graphql';
import type { Ids } from './access-inputs.fixtures';
import { inputOf, NOWHERE } from './access-inputs.fixtures';
import type { FieldRule } from './access-rules.fixtures';
import { MUTATIONS, ruleOf } from './access-rules.fixtures';
import type { Person } from './access-world.fixtures';
import { World } from './access-world.fixtures';
import { inputTypeOf, schema } from './book.fixtures';
import { cleanUp, ServerProcess } from './server-process.fixtures';

let world: World;
let ids: Ids;

beforeAll(async () => {
  world = new World(await ServerProcess.start());
  await world.build();
  ids = {
    site: 'S',
    circuit: 'K',
    backplate: 'B',
    charger: 'C',
    operator: 'north',
    partner: 'granted-nothing',
    ...world.known,
  };
}, 600_000);

afterAll(cleanUp);

const mutations = Object.keys(schema.getMutationType()!.getFields());

/** What somebody may read of a thing of the world; undefined where it is as if it were not there. */
function reading(person: Person, thing: 'charger' | 'place' | 'partner'): ReadonlySet<string> | undefined {
  const { role, hasThings, permissions, onlyChargers, isRevoked } = person;
  if (isRevoked || !hasThings || (onlyChargers && thing !== 'charger')) return undefined;
  if (thing === 'partner') return role === 'PARTNER' ? undefined : new Set(['OF_THE_THING']);
  if (role === 'PARTNER') return new Set(['OF_THE_THING', ...permissions]);
  const state = ['OF_THE_THING', 'READ_STATE'];
  return new Set(role === 'USER' || role === 'DEVICE' ? state : [...state, 'READ_HISTORY']);
}

describe('every field', () => {
  it('has a rule', () => {
    const types = Object.values(schema.getTypeMap()).filter(
      (type) => (isObjectType(type) || isInterfaceType(type)) && !type.name.startsWith('__'),
    ) as GraphQLObjectType[];
    const bare = types
      .filter((type) => type.name !== 'Mutation')
      .flatMap((type) => Object.keys(type.getFields()).map((field) => [type.name, field] as const))
      .filter(([type, field]) => ruleOf(type, field) == null);
    expect(bare).toEqual([]);
  });

  it('is what its rule says, for everyone', async () => {
    for (const person of world.people) {
      const { status, body } = await world.ask(person, documentOfEverything());
      if (person.isRevoked) {
        expect([person.name, status, body.errors?.[0]?.extensions.code]).toEqual([
          person.name,
          403,
          'ACCESS_REVOKED',
        ]);
        continue;
      }
      const wrong = ROOTS.flatMap(([alias, , type, thing]) => {
        const rights = reading(person, thing);
        const found = body.data?.[alias] as Record<string, unknown> | null;
        if (rights == null || found == null)
          return (rights == null) === (found == null)
            ? []
            : [`${alias} is ${found == null ? 'absent' : 'there'}`];
        return fieldsOf(type).flatMap((field) => {
          const rule = ruleOf(type, field.name) as FieldRule;
          const error = body.errors?.find(({ path }) => path?.[0] === alias && path[1] === field.name);
          const isAllowed = rights.has(rule);
          const isDenied = error?.extensions.code === 'FORBIDDEN' && found[field.name] === null;
          if (isAllowed ? error == null : isDenied) return [];
          return [`${alias}.${field.name} (${rule}) is ${error?.extensions.code ?? 'given'}`];
        });
      });
      expect([person.name, ...wrong]).toEqual([person.name]);
    }
  }, 600_000);

  it('of a list counts only what is there for who asks', async () => {
    for (const person of world.people.filter(({ isRevoked }) => !isRevoked)) {
      const document = `{
        chargers(filter: {serials: ["C"]}) { totalCount nodes { serial } pageInfo { hasNextPage endCursor } }
        sites(search: "S") { totalCount nodes { id } }
        backplates(circuit: "K") { totalCount nodes { id } }
        relocations { totalCount }
        partners { totalCount nodes { id } }
      }`;
      const { body } = await world.ask(person, document);
      const ofCharger = reading(person, 'charger') == null ? 0 : 1;
      const ofPlace = reading(person, 'place') == null ? 0 : 1;
      const isReviewer =
        ['ADMIN', 'OPERATOR', 'ASSET_MANAGER', 'AUDITOR'].includes(person.role) && person.hasThings;
      const told = body.data as Record<string, { totalCount: number; nodes: unknown[] }>;
      const counts = Object.fromEntries(
        Object.entries(told).map(([list, { totalCount, nodes }]) => [list, [totalCount, nodes?.length]]),
      );
      const partners = isReviewer ? expect.any(Number) : person.role === 'PARTNER' ? 1 : 0;
      expect([person.name, counts]).toEqual([
        person.name,
        {
          chargers: [ofCharger, ofCharger],
          sites: [ofPlace, ofPlace],
          backplates: [ofPlace * 2, ofPlace * 2],
          relocations: [0, undefined],
          partners: [partners, partners],
        },
      ]);
    }
  }, 600_000);
});

describe('every mutation', () => {
  it('has a rule', () => {
    expect(mutations.filter((name) => MUTATIONS[name] == null)).toEqual([]);
  });

  it('is done, denied, or about something that is not there, as its rule says, for everyone', async () => {
    for (const person of world.people) {
      const verdicts = await Promise.all(
        mutations.map(async (name) => [name, await verdict(person, name, ids)] as const),
      );
      const wrong = verdicts.filter(([name, told]) => told !== expected(person, name));
      expect([person.name, wrong]).toEqual([person.name, []]);
    }
  }, 600_000);

  it('about a thing of others is answered as about one that is not there', async () => {
    for (const person of world.people) {
      const hidden = mutations.filter((name) => expected(person, name) === 'NOT_FOUND');
      for (const name of hidden) {
        const told = await answer(person, name, ids);
        expect([person.name, name, asIfNowhere(told, nowhereFor(person))]).toEqual([
          person.name,
          name,
          await answer(person, name, nowhereFor(person)),
        ]);
      }
    }
  }, 600_000);
});

/** Who has the charger, and not the place, is told that there is no such place. */
function nowhereFor({ hasThings, onlyChargers }: Person): Ids {
  return hasThings && onlyChargers ? { ...NOWHERE, charger: ids.charger } : NOWHERE;
}

function expected(person: Person, mutation: string): string {
  const [allowed, about] = MUTATIONS[mutation]!;
  if (person.isRevoked) return 'ACCESS_REVOKED';
  const isAllowed =
    person.role === 'PARTNER'
      ? person.permissions.some((permission) => allowed.includes(permission))
      : allowed.includes(person.role);
  if (!isAllowed) return 'FORBIDDEN';
  if (about === 'operator' && !person.isOfFleet) return 'FORBIDDEN';
  if (about === 'book' || person.role === 'ADMIN') return 'DONE';
  const isThere = person.hasThings && (about === 'charger' || !person.onlyChargers);
  if (!isThere) return 'NOT_FOUND';
  // It takes a charger and a place.
  const takesPlace = ['mountCharger', 'relocateCharger', 'relocateChargers'].includes(mutation);
  return takesPlace && person.onlyChargers ? 'NOT_FOUND' : 'DONE';
}

async function verdict(person: Person, mutation: string, of: Ids): Promise<string> {
  const { code, message } = await answer(person, mutation, of);
  if (code === 'FORBIDDEN' || code === 'ACCESS_REVOKED') return code;
  // Grants and warnings that nobody gave, and persons nobody knows, are not found by those either who may look.
  const isAboutThing = !/ has no (grant|open warning) |^Nobody is known /.test(message ?? '');
  return code === 'NOT_FOUND' && isAboutThing ? 'NOT_FOUND' : 'DONE';
}

interface Answered {
  readonly code?: string;
  readonly message?: string;
  readonly details?: unknown;
  readonly inputPath?: unknown;
}

async function answer(person: Person, mutation: string, of: Ids): Promise<Answered> {
  const isBatch = mutation === 'recordObservations';
  const parameters = isBatch ? 'dryRun: true' : 'options: { dryRun: true }';
  const document = `mutation ($input: ${inputTypeOf(mutation)}!) {
    told: ${mutation}(input: $input, ${parameters}) { __typename ... on Rejection { code message details inputPath } } }`;
  const { body, text } = await world.ask(person, document, { input: inputOf(mutation, of) });
  const [error] = body.errors ?? [];
  if (error != null) {
    if (error.extensions.code === 'INTERNAL_SERVER_ERROR' || error.extensions.code === 'BAD_USER_INPUT')
      throw new Error(`${person.name} ${mutation}: ${text}`);
    return { code: error.extensions.code, message: error.message };
  }
  const told = body.data?.['told'];
  const { code, message, details, inputPath } = (Array.isArray(told) ? told[0] : told) as Answered;
  return { code, message, details, inputPath };
}

/** An answer about the world's things with the ids of nowhere instead. */
function asIfNowhere(told: Answered, nowhere: Ids): Answered {
  let text = JSON.stringify(told);
  for (const key of Object.keys(ids) as (keyof Ids)[])
    text = text.replace(new RegExp(`(["\\s])${ids[key]}(["\\s.,])`, 'g'), `$1${nowhere[key]}$2`);
  return JSON.parse(text) as Answered;
}

/** Alias, query, type, and what of the world it is. */
const ROOTS = [
  ['charger', 'charger(serial: "C")', 'Charger', 'charger'],
  ['site', 'site(id: "S")', 'Site', 'place'],
  ['circuit', 'circuit(id: "K")', 'Circuit', 'place'],
  ['backplate', 'backplate(id: "B")', 'Backplate', 'place'],
] as const;

function fieldsOf(type: string): GraphQLField<unknown, unknown>[] {
  return Object.values((schema.getType(type) as GraphQLObjectType).getFields());
}

function documentOfEverything(): string {
  const roots = ROOTS.map(
    ([alias, query, type]) => `${alias}: ${query} { ${fieldsOf(type).map(selectionOf).join(' ')} }`,
  );
  return `{ ${roots.join(' ')} me { id } }`;
}

const ARGUMENTS: Readonly<Record<string, string>> = {
  from: '"2026-01-01T00:00:00.000Z"',
  to: '"2026-01-02T00:00:00.000Z"',
  interval: 'DAY',
};

function selectionOf({ name, args, type }: GraphQLField<unknown, unknown>): string {
  const required = args
    .filter(isRequiredArgument)
    .map((arg) => `${arg.name}: ${ARGUMENTS[arg.name] ?? 'null'}`);
  const called = required.length === 0 ? name : `${name}(${required.join(', ')})`;
  return isCompositeType(getNamedType(type)) ? `${called} { __typename }` : called;
}
