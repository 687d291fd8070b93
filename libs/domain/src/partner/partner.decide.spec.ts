import { describe, expect, it } from '@jest/globals';
import type { Entry } from '../book.fixtures';
import { accepted, at, late, moment, noticesOf, onlyEvent, told, verdictOn } from '../book.fixtures';
import type { Moment } from '../decision';
import { partnerStateOf, partnerStatus } from './partner';
import type { PartnerCommand, PartnerKnowledge } from './partner.decide';
import { decidePartner } from './partner.decide';

const REGISTERED: Entry = [
  '08:00',
  { type: 'PartnerRegistered', data: { partner: 'app', name: 'The app', operator: 'north' } },
];
const WARNED: Entry = [
  '09:00',
  {
    type: 'PartnerWarned',
    data: { partner: 'app', warning: 'w1', ground: 'Too many reads', evidence: [], remedyBy: at('11:00') },
  },
];
const LIFTED: Entry = ['10:00', { type: 'PartnerWarningLifted', data: { partner: 'app', warning: 'w1' } }];
const REVOKED: Entry = [
  '11:30',
  { type: 'PartnerAccessRevoked', data: { partner: 'app', ground: 'Went on', extremeCase: false } },
];
const REINSTATED: Entry = ['11:45', { type: 'PartnerAccessReinstated', data: { partner: 'app' } }];
const GRANTED: Entry = [
  '08:30',
  {
    type: 'PartnerAccessGranted',
    data: { partner: 'app', grant: 'g1', permissions: ['READ_STATE'], fleet: true, sites: [], chargers: [] },
  },
];

function decide(
  command: PartnerCommand,
  entries: Entry[] = [REGISTERED],
  known: Partial<PartnerKnowledge> & { when?: Moment } = {},
) {
  const { when = moment(), ...rest } = known;
  const knowledge = {
    partner: partnerStateOf(told(...entries)),
    operatorIsKnown: true,
    unknownAssets: [],
    newId: 'new',
    ...rest,
  };
  return decidePartner(command, knowledge, when);
}

const register = { type: 'registerPartner', id: 'app', name: 'The app', operator: 'north' } as const;
const grant = {
  type: 'grantPartnerAccess',
  partner: 'app',
  permissions: ['READ_STATE'],
  fleet: true,
} as const;
const warn = {
  type: 'warnPartner',
  partner: 'app',
  ground: 'Too many reads',
  remedyBy: at('13:00'),
} as const;
const revoke = { type: 'revokePartnerAccess', partner: 'app', ground: 'Went on' } as const;
const reinstate = { type: 'reinstatePartnerAccess', partner: 'app' } as const;

describe('registering a partner', () => {
  it('records its id, its name and whose partner it is', () => {
    const data = { partner: 'app', name: 'The app', operator: 'north' };
    expect(onlyEvent(decide(register, []))).toEqual({ type: 'PartnerRegistered', data });
  });

  it.each<
    [why: string, PartnerCommand, Entry[], Partial<PartnerKnowledge> & { when?: Moment }, code: string]
  >([
    ['an odd id', { ...register, id: 'the app' }, [], {}, 'INVALID_ID'],
    ['a blank name', { ...register, name: ' ' }, [], {}, 'INVALID_NAME'],
    ['a known id', register, [REGISTERED], {}, 'ALREADY_EXISTS'],
    ['an unknown operator', register, [], { operatorIsKnown: false }, 'NOT_FOUND'],
    ['another time than now', register, [], { when: late('10:00') }, 'INVALID_TIME'],
  ])('is refused for %s', (_why, command, entries, known, code) => {
    expect(verdictOn(decide(command, entries, known))).toBe(code);
  });
});

describe('granting access', () => {
  it('records what is granted on what, each once', () => {
    const decision = decide({
      ...grant,
      fleet: undefined,
      permissions: ['READ_STATE', 'READ_STATE'],
      sites: ['S', 'S'],
    });
    expect(onlyEvent(decision)).toEqual({
      type: 'PartnerAccessGranted',
      data: {
        partner: 'app',
        grant: 'new',
        permissions: ['READ_STATE'],
        fleet: false,
        sites: ['S'],
        chargers: [],
      },
    });
  });

  it.each<[why: string, Partial<PartnerCommand>, Partial<PartnerKnowledge>, code: string]>([
    ['no permission', { permissions: [] }, {}, 'OUT_OF_RANGE'],
    ['no scope', { fleet: false }, {}, 'OUT_OF_RANGE'],
    ['more than can be named at once', { chargers: Array.from({ length: 501 }, String) }, {}, 'OUT_OF_RANGE'],
    ['an end that has passed', { until: at('12:00') }, {}, 'INVALID_TIME'],
    [
      'what is not there',
      { chargers: ['C'] },
      { unknownAssets: [{ field: 'chargers', id: 'C' }] },
      'NOT_FOUND',
    ],
  ])('is refused for %s', (_why, other, known, code) => {
    expect(verdictOn(decide({ ...grant, ...other } as PartnerCommand, [REGISTERED], known))).toBe(code);
  });

  it('is refused where there is no such partner', () => {
    expect(verdictOn(decide(grant, []))).toBe('NOT_FOUND');
  });

  it('says so where it counts only after a reinstatement', () => {
    expect(noticesOf(decide(grant, [REGISTERED, REVOKED]))).toEqual(['ACCESS_REVOKED']);
  });

  it('can be ended, once', () => {
    const end = { type: 'endPartnerGrant', partner: 'app', grant: 'g1' } as const;
    expect(onlyEvent(decide(end, [REGISTERED, GRANTED]))).toMatchObject({ type: 'PartnerGrantEnded' });
    const ended: Entry = ['09:00', { type: 'PartnerGrantEnded', data: { partner: 'app', grant: 'g1' } }];
    expect(verdictOn(decide(end, [REGISTERED, GRANTED, ended]))).toBe('NOTHING_TO_DO');
    expect(verdictOn(decide(end))).toBe('NOT_FOUND');
  });
});

