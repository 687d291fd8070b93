import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** A value as the book answers it for a charger at an instant; only what is told is compared. */
export interface Expectation {
  readonly charger: string;
  readonly at: string;
  readonly knownAt?: string;
  readonly [answered: string]: unknown;
}

/** One step of a case: a mutation, an observation, a look at a limit or at sessions, or a mark in record time. */
export interface Step {
  readonly do?: string;
  readonly observe?: string;
  readonly at?: string;
  readonly input?: Readonly<Record<string, unknown>>;
  readonly refused?: string;
  readonly charger?: string;
  readonly sessionId?: string;
  readonly deviceSequence?: number;
  readonly fault?: string;
  readonly expect?: Expectation;
  readonly expectSessions?: { readonly axis: string; readonly id: string; readonly ids: readonly string[] };
  readonly now?: string;
  readonly correct?: unknown;
}

export interface Case {
  readonly id: string;
  readonly title: string;
  readonly steps: readonly Step[];
}

const folder = fileURLToPath(new URL('../../../libs/domain/src/limits/cases/', import.meta.url));

/** Every case of the domain's limits, each with the world that it begins with. */
export function limitCases(): Case[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.flatMap((file) => casesIn(path.join(folder, file), file.replace('.json', '')));
}

/** Cases of a file in the common form. */
export function casesIn(file: string, group: string): Case[] {
  const { world, scenarios } = JSON.parse(readFileSync(file, 'utf8')) as { world: Step[]; scenarios: Case[] };
  return scenarios.map(({ id, title, steps }) => ({
    id: `${group}/${id}`,
    title,
    steps: [...world, ...steps],
  }));
}

/** Fields of inputs, and of steps, that name things. */
const NAMES = new Set([
  'id',
  'serial',
  'site',
  'circuit',
  'parent',
  'backplate',
  'charger',
  'sessionId',
  'ids',
]);

/** The case with things of its own: each name gets an ending. */
export function withOwnNames<Part>(part: Part, ending: string): Part {
  const renamed: unknown = JSON.parse(
    JSON.stringify(part),
    function (this: unknown, key: string, value: unknown) {
      if (!NAMES.has(key)) return value;
      if (typeof value === 'string') return `${value}-${ending}`;
      return Array.isArray(value) ? value.map((name) => `${String(name)}-${ending}`) : value;
    },
  );
  return renamed as Part;
}
