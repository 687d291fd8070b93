import { useMemo, useState } from 'react';
import type { Along, HistoryEntry, Session } from '../activity/activity-queries';
import { consumptionQueries, historyQueries, sessionQueries } from '../activity/activity-queries';
import { eventKinds, kindOf } from '../activity/event-kinds';
import { usePages } from '../activity/use-pages';
import { useLiveQuery } from '../api/live';
import { formatCount, formatDay, formatEnergy, formatSpan } from '../format/format';
import { Instant, useZone } from '../format/zone';
import { texts } from '../texts';
import { BackplateLink, ChargerLink, SiteLink } from '../ui/links';
import { Button, Empty, Failure, Loading, Panel, Table } from '../ui/parts';
import type { View } from './life-layout';
import { bucketOf, lanesOf, lastDays, panned, wholeOf, zoomed } from './life-layout';
import type { Load, Mark } from './life-picture';
import { LifePicture, MarkShape } from './life-picture';
import type { PlacementRow } from './life-queries';
import { placementQueries } from './life-queries';

const MARKED = [...eventKinds.limits, ...eventKinds.power, ...eventKinds.control, ...eventKinds.corrections];
/** Loads and marks are asked for in steps of this part of the view, so that moving does not ask at each pixel. */
const STEPS_PER_VIEW = 4;
const MOST_PLACEMENTS = 300;
const DAY_MS = 86_400_000;

const ranges = [
  { days: 7, label: texts.life.ranges.week },
  { days: 31, label: texts.life.ranges.month },
  { days: 366, label: texts.life.ranges.year },
] as const;

interface LifeProps {
  readonly along: 'charger' | 'backplate';
  readonly id: string;
  readonly knownAt?: string;
  readonly at?: string;
}

/** A life as a picture: where a charger hung, or what hung at a place, and what happened meanwhile. */
export function LifePanel({ along, id, knownAt, at }: LifeProps) {
  const placements = usePages(
    placementQueries[along],
    { id, knownAt },
    (data) => data.thing?.placements,
    MOST_PLACEMENTS,
  );
  const [openedAt] = useState(() => Date.now());
  const { life } = texts;
  return (
    <Panel title={along === 'charger' ? life.ofCharger : life.ofBackplate} id="life">
      {placements.error != null && <Failure error={placements.error} />}
      {placements.nodes == null && placements.error == null && <Loading lines={6} />}
      {placements.nodes?.length === 0 && <Empty title={life.none} />}
      {placements.nodes != null && placements.nodes.length > 0 && (
        <Life key={id} {...{ along, id, knownAt, at }} placements={placements.nodes} nowMs={openedAt} />
      )}
      {placements.hasMore && <Button onClick={placements.more}>{life.more}</Button>}
    </Panel>
  );
}

function Life({
  along,
  id,
  knownAt,
  at,
  placements,
  nowMs,
}: LifeProps & { placements: readonly PlacementRow[]; nowMs: number }) {
  const zone = useZone();
  const lanes = useMemo(() => lanesOf(placements, along, nowMs), [placements, along, nowMs]);
  const whole = useMemo(() => wholeOf(lanes, nowMs), [lanes, nowMs]);
  const [chosen, setView] = useState<View>();
  const view = chosen ?? whole;
  const asked = useSteady(view);
  const loads = useLoads(along, id, asked, knownAt);
  const marks = useMarks(along, id, asked, knownAt);
  const { life } = texts;
  return (
    <>
      <div className="toolbar">
        <span className="actions">
          <Button onClick={() => setView(undefined)} aria-pressed={chosen == null}>
            {life.ranges.whole}
          </Button>
          {ranges.map(({ days, label }) => (
            <Button key={days} onClick={() => setView(lastDays(days, whole))}>
              {label}
            </Button>
          ))}
        </span>
        <span className="actions">
          <Button aria-label={life.earlier} onClick={() => setView(panned(view, -0.5, whole))}>
            ←
          </Button>
          <Button aria-label={life.later} onClick={() => setView(panned(view, 0.5, whole))}>
            →
          </Button>
          <Button aria-label={life.closer} onClick={() => setView(zoomed(view, 0.5, 0.5, whole))}>
            +
          </Button>
          <Button aria-label={life.wider} onClick={() => setView(zoomed(view, 2, 0.5, whole))}>
            −
          </Button>
        </span>
      </div>
      <LifePicture
        {...{ lanes, view, whole, zone }}
        loads={loads}
        marks={marks.marks}
        label={life.label(id, formatDay(view.fromMs, zone), formatDay(view.toMs, zone), zone)}
        atMs={at == null ? undefined : Date.parse(at)}
        onView={setView}
      />
      <Legend zone={zone} hidden={marks.hidden} />
      <LifeTable placements={placements} marks={marks.marks} along={along} />
    </>
  );
}

/** A span around the view that stays the same while the view moves a little. */
function useSteady({ fromMs, toMs }: View): View {
  const step = (toMs - fromMs) / STEPS_PER_VIEW;
  const stepMs = 2 ** Math.ceil(Math.log2(step));
  const [from, to] = [Math.floor(fromMs / stepMs) * stepMs, Math.ceil(toMs / stepMs) * stepMs];
  return useMemo(() => ({ fromMs: from, toMs: to }), [from, to]);
}

