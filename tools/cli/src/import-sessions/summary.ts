import type { Execution } from './execute';
import type { Plan } from './plan';
import type { ClockNotes } from './rows';
import type { Reject, SessionRow } from './session-row';

/** All that the summary of an import tells. */
export type ImportReport = {
  dryRun: boolean;
  columns: string;
  timeZone: string | undefined;
  rowCount: number;
  accepted: SessionRow[];
  alreadyThereCount: number;
  plan: Plan;
  execution: Execution;
  /** Absent when there was nothing to reject. */
  rejectsFile?: string;
  clockNotes: ClockNotes;
  tookMs: number;
};

/** The summary as lines of text. Rows told by count only: a row may name a person. */
export function summarise(report: ImportReport): string {
  const { plan, execution, dryRun } = report;
  const { sites, circuits, backplates, chargers } = plan.missing;
  const will = {
    sites: sites.size,
    circuits: circuits.size,
    backplates: backplates.size,
    chargers: chargers.size,
  };
  const registered = dryRun ? will : execution.registered;
  const lines: [string, string][] = [
    ['columns', report.columns],
    ['time zone', report.timeZone ?? "the file's own offsets"],
    ['rows read', count(report.rowCount)],
    [
      dryRun ? 'sessions to record' : 'sessions recorded',
      count(dryRun ? plan.sessionCount : execution.recordedCount),
    ],
    ['already there', dryRun ? 'not looked up' : count(report.alreadyThereCount)],
    ['rejected', count(execution.rejects.length)],
    ...byReason(execution.rejects),
    ['span', spanOf(report.accepted)],
    [dryRun ? 'to register' : 'registered', things(registered)],
    ['relocations', count(dryRun ? plan.relocationCount : execution.relocationCount)],
    ...clockLines(report.clockNotes),
    ...[...execution.notices].map(([code, times]): [string, string] => [
      'notice',
      `${code}: ${count(times)}`,
    ]),
    ['time taken', `${(report.tookMs / 1000).toFixed(1)} s`],
  ];
  if (report.rejectsFile != null) lines.push(['rejects in', report.rejectsFile]);
  const width = Math.max(...lines.map(([name]) => name.length));
  const title = dryRun ? 'Dry run: nothing was sent.\n' : '';
  return title + lines.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('');
}

function byReason(rejects: Reject[]): [string, string][] {
  const counts = new Map<string, number>();
  for (const { reason } of rejects) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([reason, times]) => [`  ${reason}`, count(times)]);
}

function spanOf(rows: SessionRow[]): string {
  if (rows.length === 0) return 'none';
  let [firstMs, lastMs] = [Infinity, -Infinity];
  for (const { startedAtMs, endedAtMs } of rows) {
    firstMs = Math.min(firstMs, startedAtMs);
    lastMs = Math.max(lastMs, endedAtMs);
  }
  return `${new Date(firstMs).toISOString()} to ${new Date(lastMs).toISOString()}`;
}

function things({ sites, circuits, backplates, chargers }: Execution['registered']): string {
  return `${count(sites)} sites, ${count(circuits)} circuits, ${count(backplates)} backplates, ${count(chargers)} chargers`;
}

function clockLines({ missing, repeatedFirst, repeatedSecond }: ClockNotes): [string, string][] {
  const lines: [string, number][] = [
    ['times that do not exist there, moved forward by the gap', missing],
    ['times that exist twice there, taken as the first', repeatedFirst],
    ['ends that exist twice there, taken as the second, for the first is before the start', repeatedSecond],
  ];
  return lines
    .filter(([, times]) => times > 0)
    .map(([told, times]) => ['clock change', `${count(times)} ${told}`]);
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
