import { parseInstant } from '@chargebook/domain';

/** What a client asks of a list: Relay's arguments. */
export interface PageRequest {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
}

/** A part of a list, in the list's order. */
export interface Page<Node> {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  /** Counted only when it is asked for. */
  totalCount(): Promise<number>;
}

/** The arguments of a list make no sense; the message says which. */
export class PageRequestError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PageRequestError';
  }
}

export const DEFAULT_PAGE_SIZE = 20;
export const LARGEST_PAGE_SIZE = 100;

/** A column that orders a list; together they are unique, so that a place in the list never moves. */
export interface OrderColumn {
  readonly sql: string;
  readonly type: 'text' | 'timestamptz' | 'bigint';
  /** The same in all rows, as the first column may be of a part of a list. */
  readonly isFixed?: boolean;
}

/** SQL for one page of a list: put `where` among the conditions, order and limit by the others. */
export interface PageSql {
  /** Starts with AND, or is empty. */
  readonly where: string;
  readonly orderBy: string;
  readonly limit: number;
  readonly isBackward: boolean;
}

type Direction = 'ASC' | 'DESC';

/**
 * A page by place in the order, not by number: rows that come or go elsewhere do not shift it.
 *
 * @param values the statement's parameters so far; those of the page are added
 * @throws PageRequestError
 */
export function pageSql(
  request: PageRequest,
  columns: readonly OrderColumn[],
  direction: Direction,
  values: unknown[],
): PageSql {
  const { first, last, after, before } = request;
  if (first != null && last != null)
    throw new PageRequestError('first and last cannot be asked for together');
  const size = checkSize(first ?? last ?? DEFAULT_PAGE_SIZE);
  const isBackward = last != null;
  const beyond = (cursor: string, comparison: '<' | '>') => {
    const place = cursorValues(cursor, columns);
    const parameters = columns.map(({ type }, index) => {
      values.push(place[index]);
      return `$${String(values.length)}::${type}`;
    });
    const rowBeyond = (from: number) =>
      `(${columns
        .slice(from)
        .map(({ sql }) => sql)
        .join(', ')}) ${comparison} (${parameters.slice(from).join(', ')})`;
    const [leading] = columns;
    if (leading?.isFixed !== true) return `AND ${rowBeyond(0)}`;
    // Told apart, so that the planner knows at once whether what follows matters, and finds it by an index.
    const [fixed, told = ''] = [leading.sql, parameters[0]];
    return `AND (${fixed} ${comparison} ${told} OR (${fixed} = ${told} AND ${rowBeyond(1)}))`;
  };
  const [later, sooner] = direction === 'ASC' ? (['>', '<'] as const) : (['<', '>'] as const);
  const where = [after == null ? '' : beyond(after, later), before == null ? '' : beyond(before, sooner)];
  const flow = isBackward ? (direction === 'ASC' ? 'DESC' : 'ASC') : direction;
  return {
    where: where.join(' ').trim(),
    orderBy: columns.map(({ sql }) => `${sql} ${flow}`).join(', '),
    limit: size + 1,
    isBackward,
  };
}

/** The rows that were read for a page (one more than asked for, where there is more) as that page. */
export function toPage<Row, Node>(
  rows: readonly Row[],
  sql: PageSql,
  request: PageRequest,
  of: {
    cursor: (row: Row) => readonly (string | number)[];
    node: (row: Row) => Node;
    totalCount: () => Promise<number>;
  },
): Page<Node> {
  const hasMore = rows.length >= sql.limit;
  const kept = hasMore ? rows.slice(0, sql.limit - 1) : [...rows];
  if (sql.isBackward) kept.reverse();
  return {
    edges: kept.map((row) => ({ cursor: cursorOf(of.cursor(row)), node: of.node(row) })),
    hasNextPage: sql.isBackward ? request.before != null : hasMore,
    hasPreviousPage: sql.isBackward ? hasMore : request.after != null,
    totalCount: of.totalCount,
  };
}

function checkSize(size: number): number {
  if (Number.isInteger(size) && size >= 0 && size <= LARGEST_PAGE_SIZE) return size;
  throw new PageRequestError(`first and last are whole numbers from 0 to ${String(LARGEST_PAGE_SIZE)}`);
}

function cursorOf(values: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

function cursorValues(cursor: string, columns: readonly OrderColumn[]): readonly unknown[] {
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (
      Array.isArray(values) &&
      values.length === columns.length &&
      columns.every(({ type }, index) => isOfType[type](values[index]))
    )
      return values;
  } catch {
    // Not one of ours.
  }
  throw new PageRequestError('the cursor is not one that this list gave out');
}

/** What the database would refuse is refused before it gets there. */
const isOfType: Readonly<Record<OrderColumn['type'], (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string' && !value.includes('\0'),
  timestamptz: (value) => typeof value === 'string' && parseInstant(value) === value,
  bigint: Number.isSafeInteger,
};
