/** The span that a consumption chart shows, by its interval: some tens of bars each. */
export type ChartInterval = 'HOUR' | 'DAY' | 'WEEK' | 'MONTH' | 'YEAR';

const DAY_MS = 86_400_000;

const spanMs: Record<ChartInterval, number> = {
  HOUR: 2 * DAY_MS,
  DAY: 35 * DAY_MS,
  WEEK: 7 * 30 * DAY_MS,
  MONTH: 730 * DAY_MS,
  YEAR: 3653 * DAY_MS,
};

/** From and to, `pagesBack` spans before one that ends at `endMs`. */
export function spanOf(
  interval: ChartInterval,
  endMs: number,
  pagesBack: number,
): { from: string; to: string } {
  const to = endMs - pagesBack * spanMs[interval];
  return { from: new Date(to - spanMs[interval]).toISOString(), to: new Date(to).toISOString() };
}

/** Rows as comma-separated values; texts with marks are quoted. */
export function csvOf(rows: readonly (readonly (string | number | null)[])[]): string {
  const cell = (value: string | number | null) => {
    const text = value == null ? '' : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}
