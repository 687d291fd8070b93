import { lazy, Suspense, useState } from 'react';
import { useLiveQuery } from '../api/live';
import {
  formatCount,
  formatDay,
  formatEnergy,
  formatInstant,
  formatMonth,
  formatYear,
} from '../format/format';
import { useZone } from '../format/zone';
import { texts } from '../texts';
import { download } from '../ui/download';
import { Button, Choice, Empty, Failure, Loading, Panel, Table } from '../ui/parts';
import type { Along, Figures } from './activity-queries';
import { consumptionQueries } from './activity-queries';
import type { ChartInterval } from './consumption-span';
import { csvOf, spanOf } from './consumption-span';

const EnergyChart = lazy(() => import('./energy-chart').then((m) => ({ default: m.EnergyChart })));

const intervals: readonly ChartInterval[] = ['HOUR', 'DAY', 'WEEK', 'MONTH', 'YEAR'];

export function nameOfBucket(interval: ChartInterval, from: string, zone: string): string {
  if (interval === 'HOUR') return formatInstant(from, zone);
  if (interval === 'MONTH') return formatMonth(from, zone);
  return interval === 'YEAR' ? formatYear(from, zone) : formatDay(from, zone);
}

/** Energy by hour, day, week, month or year: a chart, the table behind it, and the file. */
export function ConsumptionPanel({
  along,
  id,
  endsAt,
  knownAt,
}: {
  along: Along;
  id: string;
  endsAt?: string | null;
  knownAt?: string;
}) {
  const [interval, setInterval] = useState<ChartInterval>('MONTH');
  const [pagesBack, setPagesBack] = useState(0);
  // The end is fixed while the page is open, else each look would be another question.
  const [openedAt] = useState(() => Date.now());
  const end = endsAt == null ? openedAt : Date.parse(endsAt) + 1;
  const zone = useZone();
  const span = spanOf(interval, end, pagesBack);
  const { data, error } = useLiveQuery(consumptionQueries[along], { id, interval, knownAt, ...span });
  const figures = data?.thing?.consumption ?? undefined;
  const choose = (chosen: ChartInterval) => {
    setInterval(chosen);
    setPagesBack(0);
  };
  const save = () => {
    const head = ['from', 'to', 'energyWattHours', 'sessions', 'sessionsWithoutEnergy'];
    const rows = (figures ?? []).map((each) => [
      each.from,
      each.to,
      each.energyWattHours,
      each.sessions,
      each.sessionsWithoutEnergy,
    ]);
    download(`${along}-${id}-${interval.toLowerCase()}.csv`, 'text/csv', csvOf([head, ...rows]));
  };
  const { columns } = texts.consumption;
  return (
    <Panel
      title={texts.consumption.title}
      note={texts.consumption.zone(zone)}
      actions={
        <Button kind="quiet" onClick={save} disabled={figures == null}>
          {texts.consumption.csv}
        </Button>
      }
    >
      <div className="toolbar">
        <Choice
          label={texts.consumption.interval}
          value={interval}
          options={intervals.map((value) => ({ value, label: texts.consumption.intervals[value] }))}
          onChoose={choose}
        />
        <span className="actions">
          <Button kind="quiet" onClick={() => setPagesBack(pagesBack + 1)}>
            {texts.consumption.earlier}
          </Button>
          <Button kind="quiet" disabled={pagesBack === 0} onClick={() => setPagesBack(pagesBack - 1)}>
            {texts.consumption.later}
          </Button>
        </span>
      </div>
      {error != null && <Failure error={error} />}
      {figures == null && error == null && <Loading lines={6} />}
      {figures != null && (
        <>
          <Total figures={figures} />
          <Suspense fallback={<Loading lines={6} />}>
            <EnergyChart figures={figures} zone={zone} />
          </Suspense>
          <details>
            <summary>{texts.consumption.table}</summary>
            <Table
              caption={texts.consumption.title}
              columns={[columns.from, columns.energy, columns.sessions, columns.withoutEnergy]}
            >
              {figures.map((each) => (
                <tr key={each.from}>
                  <td>{nameOfBucket(interval, each.from, zone)}</td>
                  <td>{formatEnergy(each.energyWattHours)}</td>
                  <td>{formatCount(each.sessions)}</td>
                  <td>{formatCount(each.sessionsWithoutEnergy)}</td>
                </tr>
              ))}
            </Table>
          </details>
        </>
      )}
    </Panel>
  );
}

function Total({ figures }: { figures: readonly Figures[] }) {
  const sum = (of: (each: Figures) => number) => figures.reduce((total, each) => total + of(each), 0);
  const sessions = sum((each) => each.sessions);
  const energyWattHours = sum((each) => each.energyWattHours ?? 0);
  const without = sum((each) => each.sessionsWithoutEnergy);
  if (sessions === 0 && energyWattHours === 0) return <Empty title={texts.consumption.none} />;
  const { total, withoutEnergy } = texts.consumption;
  return (
    <p>
      {total(formatEnergy(energyWattHours), formatCount(sessions))}
      {without > 0 && withoutEnergy(formatCount(without))}
    </p>
  );
}
