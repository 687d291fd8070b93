import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Grant, Permission } from '@chargebook/domain';
import { AccessScope } from '../access/access-scope';
import type { TestBook } from '../book.fixtures';
import { startBook } from '../book.fixtures';
import {
  at,
  chargerRegistered,
  circuitAdded,
  connected,
  disconnected,
  dismounted,
  fact,
  installed,
  mounted,
  removed,
  replacement,
  retraction,
  rewired,
  siteRegistered,
} from '../facts.fixtures';
import { PageRequestError } from '../pages/page';
import type { ChargerFilter, ChargerOrder } from './charger-lists';
import { RegistryQueries } from './registry.queries';

const ALL = { first: 100 };

/** The serials of a list, read page by page from its beginning and from its end, without their first letters. */
async function listedBothWays(
  registry: RegistryQueries,
  filter: ChargerFilter,
  size: number,
  count?: number,
): Promise<string> {
  const [forward, backward]: [string[], string[]] = [[], []];
  for (let page = await registry.chargerPage(filter, { first: size }); ;) {
    forward.push(...page.edges.map(({ node }) => node.serial.slice(2)));
    if (count != null) expect(await page.totalCount()).toBe(count);
    if (!page.hasNextPage) break;
    page = await registry.chargerPage(filter, { first: size, after: page.edges.at(-1)?.cursor });
  }
  for (let page = await registry.chargerPage(filter, { last: size }); ;) {
    backward.unshift(...page.edges.map(({ node }) => node.serial.slice(2)));
    if (!page.hasPreviousPage) break;
    page = await registry.chargerPage(filter, { last: size, before: page.edges[0]?.cursor });
  }
  expect(backward).toEqual(forward);
  return forward.join(' ');
}