describe('warning a partner', () => {
  it('is fair: with a ground and time to mend', () => {
    expect(onlyEvent(decide(warn))).toEqual({
      type: 'PartnerWarned',
      data: { partner: 'app', warning: 'new', ground: 'Too many reads', evidence: [], remedyBy: at('13:00') },
    });
    expect(verdictOn(decide({ ...warn, remedyBy: at('12:00') }))).toBe('INVALID_TIME');
    expect(verdictOn(decide({ ...warn, ground: '' }))).toBe('OUT_OF_RANGE');
    expect(verdictOn(decide({ ...warn, evidence: [''] }))).toBe('OUT_OF_RANGE');
  });

  it('can be taken back, once', () => {
    const lift = { type: 'liftPartnerWarning', partner: 'app', warning: 'w1' } as const;
    expect(accepted(decide(lift, [REGISTERED, WARNED])).events).toHaveLength(1);
    expect(verdictOn(decide(lift, [REGISTERED, WARNED, LIFTED]))).toBe('NOTHING_TO_DO');
    expect(verdictOn(decide(lift))).toBe('NOT_FOUND');
  });
});

describe('revoking access', () => {
  const extreme = { ...revoke, extremeCase: true, justification: 'Sold what it read' };
  it.each<[why: string, PartnerCommand, Entry[], Moment, verdict: string]>([
    ['without a warning', revoke, [REGISTERED], moment(), 'WARNING_REQUIRED'],
    [
      'while there is time to mend',
      revoke,
      [REGISTERED, WARNED],
      moment('10:59', '10:59'),
      'WARNING_REQUIRED',
    ],
    ['when the time to mend is over', revoke, [REGISTERED, WARNED], moment('11:00', '11:00'), 'ACCEPTED'],
    ['after the warning was lifted', revoke, [REGISTERED, WARNED, LIFTED], moment(), 'WARNING_REQUIRED'],
    ['for a warning by its id', { ...revoke, warning: 'w1' }, [REGISTERED, WARNED], moment(), 'ACCEPTED'],
    ['for a warning that is none', { ...revoke, warning: 'w2' }, [REGISTERED, WARNED], moment(), 'NOT_FOUND'],
    [
      'for a lifted warning',
      { ...revoke, warning: 'w1' },
      [REGISTERED, WARNED, LIFTED],
      moment(),
      'NOT_FOUND',
    ],
    ['in an extreme case', extreme, [REGISTERED], moment(), 'ACCEPTED'],
    [
      'in an extreme case without a justification',
      { ...revoke, extremeCase: true },
      [REGISTERED, WARNED],
      moment(),
      'WARNING_REQUIRED',
    ],
    ['once more', revoke, [REGISTERED, WARNED, REVOKED], moment(), 'NOTHING_TO_DO'],
    ['without a ground', { ...extreme, ground: ' ' }, [REGISTERED], moment(), 'OUT_OF_RANGE'],
  ])('%s', (_why, command, entries, when, verdict) => {
    expect(verdictOn(decide(command, entries, { when }))).toBe(verdict);
  });

  it('names the warning that was not heeded', () => {
    expect(onlyEvent(decide(revoke, [REGISTERED, WARNED]))).toMatchObject({ data: { warning: 'w1' } });
  });
});

describe('reinstating access', () => {
  it('undoes a revocation, and nothing else', () => {
    expect(verdictOn(decide(reinstate, [REGISTERED, REVOKED]))).toBe('ACCEPTED');
    expect(verdictOn(decide(reinstate))).toBe('NOTHING_TO_DO');
    const state = partnerStateOf(told(REGISTERED, GRANTED, WARNED, REVOKED, REINSTATED));
    expect(partnerStatus(state)).toBe('WARNED');
    expect(state.grants).toHaveLength(1);
  });
});

describe('a partner', () => {
  it('is what was told last, whatever the clocks of those who told it', () => {
    const [registered, revoked, reinstated] = told(
      REGISTERED,
      ['12:00', REVOKED[1]],
      ['11:00', REINSTATED[1]],
    );
    expect(partnerStatus(partnerStateOf([registered!, revoked!, reinstated!]))).toBe('ACTIVE');
  });

  it.each<[string, Entry[]]>([
    ['ACTIVE', [REGISTERED]],
    ['WARNED', [REGISTERED, WARNED]],
    ['ACTIVE', [REGISTERED, WARNED, LIFTED]],
    ['REVOKED', [REGISTERED, WARNED, REVOKED]],
  ])('is %s', (status, entries) => {
    expect(partnerStatus(partnerStateOf(told(...entries)))).toBe(status);
  });
});
