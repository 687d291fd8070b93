import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccessScope } from '../access/access-scope';
import type { TestBook } from '../book.fixtures';
import { startBook } from '../book.fixtures';
import {
  aSite,
  at,
  circuitAdded,
  dismounted,
  fact,
  installed,
  mounted,
  replacement,
  retraction,
  rewired,
  siteRegistered,
} from '../facts.fixtures';
import { PageRequestError } from '../pages/page';
import { PlacementQueries } from './placements.queries';

const ALL = { first: 100 };

describe('placements', () => {
  let book: TestBook;
  let placements: PlacementQueries;

  beforeAll(async () => {
    book = await startBook();
    placements = new PlacementQueries(book.database, AccessScope.wholeBook(book.database));
  });

  afterAll(() => book.stop());

  const placeOf = async (serial: string, time: string, cut: number) =>
    (await placements.ofChargersAt([serial], { at: at(time), cut })).get(serial)?.backplateId;
  const chargerOn = async (backplate: string, time: string, cut: number) =>
    (await placements.onBackplatesAt([backplate], { at: at(time), cut })).get(backplate)?.serial;

  it('last from the mount up to, but not at, the dismount', async () => {
    const cut = await book.tell(
      ...aSite('08:00', 'a', ['a-p']),
      fact('09:00', mounted('a-C', 'a-p'), { recordedAt: '2035-01-01T00:00:00.250Z' }),
      fact('10:00', dismounted('a-C', 'a-p')),
      fact('10:00', mounted('a-D', 'a-p')),
    );

    expect(await placeOf('a-C', '08:59:59.999', cut)).toBeUndefined();
    expect(await placeOf('a-C', '09:00', cut)).toBe('a-p');
    expect(await placeOf('a-C', '09:59:59.999', cut)).toBe('a-p');
    expect(await placeOf('a-C', '10:00', cut)).toBeUndefined();
    expect(await chargerOn('a-p', '09:59:59.999', cut)).toBe('a-C');
    expect(await chargerOn('a-p', '10:00', cut)).toBe('a-D');
    expect(await chargerOn('a-p', '10:00', cut - 1)).toBeUndefined();
    expect((await placements.page({ charger: 'a-C' }, cut, ALL)).edges.map(({ node }) => node)).toEqual([
      {
        serial: 'a-C',
        backplateId: 'a-p',
        circuitId: 'a-k1',
        siteId: 'a',
        siteName: 'Site a',
        mountedAt: at('09:00'),
        dismountedAt: at('10:00'),
        recordedAt: '2035-01-01T00:00:00.250Z',
      },
    ]);
  });

  it('are told anew by late moves and corrections, and as they were for who looks back', async () => {
    const mount = fact('09:00', mounted('b-C', 'b-p1'));
    const asMounted = await book.tell(...aSite('08:00', 'b', ['b-p1', 'b-p2']), mount);
    const removal = fact('10:00', dismounted('b-C', 'b-p1'));
    const asRemoved = await book.tell(removal);
    const asKept = await book.tell(retraction('12:00', removal));
    const asEarlier = await book.tell(
      replacement('12:00', mount, { occurredAt: '08:30', data: { backplate: 'b-p2' } }),
    );

    expect(await placeOf('b-C', '10:30', asMounted)).toBe('b-p1');
    expect(await placeOf('b-C', '10:30', asRemoved)).toBeUndefined();
    expect(await placeOf('b-C', '10:30', asKept)).toBe('b-p1');
    expect(await placeOf('b-C', '08:45', asKept)).toBeUndefined();
    expect(await placeOf('b-C', '08:45', asEarlier)).toBe('b-p2');
    expect(await chargerOn('b-p1', '10:30', asEarlier)).toBeUndefined();
    expect(await chargerOn('b-p1', '10:30', asKept)).toBe('b-C');
  });

  it('are wired as the backplate was then', async () => {
    const cut = await book.tell(
      ...aSite('08:00', 'c', ['c-p']),
      fact('09:00', mounted('c-C', 'c-p')),
      fact('10:00', rewired('c-p', 'c-k1', 'c-k2')),
    );
    const circuitAt = async (time: string) =>
      (await placements.ofChargersAt(['c-C'], { at: at(time), cut })).get('c-C')?.circuitId;

    expect(await circuitAt('09:59:59.999')).toBe('c-k1');
    expect(await circuitAt('10:00')).toBe('c-k2');
  });

  it('are none where a charger came and went in one instant', async () => {
    const cut = await book.tell(
      ...aSite('08:00', 'd', ['d-p']),
      fact('09:00', mounted('d-C', 'd-p')),
      fact('09:00', dismounted('d-C', 'd-p')),
    );

    expect(await placeOf('d-C', '09:00', cut)).toBeUndefined();
    expect(await (await placements.page({ charger: 'd-C' }, cut, ALL)).totalCount()).toBe(0);
  });

  it('are answered one by one for instants of their own', async () => {
    const cut = await book.tell(
      ...aSite('08:00', 'e', ['e-p1', 'e-p2']),
      fact('09:00', mounted('e-C', 'e-p1')),
      fact('10:00', dismounted('e-C', 'e-p1')),
      fact('11:00', mounted('e-C', 'e-p2')),
    );
    const asked = ['11:30', '09:30', '10:30', '09:30'].map((time) => ({ serial: 'e-C', at: at(time) }));

    const found = await placements.ofChargersAtInstants(
      [...asked, { serial: 'e-none', at: at('09:30') }],
      cut,
    );
    expect(found.map((one) => one?.backplateId)).toEqual(['e-p2', 'e-p1', undefined, 'e-p1', undefined]);
    expect(await placements.ofChargersAtInstants([], cut)).toEqual([]);
  });

  it('are read page by page along the charger and along the backplate', async () => {
    const hours = ['09', '10', '11', '12', '13'];
    const cut = await book.tell(
      ...aSite('08:00', 'f', ['f-p']),
      ...hours.flatMap((hour) => [
        fact(`${hour}:00`, mounted('f-C', 'f-p')),
        fact(`${hour}:30`, dismounted('f-C', 'f-p')),
      ]),
    );

    for (const whose of [{ charger: 'f-C' }, { backplate: 'f-p' }]) {
      const found: string[] = [];
      for (let after: string | undefined, more = true; more;) {
        const page = await placements.page(whose, cut, { first: 2, after });
        found.push(...page.edges.map(({ node }) => node.mountedAt));
        expect(await page.totalCount()).toBe(5);
        after = page.edges.at(-1)?.cursor;
        more = page.hasNextPage;
      }
      expect(found).toEqual(hours.map((hour) => at(`${hour}:00`)).reverse());
      const [oldest] = (await placements.page(whose, cut, { last: 1 })).edges;
      expect(oldest?.node.mountedAt).toBe(at('09:00'));
    }
    await expect(placements.page({ charger: 'f-C' }, cut, { after: 'x' })).rejects.toThrow(PageRequestError);
  });

  describe('that follow one another', () => {
    const told = async (name: string) => {
      const cut = await book.tell(
        ...aSite('08:00', `${name}1`, [`${name}1-p`, `${name}1-q`]),
        ...aSite('08:00', `${name}2`, [`${name}2-p`]),
        fact('09:00', mounted(`${name}-C`, `${name}1-p`)),
        fact('10:00', dismounted(`${name}-C`, `${name}1-p`, 'TRANSIT')),
        fact('11:00', mounted(`${name}-C`, `${name}2-p`), {
          actor: { kind: 'INSTALLER', id: 'crew-2' },
          reason: 'as ordered',
          commandId: `${name}-move`,
        }),
        fact('12:00', dismounted(`${name}-C`, `${name}2-p`)),
        fact('13:00', mounted(`${name}-C`, `${name}2-p`)),
        fact('14:00', dismounted(`${name}-C`, `${name}2-p`)),
        fact('15:00', mounted(`${name}-C`, `${name}1-q`)),
      );
      const moves = async (filter: Parameters<PlacementQueries['relocations']>[0], known = cut) =>
        (await placements.relocations(filter, known, ALL)).edges.map(({ node }) =>
          node.movedAt.slice(11, 16),
        );
      return { cut, moves };
    };

    it('are relocations where the place is another', async () => {
      const { cut } = await told('g');

      const { edges, totalCount } = await placements.relocations({ charger: 'g-C' }, cut, ALL);
      expect(await totalCount()).toBe(2);
      expect(edges.map(({ node }) => [node.from.backplateId, node.to.backplateId])).toEqual([
        ['g2-p', 'g1-q'],
        ['g1-p', 'g2-p'],
      ]);
      expect(edges[1]?.node).toMatchObject({
        serial: 'g-C',
        movedAt: at('11:00'),
        actor: 'INSTALLER:crew-2',
        reason: 'as ordered',
        correlationId: 'correlation-g-move',
        from: { siteId: 'g1', dismountedAt: at('10:00'), siteName: 'Site g1' },
        to: { siteId: 'g2', mountedAt: at('11:00'), dismountedAt: at('12:00') },
      });
      expect(edges[0]?.node.to.dismountedAt).toBeUndefined();
    });

    it('are found by site, charger and time, as known then', async () => {
      const { cut, moves } = await told('h');

      expect(await moves({ site: 'h1' })).toEqual(['15:00', '11:00']);
      expect(await moves({ site: 'h2', from: at('11:00'), to: at('15:00') })).toEqual(['11:00']);
      expect(await moves({ charger: 'h-C', from: at('11:00:00.001') })).toEqual(['15:00']);
      expect(await moves({ charger: 'h-C' }, cut - 1)).toEqual(['11:00']);
      expect(await moves({ charger: 'h-C', site: 'elsewhere' })).toEqual([]);
    });

    it('are read page by page', async () => {
      const { cut } = await told('i');
      const first = await placements.relocations({ charger: 'i-C' }, cut, { first: 1 });
      const second = await placements.relocations({ charger: 'i-C' }, cut, {
        first: 1,
        after: first.edges[0]?.cursor,
      });
      const last = await placements.relocations({ charger: 'i-C' }, cut, { last: 1 });

      expect([first.hasNextPage, second.hasNextPage, last.hasPreviousPage]).toEqual([true, false, true]);
      expect([first, second, last].map(({ edges }) => edges[0]?.node.movedAt)).toEqual(
        ['15:00', '11:00', '11:00'].map(at),
      );
    });

    it('are of the sites in which the places were at that time', async () => {
      const cut = await book.tell(
        ...aSite('08:00', 'j1', ['j1-p', 'j1-q']),
        ...aSite('08:00', 'j2', []),
        fact('09:00', mounted('j-C', 'j1-p')),
        fact('10:00', dismounted('j-C', 'j1-p')),
        fact('10:00', mounted('j-C', 'j1-q')),
        fact('11:00', rewired('j1-q', 'j1-k1', 'j2-k1')),
      );
      const found = (site: string) => placements.relocations({ site, charger: 'j-C' }, cut, ALL);

      expect((await found('j1')).edges.map(({ node }) => node.to.siteId)).toEqual(['j1']);
      expect((await found('j2')).edges).toEqual([]);
    });
  });

  it('tell which chargers are in a site, by serial', async () => {
    const cut = await book.tell(
      ...aSite('08:00', 'k1', ['k1-p1', 'k1-p2', 'k1-p3']),
      fact('08:00', siteRegistered('k2', { timeZone: 'Asia/Tokyo' })),
      fact('08:00', circuitAdded('k2-k', 'k2')),
      fact('08:00', installed('k2-p', 'k2-k')),
      fact('09:00', mounted('k-C3', 'k1-p1')),
      fact('09:00', mounted('k-C1', 'k1-p2')),
      fact('09:00', mounted('k-C2', 'k1-p3')),
      fact('10:00', dismounted('k-C1', 'k1-p2')),
      fact('10:30', mounted('k-C1', 'k2-p')),
    );
    const guests = async (site: string, time: string, request = ALL) =>
      (await placements.chargersInSite(site, { at: at(time), cut }, request)).edges.map(({ node }) => node);

    expect(await guests('k1', '09:30')).toEqual(['k-C1', 'k-C2', 'k-C3']);
    expect(await guests('k1', '10:00')).toEqual(['k-C2', 'k-C3']);
    expect(await guests('k2', '10:00')).toEqual([]);
    expect(await guests('k2', '10:30')).toEqual(['k-C1']);
    const page = await placements.chargersInSite('k1', { at: at('09:30'), cut }, { first: 2 });
    expect([page.hasNextPage, await page.totalCount()]).toEqual([true, 3]);
    expect(await placements.timeZoneOfCharger('k-C1', { at: at('11:00'), cut })).toBe('Asia/Tokyo');
    expect(await placements.timeZoneOfCharger('k-C1', { at: at('10:15'), cut })).toBeUndefined();
  });
});