describe('the registry', () => {
  let book: TestBook;
  let registry: RegistryQueries;

  beforeAll(async () => {
    book = await startBook();
    registry = new RegistryQueries(book.database, AccessScope.wholeBook(book.database));
  });

  afterAll(() => book.stop());

  const chargers = async (filter: ChargerFilter) =>
    (await registry.chargerPage(filter, ALL)).edges.map(({ node }) => node.serial);
  const sites = async (search: string) =>
    (await registry.sitePage(search, ALL)).edges.map(({ node }) => node.id);
  const backplates = async (filter: Parameters<RegistryQueries['backplatePage']>[0]) =>
    (await registry.backplatePage(filter, ALL)).edges.map(({ node }) => node.id);

  it('knows what was registered, and what it was changed into', async () => {
    await book.tell(
      fact('08:00', { type: 'OperatorRegistered', data: { operator: 'a-O', name: 'Fjord Charging' } }),
      fact(
        '08:00',
        siteRegistered('a-S', { name: 'Old', operator: 'a-O', address: 'Quay 1', gridType: 'IT' }),
      ),
      fact('08:00', circuitAdded('a-K', 'a-S', { name: 'Main' })),
      fact('08:00', circuitAdded('a-L', 'a-S', { parent: 'a-K' })),
      fact('08:00', installed('a-P', 'a-K', 'by the gate')),
      fact('08:00', chargerRegistered('a-C', { model: 'One', ratedCurrentAmps: 32, productLine: 'PRO' })),
      fact('09:00', { type: 'SiteRenamed', data: { site: 'a-S', name: 'New' } }),
      fact('09:00', { type: 'SiteTimeZoneSet', data: { site: 'a-S', timeZone: 'Asia/Tokyo' } }),
      fact('09:00', rewired('a-P', 'a-K', 'a-L')),
    );

    expect((await registry.operators(['a-O', 'a-none'])).get('a-O')).toEqual({
      id: 'a-O',
      name: 'Fjord Charging',
    });
    expect((await registry.operators(['default'])).get('default')?.name).toBe('Default operator');
    expect((await registry.sites(['a-S'])).get('a-S')).toEqual({
      id: 'a-S',
      name: 'New',
      address: 'Quay 1',
      timeZone: 'Asia/Tokyo',
      gridType: 'IT',
      operatorId: 'a-O',
      retiredAt: null,
    });
    expect((await registry.circuits(['a-K', 'a-L', 'a-M'])).get('a-L')).toMatchObject({
      siteId: 'a-S',
      parentId: 'a-K',
    });
    expect((await registry.backplates(['a-P'])).get('a-P')).toMatchObject({
      label: 'by the gate',
      circuitId: 'a-L',
    });
    expect((await registry.chargers(['a-C'])).get('a-C')).toMatchObject({
      model: 'One',
      ratedCurrentAmps: 32,
      productLine: 'PRO',
    });
    expect((await registry.circuitsOfSites(['a-S', 'a-T'])).get('a-S')?.map(({ id }) => id)).toEqual([
      'a-K',
      'a-L',
    ]);
    expect((await registry.circuitsOfSites(['a-T'])).get('a-T')).toEqual([]);
    expect((await registry.backplatesOfCircuits(['a-L', 'a-K'])).get('a-K')).toEqual([]);
  });

  it('is the same in whichever order and however late it was told', async () => {
    const renamed = fact('10:00', { type: 'SiteRenamed', data: { site: 'b-S', name: 'Later' } });
    await book.tell(renamed);
    await book.tell(fact('09:00', { type: 'SiteRenamed', data: { site: 'b-S', name: 'Earlier' } }));
    expect((await registry.sites(['b-S'])).get('b-S')).toBeUndefined();
    await book.tell(fact('08:00', siteRegistered('b-S')));
    expect((await registry.sites(['b-S'])).get('b-S')?.name).toBe('Later');

    await book.tell(replacement('12:00', renamed, { occurredAt: '08:30' }));
    expect((await registry.sites(['b-S'])).get('b-S')?.name).toBe('Earlier');
  });

  it('forgets what should never have been told', async () => {
    const registered = fact('08:00', chargerRegistered('c-C'));
    await book.tell(registered);
    expect((await registry.chargers(['c-C'])).size).toBe(1);

    await book.tell(retraction('09:00', registered));
    expect((await registry.chargers(['c-C'])).size).toBe(0);
  });

  it('finds sites by a part of their id or name, whatever the case and the characters', async () => {
    await book.tell(
      ...[
        ['d-1', 'Søndre brygge'],
        ['d-2', '100% green'],
        ['d-3', '100 green'],
        ['d_4', 'back\\slash'],
        ['dx4', "O'Hara; DROP"],
      ].map(([id = '', name = '']) => fact('08:00', siteRegistered(id, { name }))),
    );

    expect(await sites('BRYGGE')).toEqual(['d-1']);
    expect(await sites('100%')).toEqual(['d-2']);
    expect(await sites('0% g')).toEqual(['d-2']);
    expect(await sites('d_4')).toEqual(['d_4']);
    expect(await sites('\\')).toEqual(['d_4']);
    expect(await sites("'hara;")).toEqual(['dx4']);
    expect(await sites('D-')).toEqual(['d-1', 'd-2', 'd-3']);
    expect(await sites('%%%')).toEqual([]);
    expect(await sites('\u0000')).toEqual([]);
  });

  it('lists chargers by what they are and where they hang', async () => {
    await book.tell(
      fact('08:00', siteRegistered('e-S1')),
      fact('08:00', siteRegistered('e-S2')),
      fact('08:00', circuitAdded('e-K1', 'e-S1')),
      fact('08:00', circuitAdded('e-K2', 'e-S2')),
      fact('08:00', installed('e-P1', 'e-K1')),
      fact('08:00', installed('e-P2', 'e-K2')),
      fact('08:00', installed('e-P3', 'e-K2')),
      ...['e_C1', 'e-C2', 'e-C3', 'e-C4', 'e-C5'].map((serial) =>
        fact('08:00', chargerRegistered(serial, { operator: serial === 'e-C2' ? 'e-O' : 'default' })),
      ),
      fact('09:00', mounted('e_C1', 'e-P1')),
      fact('09:00', mounted('e-C2', 'e-P2')),
      fact('09:00', mounted('e-C3', 'e-P3')),
      fact('10:00', dismounted('e-C3', 'e-P3', 'REPAIR')),
      fact('10:00', { type: 'ChargerRetired', data: { charger: 'e-C5' } }),
    );
    const serials = ['e_C1', 'e-C2', 'e-C3', 'e-C4', 'e-C5'];

    expect(await chargers({ serials })).toEqual(expect.arrayContaining(['e_C1', 'e-C2', 'e-C3', 'e-C4']));
    expect(await chargers({ serials, retired: true })).toEqual(['e-C5']);
    expect(await chargers({ serials, retired: null })).toHaveLength(5);
    expect(await chargers({ serialStartsWith: 'e_' })).toEqual(['e_C1']);
    expect(await chargers({ serialStartsWith: 'e%' })).toEqual([]);
    expect(await chargers({ serialStartsWith: 'E-' })).toEqual([]);
    expect(await chargers({ site: 'e-S2' })).toEqual(['e-C2']);
    expect(await chargers({ circuit: 'e-K1' })).toEqual(['e_C1']);
    expect(await chargers({ serials, mounted: true })).toEqual(expect.arrayContaining(['e_C1', 'e-C2']));
    expect(await chargers({ serials, mounted: false })).toEqual(['e-C3', 'e-C4']);
    expect(await chargers({ serials, destination: 'REPAIR' })).toEqual(['e-C3']);
    expect(await chargers({ operator: 'e-O' })).toEqual(['e-C2']);
    expect(await chargers({ serials: [] })).toEqual([]);
  });

  it('lists backplates by place, and the empty ones; not those that are removed', async () => {
    await book.tell(
      fact('08:00', circuitAdded('f-K1', 'f-S1')),
      fact('08:00', circuitAdded('f-K2', 'f-S2')),
      ...['f-P1', 'f-P2', 'f-P3'].map((id) => fact('08:00', installed(id, 'f-K1'))),
      fact('08:00', installed('f-P4', 'f-K2')),
      fact('08:00', chargerRegistered('f-C')),
      fact('09:00', mounted('f-C', 'f-P2')),
      fact('09:00', removed('f-P3')),
    );

    expect(await backplates({ site: 'f-S1' })).toEqual(['f-P1', 'f-P2']);
    expect(await backplates({ circuit: 'f-K2' })).toEqual(['f-P4']);
    expect(await backplates({ site: 'f-S1', circuit: 'f-K2' })).toEqual([]);
    expect(await backplates({ site: 'f-S1', empty: true })).toEqual(['f-P1']);
    expect(await backplates({ site: 'f-S1', empty: false })).toEqual(['f-P2']);
    expect((await registry.backplates(['f-P3'])).get('f-P3')?.removedAt).toBe(at('09:00'));
  });

  it('tells what still hangs on something', async () => {
    await book.tell(
      fact('08:00', siteRegistered('g-S')),
      ...['g-K1', 'g-K2', 'g-K3'].map((id) => fact('08:00', circuitAdded(id, 'g-S'))),
      fact('08:00', circuitAdded('g-K4', 'g-S', { parent: 'g-K1' })),
      fact('08:00', installed('g-P1', 'g-K1')),
      fact('08:00', installed('g-P2', 'g-K1')),
      fact('09:00', removed('g-P2')),
      fact('09:00', { type: 'CircuitRetired', data: { circuit: 'g-K3' } }),
    );

    expect(await book.queries.circuitsInUse('g-S')).toEqual(['g-K1', 'g-K2', 'g-K4']);
    expect(await book.queries.contentsInUse('g-K1')).toEqual(['g-K4', 'g-P1']);
    expect(await book.queries.contentsInUse('g-K2')).toEqual([]);
  });

  it('is read page by page, each once, in either direction', async () => {
    const serials = Array.from({ length: 23 }, (_, index) => `h-${String(index * 7).padStart(3, '0')}`);
    await book.tell(...serials.map((serial) => fact('08:00', chargerRegistered(serial))));
    const filter = { serialStartsWith: 'h-' };
    const forward: string[] = [];
    for (let after: string | undefined, more = true; more;) {
      const page = await registry.chargerPage(filter, { first: 5, after });
      forward.push(...page.edges.map(({ node }) => node.serial));
      expect(page.hasPreviousPage).toBe(after != null);
      expect(await page.totalCount()).toBe(23);
      after = page.edges.at(-1)?.cursor;
      more = page.hasNextPage;
    }
    const last = await registry.chargerPage(filter, { last: 4 });
    const beforeLast = await registry.chargerPage(filter, { last: 4, before: last.edges[0]?.cursor });

    expect(forward).toEqual(serials);
    expect([...beforeLast.edges, ...last.edges].map(({ node }) => node.serial)).toEqual(serials.slice(-8));
    await expect(registry.sitePage('', { after: 'x' })).rejects.toThrow(PageRequestError);
    await expect(registry.backplatePage({}, { first: -1 })).rejects.toThrow(PageRequestError);
  });

  it('lists chargers by model and by site, each page on from the one before, in either direction', async () => {
    await book.tell(
      fact('08:00', siteRegistered('j-S1', { name: 'quay' })),
      fact('08:00', siteRegistered('j-S2', { name: 'Airport' })),
      fact('08:00', circuitAdded('j-K1', 'j-S1')),
      fact('08:00', circuitAdded('j-K2', 'j-S2')),
      ...['1', '2', '3', '4', '5'].flatMap((n) => [
        fact('08:00', installed(`j-P${n}`, n === '1' || n === '4' ? 'j-K1' : 'j-K2')),
        fact('08:00', chargerRegistered(`j-C${n}`, { model: { 1: 'two', 2: 'One' }[n] })),
      ]),
      ...['1', '2', '3', '4'].map((n) => fact('09:00', mounted(`j-C${n}`, `j-P${n}`))),
    );
    const listed = (orderBy: ChargerOrder, size: number) =>
      listedBothWays(registry, { serialStartsWith: 'j-', orderBy }, size);

    expect(await listed('SERIAL', 2)).toBe('C1 C2 C3 C4 C5');
    for (const size of [1, 2, 100]) {
      expect(await listed('MODEL', size)).toBe('C2 C1 C3 C4 C5');
      expect(await listed('SITE', size)).toBe('C2 C3 C1 C4 C5');
    }

    // What a charger hangs on can go to another site, or get another name.
    await book.tell(fact('10:00', rewired('j-P3', 'j-K2', 'j-K1')));
    expect(await listed('SITE', 2)).toBe('C2 C1 C3 C4 C5');
    expect(await chargers({ site: 'j-S1' })).toEqual(['j-C1', 'j-C3', 'j-C4']);
    await book.tell(fact('10:00', { type: 'SiteRenamed', data: { site: 'j-S1', name: 'A quay' } }));
    expect(await listed('SITE', 2)).toBe('C1 C3 C4 C2 C5');
    await book.tell(fact('11:00', dismounted('j-C1', 'j-P1', 'STORE')));
    expect(await listed('SITE', 2)).toBe('C3 C4 C2 C1 C5');
  });

  it('lists chargers by status and by their newest fact, which follow what is told', async () => {
    const plates = ['1', '2', '3', '4'].map((n) => `l-P${n}`);
    const serials = ['1', '2', '3', '4', '5', '6'].map((n) => `l-C${n}`);
    await book.tell(
      fact('08:00', siteRegistered('l-S')),
      fact('08:00', circuitAdded('l-K', 'l-S')),
      ...plates.map((plate) => fact('08:00', installed(plate, 'l-K'))),
      ...serials.map((serial) => fact('08:00', chargerRegistered(serial))),
      ...['1', '2', '3', '4'].map((n) => fact('09:00', mounted(`l-C${n}`, `l-P${n}`))),
      fact('09:10', connected('l-C4', 's1')),
      fact('09:20', connected('l-C2', 's2')),
      fact('09:30', dismounted('l-C1', 'l-P1', 'REPAIR')),
      // On no backplate: a car there is no status of its own.
      fact('09:40', connected('l-C5', 's5')),
    );
    const listed = (orderBy: ChargerOrder, size: number) =>
      listedBothWays(registry, { serialStartsWith: 'l-', orderBy, retired: null }, size, 6);

    for (const size of [1, 2, 3, 100]) {
      expect(await listed('STATUS', size)).toBe('C2 C4 C3 C1 C5 C6');
      expect(await listed('LAST_EVENT', size)).toBe('C6 C3 C4 C2 C1 C5');
    }

    // What is told late is not the newest; what is retracted stays in history.
    const late = fact('08:30', { type: 'ChargerEnabled', data: { charger: 'l-C1' } });
    await book.tell(late, fact('09:50', disconnected('l-C2', 's2')));
    await book.tell(fact('10:00', { type: 'ChargerRetired', data: { charger: 'l-C6' } }));
    expect(await listed('STATUS', 2)).toBe('C4 C2 C3 C1 C5 C6');
    expect(await listed('LAST_EVENT', 2)).toBe('C3 C4 C1 C5 C2 C6');
    await book.tell(retraction('10:30', late));
    expect(await listed('LAST_EVENT', 2)).toBe('C3 C4 C5 C2 C6 C1');
    const [{ rows }] = (await book.database.query<{ rows: number }>(
      `SELECT count(*) AS rows FROM registry.last_event AS kept FULL JOIN (
         SELECT DISTINCT ON (charger) charger, occurred_at, sequence FROM ledger.fact WHERE charger IS NOT NULL
         ORDER BY charger, occurred_at DESC, sequence DESC) AS newest USING (charger, occurred_at, sequence)
       WHERE kept.charger IS NULL OR newest.charger IS NULL`,
    )) as [{ rows: number }];
    expect(rows).toBe(0);
  });

  it('tells by an order no more of chargers than may be known of them', async () => {
    await book.tell(...['m-C1', 'm-C2', 'm-C3'].map((serial) => fact('08:00', chargerRegistered(serial))));
    const grantOf = (id: string, permissions: Permission[], serials: string[]): Grant => ({
      id,
      permissions,
      fleet: false,
      sites: [],
      chargers: serials,
      from: at('08:00'),
    });
    const grants = [
      grantOf('g1', ['READ_STATE'], ['m-C1', 'm-C2']),
      grantOf('g2', ['READ_HISTORY'], ['m-C1']),
    ];
    const partner = {
      actor: { kind: 'PARTNER', id: 'app' },
      role: 'PARTNER',
      operator: 'default',
      grants,
    } as const;
    const lists = new RegistryQueries(book.database, new AccessScope(partner, at('09:00'), book.database));
    const seen = async (orderBy: ChargerOrder) =>
      (await lists.chargerPage({ orderBy }, ALL)).edges.map(({ node }) => node.serial);

    expect(await seen('SERIAL')).toEqual(['m-C1', 'm-C2']);
    expect(await seen('STATUS')).toEqual(['m-C1', 'm-C2']);
    expect(await seen('LAST_EVENT')).toEqual(['m-C1']);
  });

  it('knows which commands used a key before', async () => {
    const one = fact('08:00', siteRegistered('i-S'), {
      commandId: 'i-key',
      actor: { kind: 'PARTNER', id: 'i-partner' },
    });
    await book.tell(one);
    const keyOf = (actorKind: string, actorId: string, commandId: string) => ({
      actorKind,
      actorId,
      commandId,
    });

    const found = await book.queries.findCommands([
      keyOf('OPERATOR', 'i-partner', 'i-key'),
      keyOf('PARTNER', 'i-partner', 'i-key'),
      keyOf('PARTNER', 'i-other', 'i-key'),
      keyOf('PARTNER', 'i-partner', 'i-other'),
    ]);

    const use = { inputHash: one.metadata.inputHash, stream: one.stream };
    expect(found).toEqual([undefined, use, undefined, undefined]);
    expect(await book.queries.findCommands([])).toEqual([]);
  });
});
