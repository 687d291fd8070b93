import { useWindowVirtualizer } from '@tanstack/react-virtual';
import type { KeyboardEvent } from 'react';
import { memo, useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { Instant } from '../format/zone';
import { texts } from '../texts';
import { pathTo } from '../ui/links';
import type { ChargerRow } from './charger-pages';
import { ChargerStatus, LimitInShort } from './charger-status';
import type { Order, Sorting } from './fleet-address';
import { firstOrderOf } from './fleet-address';

const ROW_PX = 60;
const CARD_PX = 124;
/** Rows further down than these are asked for before they come in sight. */
const LOAD_AHEAD_ROWS = 75;
/** Rows that are drawn beyond what is in sight: for the first look few, so that it is there soon. */
const FIRST_OVERSCAN_ROWS = 2;
const OVERSCAN_ROWS = 12;
const NARROW = '(max-width: 859px)';

interface ListProps {
  readonly rows: readonly ChargerRow[];
  readonly total: number | undefined;
  readonly hasMore: boolean;
  readonly sorting: Sorting;
  readonly onSort: (sorting: Sorting) => void;
  readonly loadNext: () => Promise<void>;
  readonly onSight: (firstRow: number, lastRow: number) => void;
}

function useIsNarrow(): boolean {
  const [isNarrow, setNarrow] = useState(() => matchMedia(NARROW).matches);
  useEffect(() => {
    const query = matchMedia(NARROW);
    const onChange = () => setNarrow(query.matches);
    query.addEventListener('change', onChange);
    return () => query.removeEventListener('change', onChange);
  }, []);
  return isNarrow;
}

/** Only the rows in sight are drawn, however many there are. */
export function ChargerList({ rows, total, hasMore, sorting, onSort, loadNext, onSight }: ListProps) {
  const isNarrow = useIsNarrow();
  const list = useRef<HTMLDivElement>(null);
  const [overscan, setOverscan] = useState(FIRST_OVERSCAN_ROWS);
  useEffect(() => {
    const timer = setTimeout(() => setOverscan(OVERSCAN_ROWS));
    return () => clearTimeout(timer);
  }, []);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => (isNarrow ? CARD_PX : ROW_PX),
    overscan,
    initialRect: { width: innerWidth, height: innerHeight },
    scrollMargin: list.current?.offsetTop ?? 0,
  });
  useEffect(() => virtual.measure(), [virtual, isNarrow]);
  const items = virtual.getVirtualItems();
  const firstRow = items[0]?.index ?? 0;
  const lastRow = items.at(-1)?.index ?? 0;

  useEffect(() => {
    if (hasMore && lastRow >= rows.length - LOAD_AHEAD_ROWS) void loadNext();
  }, [hasMore, lastRow, rows.length, loadNext]);

  useEffect(() => onSight(firstRow, lastRow), [onSight, firstRow, lastRow]);

  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const row = event.target instanceof Element ? event.target.closest('[data-row]') : null;
    if (step == null || row == null) return;
    event.preventDefault();
    const next = Number(row.getAttribute('data-row')) + step;
    list.current?.querySelector<HTMLElement>(`[data-row="${String(next)}"] a`)?.focus();
  };
  return (
    <>
      <div
        className="charger-list"
        role="table"
        aria-label={texts.fleet.list}
        aria-rowcount={(total ?? rows.length) + 1}
        ref={list}
        onKeyDown={onKeyDown}
      >
        <div role="rowgroup" className="charger-list-head">
          <div role="row" aria-rowindex={1} className="charger-row">
            {columns.map((column) => (
              <ColumnHead
                key={column}
                column={column}
                sorting={sorting}
                onSort={isNarrow ? undefined : onSort}
              />
            ))}
          </div>
        </div>
        <div role="rowgroup" className="charger-list-body" style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start, size }) => {
            const row = rows[index];
            return (
              row != null && (
                <Row
                  key={row.serial}
                  row={row}
                  index={index}
                  heightPx={size}
                  topPx={start - virtual.options.scrollMargin}
                />
              )
            );
          })}
        </div>
      </div>
      {hasMore && <p className="quiet">{texts.fleet.more}</p>}
    </>
  );
}

const columns = ['serial', 'model', 'place', 'status', 'limit', 'last'] as const;
type Column = (typeof columns)[number];

const sortedBy: Partial<Record<Column, Sorting['by']>> = {
  serial: 'SERIAL',
  model: 'MODEL',
  place: 'SITE',
  status: 'STATUS',
  last: 'LAST_EVENT',
};

const opposite: Record<Order, Order> = { ascending: 'descending', descending: 'ascending' };

/** A head that sorts, where the book can: pressed again, the other way round. */
function ColumnHead(props: {
  column: Column;
  sorting: Sorting;
  /** Undefined where the heads are not in sight. */
  onSort: ((sorting: Sorting) => void) | undefined;
}) {
  const { column, sorting, onSort } = props;
  const by = sortedBy[column];
  const label = texts.fleet.columns[column];
  const order = by === sorting.by ? sorting.order : undefined;
  return (
    <span
      role="columnheader"
      className={`head-${column}`}
      aria-sort={by == null ? undefined : (order ?? 'none')}
    >
      {by == null || onSort == null ? (
        label
      ) : (
        <button
          type="button"
          className="sort"
          onClick={() => onSort({ by, order: order == null ? firstOrderOf(by) : opposite[order] })}
        >
          {label}
          <span aria-hidden="true">{order == null ? '' : order === 'ascending' ? '▲' : '▼'}</span>
        </button>
      )}
    </span>
  );
}

/** Drawn once, however much is scrolled past it. */
const Row = memo(function Row(props: { row: ChargerRow; index: number; heightPx: number; topPx: number }) {
  const { row, index, heightPx, topPx } = props;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      data-row={index}
      className="charger-row"
      style={{ height: heightPx, transform: `translateY(${String(topPx)}px)` }}
    >
      <Cells row={row} />
    </div>
  );
});

function Cells({ row }: { row: ChargerRow }) {
  const last = row.lastEvent;
  return (
    <>
      <span role="cell" className="cell-serial">
        <Link href={pathTo.charger(row.serial)} className="thing row-link">
          {row.serial}
        </Link>
        {row.model != null && <span className="quiet">{row.model}</span>}
      </span>
      <span role="cell" className="cell-model">
        {row.model ?? <span className="quiet">{texts.none}</span>}
      </span>
      <span role="cell" className="cell-place">
        {row.placement == null ? (
          <span className="quiet">{texts.none}</span>
        ) : (
          <>
            <span>{row.placement.siteName}</span>
            <span className="quiet">{row.placement.backplateId}</span>
          </>
        )}
      </span>
      <span role="cell" className="cell-status">
        <ChargerStatus {...row} />
      </span>
      <span role="cell" className="cell-limit" title={row.effectiveLimit?.explanation}>
        <LimitInShort limit={row.effectiveLimit} />
      </span>
      <span role="cell" className="cell-last">
        {last != null && (
          <>
            <span title={last.summary}>{last.summary}</span>
            <span className="quiet">
              <Instant at={last.occurredAt} />
            </span>
          </>
        )}
      </span>
    </>
  );
}
