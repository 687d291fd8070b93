import type { Act } from './acts';
import { ACTS } from './acts';
import type { Asset } from './policy';
import type { Grant, Requester } from './requester';
import { PERMISSIONS, ROLES } from './requester';

/** A question to the policy. */
export interface Question {
  readonly requester: Requester;
  readonly act: Act;
  readonly asset: Asset;
  readonly now: string;
}

/** Numbers from 0 to below 1 that are the same for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const OPERATORS = ['north', 'south'];
const SITES = ['S1', 'S2', 'S3'];
const CHARGERS = ['C1', 'C2', 'C3'];
const hour = (number: number) => `2026-05-04T${String(number).padStart(2, '0')}:00:00.000Z`;

/** Few names, so that things often meet. */
export function anyQuestion(random: () => number): Question {
  const one = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)]!;
  const some = <Value>(values: readonly Value[]): Value[] => values.filter(() => random() < 0.4);
  const maybe = <Value>(value: Value): Value | undefined => (random() < 0.7 ? value : undefined);
  const grant = (): Grant => ({
    id: 'g',
    permissions: some(PERMISSIONS),
    fleet: random() < 0.15,
    sites: some(SITES),
    chargers: some(CHARGERS),
    from: hour(Math.floor(random() * 12)),
    until: maybe(hour(8 + Math.floor(random() * 12))),
  });
  const role = one(ROLES);
  const requester: Requester = {
    actor: { kind: role, id: 'app' },
    role,
    operator: role === 'ADMIN' || (role === 'AUDITOR' && random() < 0.5) ? undefined : one(OPERATORS),
    chargers: role === 'USER' || (role === 'DEVICE' && random() < 0.5) ? some(CHARGERS) : undefined,
    grants: role === 'PARTNER' ? Array.from({ length: Math.floor(random() * 3) }, grant) : undefined,
  };
  const assets: Asset[] = [
    {
      kind: 'CHARGER',
      id: one(CHARGERS),
      operator: one(OPERATORS),
      site: maybe({ id: one(SITES), operator: one(OPERATORS) }),
    },
    { kind: 'SITE', id: one(SITES), operator: one(OPERATORS) },
    { kind: 'OPERATOR', id: one(OPERATORS) },
    { kind: 'PARTNER', id: 'app', operator: one(OPERATORS) },
    { kind: 'CREDENTIAL', id: 'c', operator: maybe(one(OPERATORS)) },
  ];
  return { requester, act: one(ACTS), asset: random() < 0.5 ? assets[0]! : one(assets), now: hour(10) };
}
