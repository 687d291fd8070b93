import { formatCount, formatEnergy, formatSpan } from '../format/format';
import { Instant, useZone } from '../format/zone';
import { texts } from '../texts';
import { BackplateLink, ChargerLink } from '../ui/links';
import { Badge, Button, Empty, Failure, Loading, Panel, Table } from '../ui/parts';
import type { Along, Session } from './activity-queries';
import { sessionQueries } from './activity-queries';
import { usePages } from './use-pages';

/** Sessions, newest first, with what each took. */
export function SessionPanel({ along, id, knownAt }: { along: Along; id: string; knownAt?: string }) {
  const pages = usePages(sessionQueries[along], { id, knownAt }, (data) => data.thing?.sessions);
  const zone = useZone();
  const { columns } = texts.sessions;
  const other = along === 'charger' ? columns.place : columns.charger;
  return (
    <Panel
      title={texts.sessions.title}
      note={pages.total == null ? undefined : texts.sessions.count(formatCount(pages.total), zone)}
    >
      {pages.error != null && <Failure error={pages.error} />}
      {pages.nodes == null && pages.error == null && <Loading lines={6} />}
      {pages.nodes?.length === 0 && <Empty title={texts.sessions.none} />}
      {pages.nodes != null && pages.nodes.length > 0 && (
        <Table
          kind="sessions"
          caption={texts.sessions.title}
          columns={[columns.started, columns.lasted, columns.energy, columns.ended, other]}
        >
          {pages.nodes.map((session) => (
            <Row key={`${session.charger.serial} ${session.id}`} session={session} along={along} />
          ))}
        </Table>
      )}
      {pages.hasMore && <Button onClick={pages.more}>{texts.sessions.more}</Button>}
    </Panel>
  );
}

function Row({ session, along }: { session: Session; along: Along }) {
  const { startedAt, endedAt, endCause, cutByMove } = session;
  const ended = endedAt == null ? undefined : Date.parse(endedAt);
  return (
    <tr>
      <td>
        <Instant at={startedAt} />
      </td>
      <td>{formatSpan(Date.parse(startedAt), ended ?? Date.now())}</td>
      <td>{formatEnergy(session.energyWattHours)}</td>
      <td>
        {endCause == null ? (
          <Badge tone="good">{texts.sessions.ongoing}</Badge>
        ) : (
          texts.sessions.causes[endCause]
        )}{' '}
        {cutByMove && <Badge tone="warn">{texts.sessions.cut}</Badge>}
      </td>
      <td>
        {along === 'charger' ? (
          session.backplate == null ? (
            texts.none
          ) : (
            <BackplateLink {...session.backplate} />
          )
        ) : (
          <ChargerLink serial={session.charger.serial} />
        )}
      </td>
    </tr>
  );
}