function spanOf({ fromMs, toMs }: View): { from: string; to: string } {
  return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
}

/** Sessions one by one where they are few, summed up where they are many. */
function useLoads(along: Along, id: string, view: View, knownAt: string | undefined): readonly Load[] {
  const bucket = bucketOf(view);
  const span = spanOf(view);
  // Sessions are found by their start; one that began before the view may reach into it.
  const early = new Date(view.fromMs - 2 * DAY_MS).toISOString();
  const single = useLiveQuery(
    sessionQueries[along],
    { id, from: early, to: span.to, knownAt, first: 100 },
    { pause: bucket != null },
  );
  const summed = useLiveQuery(
    consumptionQueries[along],
    { id, ...span, interval: bucket ?? 'DAY', knownAt },
    { pause: bucket == null },
  );
  if (bucket == null) return (single.data?.thing?.sessions?.nodes ?? []).map(loadOfSession);
  const figures = (summed.data?.thing?.consumption ?? []).filter((each) => each.sessions > 0);
  const most = Math.max(1, ...figures.map((each) => each.sessions));
  return figures.map((each) => ({
    key: each.from,
    fromMs: Date.parse(each.from),
    toMs: Date.parse(each.to),
    weight: each.sessions / most,
    title: texts.consumption.total(formatEnergy(each.energyWattHours), formatCount(each.sessions)),
  }));
}

function loadOfSession(session: Session): Load {
  const fromMs = Date.parse(session.startedAt);
  const toMs = session.endedAt == null ? Date.now() : Date.parse(session.endedAt);
  const title = texts.life.session(formatSpan(fromMs, toMs), formatEnergy(session.energyWattHours));
  return { key: `${session.charger.serial} ${session.id}`, fromMs, toMs, weight: 1, title };
}

function useMarks(along: Along, id: string, view: View, knownAt: string | undefined) {
  const { data } = useLiveQuery(historyQueries[along], {
    id,
    ...spanOf(view),
    knownAt,
    types: MARKED,
    first: 100,
  });
  const history = data?.thing?.history;
  const marks = useMemo(() => (history?.nodes ?? []).map(markOf), [history]);
  return { marks, hidden: (history?.totalCount ?? 0) - marks.length };
}

function markOf(entry: HistoryEntry): Mark {
  const kind = kindOf(entry.type);
  return {
    key: entry.eventId,
    ms: Date.parse(entry.occurredAt),
    kind: kind === 'power' || kind === 'control' || kind === 'corrections' ? kind : 'limits',
    title: entry.summary,
  };
}

function Legend({ zone, hidden }: { zone: string; hidden: number }) {
  const { legend, moreMarks } = texts.life;
  return (
    <div className="legend">
      <span>
        <i className="swatch swatch-bar" /> {legend.placement}
      </span>
      <span>
        <i className="swatch swatch-load" /> {legend.sessions}
      </span>
      {(['limits', 'power', 'control', 'corrections'] as const).map((kind) => (
        <span key={kind}>
          <svg width="14" height="14" viewBox="-7 -7 14 14" aria-hidden="true">
            <MarkShape kind={kind} />
          </svg>{' '}
          {legend[kind]}
        </span>
      ))}
      <span className="quiet">{texts.consumption.zone(zone)}</span>
      {hidden > 0 && <span className="quiet">{moreMarks(formatCount(hidden))}</span>}
    </div>
  );
}

function LifeTable({
  placements,
  marks,
  along,
}: {
  placements: readonly PlacementRow[];
  marks: readonly Mark[];
  along: LifeProps['along'];
}) {
  const { columns, table, markTable, legend } = texts.life;
  return (
    <details>
      <summary>{texts.consumption.table}</summary>
      <Table
        caption={table}
        columns={[
          along === 'charger' ? columns.place : columns.charger,
          columns.site,
          columns.from,
          columns.to,
          columns.lasted,
        ]}
      >
        {placements.map((each) => (
          <tr key={`${each.serial} ${each.backplateId} ${each.mountedAt}`}>
            <td>
              {along === 'charger' ? (
                <BackplateLink id={each.backplateId} />
              ) : (
                <ChargerLink serial={each.serial} />
              )}
            </td>
            <td>
              <SiteLink id={each.siteId} name={each.siteName} />
            </td>
            <td>
              <Instant at={each.mountedAt} />
            </td>
            <td>{each.dismountedAt == null ? columns.stillThere : <Instant at={each.dismountedAt} />}</td>
            <td>
              {formatSpan(
                Date.parse(each.mountedAt),
                each.dismountedAt == null ? Date.now() : Date.parse(each.dismountedAt),
              )}
            </td>
          </tr>
        ))}
      </Table>
      <Table caption={markTable} columns={[columns.when, columns.kind, columns.what]}>
        {marks.map((mark) => (
          <tr key={mark.key}>
            <td>
              <Instant at={new Date(mark.ms).toISOString()} />
            </td>
            <td>{legend[mark.kind]}</td>
            <td>{mark.title}</td>
          </tr>
        ))}
      </Table>
    </details>
  );
}
