import { describe, expect, it } from '@jest/globals';
import type { Entry } from '../book.fixtures';
import { at, late, moment, onlyEvent, told, verdictOn } from '../book.fixtures';
import type { Moment } from '../decision';
import { credentialStateOf, isCredentialValid } from './credential';
import type { CredentialCommand, CredentialKnowledge } from './credential.decide';
import { decideCredential } from './credential.decide';

type Issue = CredentialCommand & { type: 'issueCredential' };
const HASH = 'f'.repeat(64);
const issue: Issue = { type: 'issueCredential', role: 'OPERATOR', name: 'Office', operator: 'north' };
const ISSUED: Entry = [
  '09:00',
  {
    type: 'CredentialIssued',
    data: { credential: 'c1', role: 'OPERATOR', operator: 'north', secretHash: HASH, expiresAt: at('13:00') },
  },
];
const REVOKED: Entry = ['10:00', { type: 'CredentialRevoked', data: { credential: 'c1' } }];
const partner = { name: 'The app', operator: 'north', registeredAt: at('08:00'), grants: [], warnings: [] };

function decide(
  command: CredentialCommand,
  entries: Entry[] = [],
  { when = moment(), ...known }: Partial<CredentialKnowledge> & { when?: Moment } = {},
) {
  const knowledge = {
    credential: credentialStateOf(told(...entries)),
    operatorIsKnown: true,
    unknownChargers: [],
    issued: { credential: 'c1', secretHash: HASH },
    ...known,
  };
  return decideCredential(command, knowledge, when);
}

describe('issuing a credential', () => {
  it('records whose it is and the hash of its secret, not the name', () => {
    expect(onlyEvent(decide({ ...issue, expiresAt: at('13:00') }))).toEqual({
      type: 'CredentialIssued',
      data: {
        credential: 'c1',
        role: 'OPERATOR',
        operator: 'north',
        secretHash: HASH,
        expiresAt: at('13:00'),
      },
    });
  });

  it('for a partner is of the partner’s operator', () => {
    const command: Issue = { type: 'issueCredential', role: 'PARTNER', name: 'The app', partner: 'app' };
    expect(onlyEvent(decide(command, [], { partner }))).toMatchObject({
      data: { operator: 'north', partner: 'app' },
    });
  });

  it.each<[why: string, Partial<Issue>, verdict: string]>([
    ['the whole book', { role: 'ADMIN', operator: undefined }, 'ACCEPTED'],
    ['an administrator of one operator', { role: 'ADMIN' }, 'OUT_OF_RANGE'],
    ['an auditor of the whole book', { role: 'AUDITOR', operator: undefined }, 'ACCEPTED'],
    ['an auditor of one operator', { role: 'AUDITOR' }, 'ACCEPTED'],
    ['nobody', { operator: undefined }, 'OUT_OF_RANGE'],
    ['a partner without a name', { role: 'PARTNER' }, 'OUT_OF_RANGE'],
    ['an operator who is a partner', { partner: 'app' }, 'OUT_OF_RANGE'],
    ['a user of nothing', { role: 'USER' }, 'OUT_OF_RANGE'],
    ['a user of a charger', { role: 'USER', chargers: ['C'] }, 'ACCEPTED'],
    ['a device of all chargers', { role: 'DEVICE' }, 'ACCEPTED'],
    ['an operator of one charger', { chargers: ['C'] }, 'OUT_OF_RANGE'],
    ['a nameless one', { name: '' }, 'INVALID_NAME'],
    ['one that has expired', { expiresAt: at('12:00') }, 'INVALID_TIME'],
  ])('for %s', (_why, other, verdict) => {
    expect(verdictOn(decide({ ...issue, ...other }))).toBe(verdict);
  });

  it('names only what is there', () => {
    expect(verdictOn(decide(issue, [], { operatorIsKnown: false }))).toBe('NOT_FOUND');
    expect(verdictOn(decide({ ...issue, role: 'PARTNER', partner: 'app' }))).toBe('NOT_FOUND');
    const user: Issue = { ...issue, role: 'USER', chargers: ['C'] };
    expect(verdictOn(decide(user, [], { unknownChargers: ['C'] }))).toBe('NOT_FOUND');
  });

  it('happens when it is told', () => {
    expect(verdictOn(decide(issue, [], { when: late('10:00') }))).toBe('INVALID_TIME');
  });
});

describe('revoking a credential', () => {
  const revoke = { type: 'revokeCredential', credential: 'c1' } as const;
  it.each<[Entry[], string]>([
    [[ISSUED], 'ACCEPTED'],
    [[ISSUED, REVOKED], 'NOTHING_TO_DO'],
    [[], 'NOT_FOUND'],
  ])('after %j: %s', (entries, verdict) => {
    expect(verdictOn(decide(revoke, entries))).toBe(verdict);
  });
});

describe('a credential', () => {
  it.each<[Entry[], string, boolean]>([
    [[], '12:00', false],
    [[ISSUED], '12:59', true],
    [[ISSUED], '13:00', false],
    [[ISSUED, REVOKED], '12:00', false],
  ])('after %j at %s lets in: %s', (entries, time, isValid) => {
    expect(isCredentialValid(credentialStateOf(told(...entries)), at(time))).toBe(isValid);
  });
});
