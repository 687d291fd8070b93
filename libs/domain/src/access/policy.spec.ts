import { describe, expect, it } from '@jest/globals';
import { fact, told } from '../book.fixtures';
import { chargerEvolution } from '../charger/charger';
import { Lifeline } from '../facts/lifeline';
import { controllerOf, controlOver } from './control';
import { naivelyPermits, naivelySees } from './naive-policy.fixtures';
import type { Asset } from './policy';
import { decideAccess, permissionsOf, permits, sees } from './policy';
import { anyQuestion, randomFrom } from './random-access.fixtures';
import type { Grant, Requester } from './requester';

/** A test run has time for a part of them. */
const QUESTIONS =
  process.env['TORTURE_SCALE'] == null ? 100_000 : 1_000_000 * Number(process.env['TORTURE_SCALE']);
const now = '2026-05-04T12:00:00.000Z';
const grant: Grant = {
  id: 'g',
  permissions: ['READ_STATE'],
  fleet: false,
  sites: ['S'],
  chargers: [],
  from: '2026-05-04T08:00:00.000Z',
};
const partner = (...grants: Partial<Grant>[]): Requester => ({
  actor: { kind: 'PARTNER', id: 'app' },
  role: 'PARTNER',
  operator: 'north',
  grants: grants.map((other) => ({ ...grant, ...other })),
});
const someone = (role: Requester['role'], operator?: string, chargers?: string[]): Requester => ({
  actor: { kind: role, id: 'x' },
  role,
  operator,
  chargers,
});
const charger = (operator = 'north', site?: { id: string; operator: string }): Asset => ({
  kind: 'CHARGER',
  id: 'C',
  operator,
  site,
});
const SITE: Asset = { kind: 'SITE', id: 'S', operator: 'north' };

