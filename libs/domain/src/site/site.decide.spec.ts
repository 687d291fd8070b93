import { describe, expect, it } from '@jest/globals';
import type { Entry } from '../book.fixtures';
import { at, late, lifeOf, moment, onlyEvent, refused, verdictOn } from '../book.fixtures';
import type { Moment } from '../decision';
import { siteRegistered, siteRetired } from '../events.fixtures';
import { siteEvolution } from './site';
import type { SiteCommand, SiteKnowledge } from './site.decide';
import { decideSite, siteOf } from './site.decide';

const REGISTERED: Entry[] = [['08:00', siteRegistered()]];
const RETIRED: Entry[] = [...REGISTERED, ['10:00', siteRetired]];

/** What is known: a site by its facts, a known operator, no circuits, unless said otherwise. */
const knowing = (entries: Entry[], more: Partial<SiteKnowledge> = {}): SiteKnowledge => ({
  site: lifeOf(siteEvolution, ...entries),
  operatorIsKnown: true,
  circuits: [],
  ...more,
});
const register = (input: Partial<SiteCommand & { type: 'registerSite' }> = {}): SiteCommand => ({
  type: 'registerSite',
  id: 'S',
  name: 'Harbour',
  timeZone: 'Europe/Oslo',
  ...input,
});
const setRated = (amps?: number | null): SiteCommand => ({ type: 'setSiteRatedCurrent', site: 'S', amps });
const rename = (name: string): SiteCommand => ({ type: 'renameSite', site: 'S', name });
const transfer: SiteCommand = { type: 'transferSiteControl', site: 'S', operator: 'north' };
const retire: SiteCommand = { type: 'retireSite', site: 'S' };

describe('registering a site', () => {
  it('records what was told, and defaults for the rest; null is absent', () => {
    const decision = decideSite(
      register({ address: null, gridType: null, ratedCurrentAmps: null, operator: null }),
      knowing([]),
      moment(),
    );
    const data = { site: 'S', name: 'Harbour', timeZone: 'Europe/Oslo', gridType: 'TN', operator: 'default' };
    expect(onlyEvent(decision)).toEqual({ type: 'SiteRegistered', data });
  });

  it('records all that can be told, 0 A of the main fuse among it', () => {
    const told = { address: 'Quay 1', gridType: 'IT', ratedCurrentAmps: 0, operator: 'north' } as const;
    const data = { site: 'S', name: 'Harbour', timeZone: 'Europe/Oslo', ...told };
    expect(onlyEvent(decideSite(register(told), knowing([]), moment()))).toEqual({
      type: 'SiteRegistered',
      data,
    });
  });

  it.each<
    [why: string, input: Parameters<typeof register>[0], known: SiteKnowledge, code: string, field: string]
  >([
    ['an odd id', { id: 'S 1' }, knowing([]), 'INVALID_ID', 'id'],
    ['a blank name', { name: ' ' }, knowing([]), 'INVALID_NAME', 'name'],
    ['a blank address', { address: '' }, knowing([]), 'INVALID_NAME', 'address'],
    ['an unknown zone', { timeZone: '+01:00' }, knowing([]), 'INVALID_TIME_ZONE', 'timeZone'],
    [
      'a rating that is no number',
      { ratedCurrentAmps: NaN },
      knowing([]),
      'INVALID_AMPS',
      'ratedCurrentAmps',
    ],
    ['a known id', {}, knowing(REGISTERED), 'ALREADY_EXISTS', 'id'],
    ['the id of a retired site', {}, knowing(RETIRED), 'ALREADY_EXISTS', 'id'],
    [
      'an unknown operator',
      { operator: 'who' },
      knowing([], { operatorIsKnown: false }),
      'NOT_FOUND',
      'operator',
    ],
  ])('is refused for %s', (_why, input, known, code, field) => {
    expect(refused(decideSite(register(input), known, moment()))).toMatchObject({
      code,
      inputPath: ['input', field],
    });
  });
});

