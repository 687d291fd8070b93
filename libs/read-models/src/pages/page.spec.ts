import { describe, expect, it } from '@jest/globals';
import type { OrderColumn, PageRequest } from './page';
import { PageRequestError, pageSql, toPage } from './page';

const COLUMNS: readonly OrderColumn[] = [
  { sql: 'fact.occurred_at', type: 'timestamptz' },
  { sql: 'fact.sequence', type: 'bigint' },
  { sql: 'fact.charger', type: 'text' },
];

const cursorOf = (...values: unknown[]) => Buffer.from(JSON.stringify(values)).toString('base64url');
const place = cursorOf('2026-05-04T10:00:00.000Z', 7, 'C1');

function sqlFor(request: PageRequest, direction: 'ASC' | 'DESC' = 'ASC') {
  const values: unknown[] = ['kept'];
  return { ...pageSql(request, COLUMNS, direction, values), values };
}

describe('a page that is asked for', () => {
  it('has twenty rows unless told, and asks for one more to know whether there are any', () => {
    expect(sqlFor({})).toEqual({
      where: '',
      orderBy: 'fact.occurred_at ASC, fact.sequence ASC, fact.charger ASC',
      limit: 21,
      isBackward: false,
      values: ['kept'],
    });
  });

  it('begins after a place', () => {
    expect(sqlFor({ first: 5, after: place })).toMatchObject({
      where: 'AND (fact.occurred_at, fact.sequence, fact.charger) > ($2::timestamptz, $3::bigint, $4::text)',
      limit: 6,
      values: ['kept', '2026-05-04T10:00:00.000Z', 7, 'C1'],
    });
  });

  it('is read from the other end when the last are asked for', () => {
    const sql = sqlFor({ last: 5, before: place }, 'DESC');

    expect(sql).toMatchObject({ isBackward: true, limit: 6 });
    expect(sql.where).toContain(' > (');
    expect(sql.orderBy).toBe('fact.occurred_at ASC, fact.sequence ASC, fact.charger ASC');
  });

  it('lies between two places', () => {
    const { where, values } = sqlFor({ after: place, before: place });

    expect(where).toMatch(/> \(\$2.*AND .*< \(\$5/);
    expect(values).toHaveLength(7);
  });

  it.each([0, 1, 100])('may have %p rows', (size) => {
    expect(sqlFor({ first: size }).limit).toBe(size + 1);
    expect(sqlFor({ last: size }).limit).toBe(size + 1);
  });

  it.each([-1, 101, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('may not have %p rows', (size) => {
    expect(() => sqlFor({ first: size })).toThrow(PageRequestError);
    expect(() => sqlFor({ last: size })).toThrow(PageRequestError);
  });

  it('has a first or a last, not both', () => {
    expect(() => sqlFor({ first: 1, last: 1 })).toThrow(PageRequestError);
  });

  it.each([
    ['empty', ''],
    ['no JSON', Buffer.from('{').toString('base64url')],
    ['no list', Buffer.from('{}').toString('base64url')],
    ['null', Buffer.from('null').toString('base64url')],
    ['too short', cursorOf('2026-05-04T10:00:00.000Z', 7)],
    ['too long', cursorOf('2026-05-04T10:00:00.000Z', 7, 'C1', 'C2')],
    ['without an instant', cursorOf('yesterday', 7, 'C1')],
    ['with a number as instant', cursorOf(7, 7, 'C1')],
    ['with an instant of another spelling', cursorOf('2026-05-04', 7, 'C1')],
    ['with a text as number', cursorOf('2026-05-04T10:00:00.000Z', 'x', 'C1')],
    ['with half a number', cursorOf('2026-05-04T10:00:00.000Z', 7.5, 'C1')],
    ['with a number as text', cursorOf('2026-05-04T10:00:00.000Z', 7, 7)],
    ['with a text that no database holds', cursorOf('2026-05-04T10:00:00.000Z', 7, 'C\u0000')],
    ['deep', cursorOf('2026-05-04T10:00:00.000Z', 7, ['C1'])],
  ])('takes no cursor that is %s', (_, cursor) => {
    expect(() => sqlFor({ after: cursor })).toThrow(PageRequestError);
    expect(() => sqlFor({ before: cursor })).toThrow(PageRequestError);
  });
});

describe('a page that is given', () => {
  const ROWS = [1, 2, 3, 4, 5];

  function pageOf(request: PageRequest, rows: readonly number[]) {
    const sql = pageSql(request, [{ sql: 'n', type: 'bigint' }], 'ASC', []);
    const page = toPage(rows.slice(0, sql.limit), sql, request, {
      cursor: (row) => [row],
      node: (row) => row,
      totalCount: () => Promise.resolve(ROWS.length),
    });
    return { ...page, nodes: page.edges.map(({ node }) => node) };
  }

  it('says that there is more', () => {
    expect(pageOf({ first: 2 }, ROWS)).toMatchObject({
      nodes: [1, 2],
      hasNextPage: true,
      hasPreviousPage: false,
    });
    expect(pageOf({ last: 2 }, [5, 4, 3, 2, 1])).toMatchObject({
      nodes: [4, 5],
      hasNextPage: false,
      hasPreviousPage: true,
    });
  });

  it('says that it ends here', () => {
    expect(pageOf({ first: 5, after: cursorOf(0) }, ROWS)).toMatchObject({
      nodes: ROWS,
      hasNextPage: false,
      hasPreviousPage: true,
    });
    expect(pageOf({ last: 5, before: cursorOf(6) }, [5, 4, 3, 2, 1])).toMatchObject({
      nodes: ROWS,
      hasNextPage: true,
      hasPreviousPage: false,
    });
  });

  it('may be empty', () => {
    expect(pageOf({ first: 0 }, ROWS)).toMatchObject({ nodes: [], hasNextPage: true });
    expect(pageOf({ first: 3 }, [])).toMatchObject({ nodes: [], hasNextPage: false });
  });

  it('gives cursors that it takes again', () => {
    const values: unknown[] = [];
    const last = pageOf({ first: 2 }, ROWS).edges.at(-1)?.cursor;
    pageSql({ after: last }, [{ sql: 'n', type: 'bigint' }], 'ASC', values);
    expect(values).toEqual([2]);
  });
});