describe('access', () => {
  it.each<[why: string, Requester, Parameters<typeof decideAccess>[1], Asset | undefined, string]>([
    ['the controller', someone('OPERATOR', 'north'), 'READ_HISTORY', charger(), 'ALLOWED'],
    ['the former controller', someone('OPERATOR', 'north'), 'READ_HISTORY', charger('south'), 'HIDDEN'],
    ['a thing that is not there', someone('OPERATOR', 'north'), 'READ_HISTORY', undefined, 'HIDDEN'],
    ['a fuse, by its operator', someone('OPERATOR', 'north'), 'SET_RATINGS', SITE, 'FORBIDDEN'],
    ['a fuse, by an installer', someone('INSTALLER', 'north'), 'SET_RATINGS', SITE, 'ALLOWED'],
    ['a fuse of others, by an installer', someone('INSTALLER', 'south'), 'SET_RATINGS', SITE, 'HIDDEN'],
    ['a change, by an auditor', someone('AUDITOR'), 'MANAGE_ASSETS', charger(), 'FORBIDDEN'],
    ['a user’s own charger', someone('USER', 'north', ['C']), 'CONTROL_PLAN', charger(), 'ALLOWED'],
    [
      'a user’s charger under others',
      someone('USER', 'north', ['C']),
      'READ_STATE',
      charger('south'),
      'HIDDEN',
    ],
    ['a user’s history', someone('USER', 'north', ['C']), 'READ_HISTORY', charger(), 'FORBIDDEN'],
    ['another’s charger, by a user', someone('USER', 'north', ['D']), 'READ_STATE', charger(), 'HIDDEN'],
    ['a site, by a user', someone('USER', 'north', ['C']), 'READ_STATE', SITE, 'HIDDEN'],
    ['a granted site', partner({}), 'READ_STATE', SITE, 'ALLOWED'],
    ['a granted site’s history', partner({}), 'READ_HISTORY', SITE, 'FORBIDDEN'],
    [
      'its history, granted elsewhere',
      partner({}, { permissions: ['READ_HISTORY'], sites: ['T'] }),
      'READ_HISTORY',
      SITE,
      'FORBIDDEN',
    ],
    [
      'a charger while it hangs there',
      partner({}),
      'READ_STATE',
      charger('north', { id: 'S', operator: 'north' }),
      'ALLOWED',
    ],
    ['a charger that has left', partner({}), 'READ_STATE', charger(), 'HIDDEN'],
    [
      'a charger of others that hangs there',
      partner({}),
      'READ_STATE',
      charger('south', { id: 'S', operator: 'north' }),
      'HIDDEN',
    ],
    [
      'a charger in a site that was lost',
      partner({}),
      'READ_STATE',
      charger('north', { id: 'S', operator: 'south' }),
      'HIDDEN',
    ],
    ['a grant that has ended', partner({ until: now }), 'READ_STATE', SITE, 'FORBIDDEN'],
    ['a grant to come', partner({ from: '2026-05-04T12:00:00.001Z' }), 'READ_STATE', SITE, 'FORBIDDEN'],
    ['the fleet', partner({ fleet: true }), 'READ_STATE', charger(), 'ALLOWED'],
    ['what the operator lost', partner({ fleet: true }), 'READ_STATE', charger('south'), 'HIDDEN'],
    [
      'other partners',
      partner({ fleet: true }),
      'REVIEW_PARTNERS',
      { kind: 'PARTNER', id: 'q', operator: 'north' },
      'FORBIDDEN',
    ],
  ])('to %s', (_why, requester, act, asset, verdict) => {
    expect(decideAccess(requester, act, asset, now)).toBe(verdict);
  });

  it('is decided the same way by a second, naive telling of the rules', () => {
    const random = randomFrom(Number(process.env['TORTURE_SEED'] ?? 20_260_504));
    const counts = { permitted: 0, seen: 0, hidden: 0 };
    for (let number = 0; number < QUESTIONS; number += 1) {
      const question = anyQuestion(random);
      const { requester, act, asset, now: at } = question;
      const permitted = permits(requester, act, asset, at);
      const seen = sees(requester, asset, at);
      const naively = [naivelyPermits(requester, act, asset, at), naivelySees(requester, asset, at)];
      if (permitted !== naively[0] || (seen !== naively[1] && !isEmptyGrant(requester)))
        throw new Error(`told differently: ${JSON.stringify({ question, permitted, seen, naively })}`);
      counts[permitted ? 'permitted' : seen ? 'seen' : 'hidden'] += 1;
    }
    expect(Math.min(...Object.values(counts))).toBeGreaterThan(QUESTIONS / 20);
  }, 600_000);

  it('names the permissions that somebody has on anything', () => {
    expect(permissionsOf(someone('ADMIN'), now)).toHaveLength(6);
    expect(permissionsOf(someone('USER', 'north', ['C']), now)).toEqual(['READ_STATE', 'CONTROL_PLAN']);
    expect(permissionsOf(partner({}, { permissions: ['CONTROL_PLAN'], until: now }), now)).toEqual([
      'READ_STATE',
    ]);
  });
});

/** Grants without permissions are refused when they are told; by chance they happen. */
function isEmptyGrant({ grants }: Requester): boolean {
  return grants?.some(({ permissions }) => permissions.length === 0) ?? false;
}

describe('control', () => {
  const registered = {
    type: 'ChargerRegistered',
    data: { charger: 'C', productLine: 'HOME', protocol: 'NATIVE', phaseMode: 'AUTO', operator: 'north' },
  } as const;
  const transferred = (operator: string) =>
    ({ type: 'ChargerControlTransferred', data: { charger: 'C', operator } }) as const;

  it('follows the order of recording, not what facts say of their time', () => {
    const facts = told(
      ['12:00', registered],
      ['12:30', transferred('south')],
      ['08:00', transferred('west')],
    );
    expect(controllerOf(Lifeline.of(chargerEvolution, facts))).toBe('west');
    expect(controlOver(facts).map(({ operator }) => operator)).toEqual(['north', 'south', 'west']);
  });

  it('is not touched by corrections', () => {
    const replacement = { ...registered.data, operator: 'west' };
    const corrected = fact({
      event: { type: 'FactReplaced', data: { corrects: 'fact-1', occurredAt: now, replacement } },
      at: now,
      bookOrder: 3,
    });
    const again = fact({ event: { ...registered, data: replacement }, at: now, bookOrder: 4 });
    const facts = [...told(['12:00', registered], ['12:30', transferred('south')]), corrected, again];
    expect(controllerOf(Lifeline.of(chargerEvolution, facts))).toBe('south');
  });

  it('is nobody’s where there is nothing', () => {
    expect(controllerOf(Lifeline.of(chargerEvolution, []))).toBeUndefined();
  });
});