describe('changing a site', () => {
  it.each<[SiteCommand, type: string, data: object]>([
    [rename('Quay'), 'SiteRenamed', { name: 'Quay' }],
    [
      { type: 'correctSiteAddress', site: 'S', address: 'Quay 2' },
      'SiteAddressCorrected',
      { address: 'Quay 2' },
    ],
    [{ type: 'setSiteTimeZone', site: 'S', timeZone: 'UTC' }, 'SiteTimeZoneSet', { timeZone: 'UTC' }],
    [setRated(63), 'SiteRatedCurrentSet', { amps: 63 }],
    [setRated(0), 'SiteRatedCurrentSet', { amps: 0 }],
    [transfer, 'SiteControlTransferred', { operator: 'north' }],
    [retire, 'SiteRetired', {}],
  ])('%j', (command, type, data) => {
    const decision = decideSite(command, knowing(REGISTERED), moment());
    expect(onlyEvent(decision)).toEqual({ type, data: { site: 'S', ...data } });
  });

  it('to what it is already is a fact: it has a new author', () => {
    expect(verdictOn(decideSite(rename('Harbour'), knowing(REGISTERED), moment()))).toBe('ACCEPTED');
  });

  it.each<[amps: number | undefined, Entry[], Moment, verdict: string]>([
    [63, [], moment(), 'ACCEPTED'],
    [0, [], moment(), 'ACCEPTED'],
    [undefined, [], moment(), 'NOTHING_TO_DO'],
    // As of then it had none, whatever was told of later times.
    [
      undefined,
      [['11:00', { type: 'SiteRatedCurrentSet', data: { site: 'S', amps: 63 } }]],
      late('10:00'),
      'NOTHING_TO_DO',
    ],
  ])('clearing a rating of %s A', (ratedCurrentAmps, more, when, verdict) => {
    const known = knowing([['08:00', siteRegistered({ ratedCurrentAmps })], ...more]);
    expect(verdictOn(decideSite(setRated(null), known, when))).toBe(verdict);
  });

  it.each<[why: string, SiteCommand, SiteKnowledge, Moment, code: string]>([
    ['nobody knows it', rename('Quay'), knowing([]), moment(), 'NOT_FOUND'],
    ['it came later', rename('Quay'), knowing(REGISTERED), late('07:59'), 'NOT_FOUND'],
    ['it is retired', rename('Quay'), knowing(RETIRED), moment(), 'RETIRED'],
    ['it is retired already', retire, knowing(RETIRED), moment(), 'RETIRED'],
    ['it lies in the future', rename('Quay'), knowing(REGISTERED), moment('12:06'), 'IN_THE_FUTURE'],
    ['the name is blank', rename(''), knowing(REGISTERED), moment(), 'INVALID_NAME'],
    [
      'the address is blank',
      { type: 'correctSiteAddress', site: 'S', address: ' ' },
      knowing(REGISTERED),
      moment(),
      'INVALID_NAME',
    ],
    [
      'the zone is unknown',
      { type: 'setSiteTimeZone', site: 'S', timeZone: '' },
      knowing(REGISTERED),
      moment(),
      'INVALID_TIME_ZONE',
    ],
    ['the rating is negative', setRated(-1), knowing(REGISTERED), moment(), 'INVALID_AMPS'],
    ['control is told late', transfer, knowing(REGISTERED), late('11:00'), 'INVALID_TIME'],
    ['control is told ahead', transfer, knowing(REGISTERED), moment('12:01'), 'INVALID_TIME'],
    [
      'the operator is unknown',
      transfer,
      knowing(REGISTERED, { operatorIsKnown: false }),
      moment(),
      'NOT_FOUND',
    ],
  ])('is refused where %s', (_why, command, known, when, code) => {
    expect(verdictOn(decideSite(command, known, when))).toBe(code);
  });

  it('before it was retired is possible afterwards', () => {
    expect(verdictOn(decideSite(rename('Quay'), knowing(RETIRED), late('09:00')))).toBe('ACCEPTED');
  });

  it('by retiring it is refused while it has circuits, and names them', () => {
    const refusal = refused(decideSite(retire, knowing(REGISTERED, { circuits: ['K1', 'K2'] }), moment()));
    expect(refusal).toMatchObject({ code: 'NOT_EMPTY', details: { circuits: ['K1', 'K2'] } });
    expect(refusal.message).toContain('K1, K2');
  });
});

it('every command is about the site that it names', () => {
  expect([register({ id: 'A' }), { ...retire, site: 'B' }].map(siteOf)).toEqual(['A', 'B']);
});

it('a site is what its facts say, as of any instant', () => {
  const life = lifeOf(
    siteEvolution,
    ['08:00', siteRegistered({ ratedCurrentAmps: 63, address: 'Quay 1' })],
    ['09:00', { type: 'SiteRenamed', data: { site: 'S', name: 'Quay' } }],
    ['09:00', { type: 'SiteAddressCorrected', data: { site: 'S', address: 'Quay 2' } }],
    ['09:00', { type: 'SiteTimeZoneSet', data: { site: 'S', timeZone: 'UTC' } }],
    ['09:00', { type: 'SiteRatedCurrentSet', data: { site: 'S', amps: 0 } }],
    ['09:00', { type: 'SiteControlTransferred', data: { site: 'S', operator: 'north' } }],
    ['10:00', { type: 'SiteRatedCurrentSet', data: { site: 'S' } }],
    ['11:00', siteRetired],
  );
  const registered = { registeredAt: at('08:00'), gridType: 'TN' };
  const first = { name: 'Harbour', address: 'Quay 1', timeZone: 'Europe/Oslo', operator: 'default' };
  const then = { name: 'Quay', address: 'Quay 2', timeZone: 'UTC', operator: 'north' };
  expect(life.asOf(at('07:00'))).toEqual({ gridType: 'TN' });
  expect(life.asOf(at('08:30'))).toEqual({ ...registered, ...first, ratedCurrentAmps: 63 });
  expect(life.asOf(at('09:00'))).toEqual({ ...registered, ...then, ratedCurrentAmps: 0 });
  expect(life.head).toEqual({ ...registered, ...then, ratedCurrentAmps: undefined, retiredAt: at('11:00') });
});
