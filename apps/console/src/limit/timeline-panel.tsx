import { lazy, Suspense, useMemo, useState } from 'react';
import { graphql } from '../api/graphql';
import { useLiveQuery } from '../api/live';
import { formatAmps } from '../format/format';
import { Instant, useZone } from '../format/zone';
import { texts } from '../texts';
import { Button, Choice, Empty, Failure, Loading, Panel, Table } from '../ui/parts';
import { SourceName } from './limit-panel';
import { sourcesAbove, stepsOf, topAmpsOf } from './steps';

const StepChart = lazy(() => import('./step-chart').then((m) => ({ default: m.StepChart })));

const timelineQuery = graphql(`
  query LimitTimeline($serial: ID!, $from: DateTime!, $to: DateTime!, $knownAt: DateTime) {
    charger(serial: $serial) {
      limitTimeline(from: $from, to: $to, knownAt: $knownAt) {
        from
        to
        amps
        offeredAmps
        behaviour
        binding
        sources {
          kind
          ofId
          from
          to
          amps {
            l1
            l2
            l3
          }
        }
      }
    }
  }
`);

const DAY_MS = 86_400_000;

const spans = [
  { value: '2', days: 2, label: texts.limit.spans.days },
  { value: '9', days: 9, label: texts.limit.spans.week },
  { value: '40', days: 40, label: texts.limit.spans.month },
  { value: '400', days: 400, label: texts.limit.spans.year },
] as const;

/** The limit over time around an instant: a little of what is to come, the rest of what was. */
export function TimelinePanel({ serial, at, knownAt }: { serial: string; at?: string; knownAt?: string }) {
  const zone = useZone();
  const [days, setDays] = useState<(typeof spans)[number]['value']>('9');
  const [pagesBack, setPagesBack] = useState(0);
  const [openedAt] = useState(() => Date.now());
  const aroundMs = at == null ? openedAt : Date.parse(at);
  const spanMs = Number(days) * DAY_MS;
  const toMs = aroundMs + spanMs * (0.25 - pagesBack);
  const variables = {
    serial,
    from: new Date(toMs - spanMs).toISOString(),
    to: new Date(toMs).toISOString(),
    knownAt,
  };
  const { data, error } = useLiveQuery(timelineQuery, variables);
  const segments = data?.charger?.limitTimeline ?? undefined;
  const steps = useMemo(() => stepsOf(segments ?? []), [segments]);
  const { limit: words } = texts;
  const above = sourcesAbove(steps, topAmpsOf(steps)).map(
    ({ kind, amps }) => `${texts.sources[kind]} ${formatAmps(amps)}`,
  );
  const hasLimit = segments?.some(({ amps }) => amps != null) === true;
  return (
    <Panel title={words.timeline} note={texts.consumption.zone(zone)} id="limit-over-time">
      <div className="toolbar">
        <Choice
          label={words.span}
          value={days}
          options={spans}
          onChoose={(chosen) => {
            setDays(chosen);
            setPagesBack(0);
          }}
        />
        <span className="actions">
          <Button kind="quiet" onClick={() => setPagesBack(pagesBack + 0.5)}>
            {texts.consumption.earlier}
          </Button>
          <Button kind="quiet" onClick={() => setPagesBack(pagesBack - 0.5)}>
            {texts.consumption.later}
          </Button>
        </span>
      </div>
      {error != null && <Failure error={error} />}
      {segments == null && error == null && <Loading lines={6} />}
      {segments != null && !hasLimit && <Empty title={words.noLimit} />}
      {segments != null && hasLimit && (
        <Suspense fallback={<Loading lines={6} />}>
          <StepChart steps={steps} zone={zone} nowSeconds={aroundMs / 1000} serial={serial} />
        </Suspense>
      )}
      {segments != null && (
        <>
          <div className="legend">
            {steps.binding.map(({ key, kind }) => (
              <SourceName key={key} kind={kind} />
            ))}
            <span className="quiet">{words.thinLines}</span>
            {above.length > 0 && <span className="quiet">{words.above(above.join(', '))}</span>}
          </div>
          <details>
            <summary>{texts.consumption.table}</summary>
            <Table
              caption={words.timeline}
              columns={[words.columns.from, words.columns.value, words.columns.offered, words.columns.source]}
            >
              {segments.map((each) => (
                <tr key={each.from}>
                  <td>
                    <Instant at={each.from} />
                  </td>
                  <td>{formatAmps(each.amps)}</td>
                  <td>{formatAmps(each.offeredAmps)}</td>
                  <td>{each.binding.map((kind) => texts.sources[kind]).join(', ')}</td>
                </tr>
              ))}
            </Table>
          </details>
        </>
      )}
    </Panel>
  );
}
