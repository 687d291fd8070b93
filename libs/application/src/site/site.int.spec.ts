import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SiteCommand } from '@chargebook/domain';
import type { Book, WriteSide } from '../write-side.fixtures';
import {
  accepted,
  eventsOf,
  nodeOn,
  refused,
  startBook,
  ToldContents,
  verdictOn,
} from '../write-side.fixtures';
import { anId } from '../yard.fixtures';

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

type Register = SiteCommand & { type: 'registerSite' };

const register = (id: string, more: Partial<Register> = {}): Register => ({
  type: 'registerSite',
  id,
  name: 'Harbour',
  timeZone: 'Europe/Oslo',
  ...more,
});

async function aSite(): Promise<string> {
  const id = anId('S');
  accepted(await node.site(register(id)));
  return id;
}

describe('registerSite', () => {
  it('puts a site on record, with what is known of it and the default of what is not', async () => {
    const id = anId('S');
    expect(eventsOf(await node.site(register(id, { ratedCurrentAmps: 0, address: null })))).toEqual([
      {
        type: 'SiteRegistered',
        data: {
          site: id,
          name: 'Harbour',
          timeZone: 'Europe/Oslo',
          gridType: 'TN',
          ratedCurrentAmps: 0,
          operator: 'default',
        },
      },
    ]);
    expect(verdictOn(await node.site(register(id)))).toBe('ALREADY_EXISTS');
  });

  it.each<[code: string, Partial<Register>]>([
    ['INVALID_ID', { id: 'a/b' }],
    ['INVALID_NAME', { name: '' }],
    ['INVALID_TIME_ZONE', { timeZone: 'Europe/Atlantis' }],
    ['INVALID_AMPS', { ratedCurrentAmps: -1 }],
    ['INVALID_AMPS', { ratedCurrentAmps: Number.NaN }],
    ['INVALID_AMPS', { ratedCurrentAmps: Number.POSITIVE_INFINITY }],
    ['INVALID_AMPS', { ratedCurrentAmps: 1000.1 }],
    ['NOT_FOUND', { operator: 'nobody' }],
  ])('is refused: %s for %j', async (code, more) => {
    expect(verdictOn(await node.site(register(anId('S'), more)))).toBe(code);
  });
});

describe('what a site is told later', () => {
  it.each<[what: string, (site: string) => SiteCommand, event: string, data: object]>([
    ['its name', (site) => ({ type: 'renameSite', site, name: 'Quay' }), 'SiteRenamed', { name: 'Quay' }],
    [
      'its address',
      (site) => ({ type: 'correctSiteAddress', site, address: 'Quay 1' }),
      'SiteAddressCorrected',
      { address: 'Quay 1' },
    ],
    [
      'its time zone',
      (site) => ({ type: 'setSiteTimeZone', site, timeZone: 'Europe/Berlin' }),
      'SiteTimeZoneSet',
      { timeZone: 'Europe/Berlin' },
    ],
    [
      'its main fuse',
      (site) => ({ type: 'setSiteRatedCurrent', site, amps: 63 }),
      'SiteRatedCurrentSet',
      { amps: 63 },
    ],
  ])('is recorded: %s', async (_, tell, type, data) => {
    const site = await aSite();
    expect(eventsOf(await node.site(tell(site)))).toEqual([{ type, data: { site, ...data } }]);
    expect(verdictOn(await node.site(tell(anId('unknown'))))).toBe('NOT_FOUND');
  });

  it('is nothing where an unknown main fuse is cleared', async () => {
    const site = await aSite();
    expect(verdictOn(await node.site({ type: 'setSiteRatedCurrent', site }))).toBe('NOTHING_TO_DO');
  });
});

describe('transferSiteControl', () => {
  it('gives a site to an operator who is on record, when it is told', async () => {
    const [site, operator] = [await aSite(), anId('O')];
    const transfer: SiteCommand = { type: 'transferSiteControl', site, operator };
    expect(verdictOn(await node.site(transfer))).toBe('NOT_FOUND');

    accepted(await node.operator({ type: 'registerOperator', id: operator, name: 'Quay office' }));
    const occurredAt = node.clock.now;
    node.clock.forward(60_000);

    expect(verdictOn(await node.site(transfer, { occurredAt }))).toBe('INVALID_TIME');
    expect(eventsOf(await node.site(transfer))).toEqual([
      { type: 'SiteControlTransferred', data: { site, operator } },
    ]);
  });
});

describe('retireSite', () => {
  it('is refused while the site has circuits, and names them', async () => {
    const site = await aSite();
    contents.told.set(site, ['K-left']);
    const refusal = refused(await node.site({ type: 'retireSite', site }));
    expect([refusal.code, refusal.details]).toEqual(['NOT_EMPTY', { circuits: ['K-left'] }]);
  });

  it('ends a site: nothing is told of it any more, but of before', async () => {
    const site = await aSite();
    node.clock.forward(60_000);
    const before = node.clock.now;
    node.clock.forward(60_000);
    expect(verdictOn(await node.site({ type: 'retireSite', site }))).toBe('RECORDED');

    const rename: SiteCommand = { type: 'renameSite', site, name: 'Quay' };
    expect(verdictOn(await node.site(rename))).toBe('RETIRED');
    expect(verdictOn(await node.circuit({ type: 'addCircuit', id: anId('K'), site }))).toBe('RETIRED');
    expect(verdictOn(await node.site(rename, { occurredAt: before }))).toBe('RECORDED');
  });
});
