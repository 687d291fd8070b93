import { useState } from 'react';
import { formatCount, formatExactInstant, wordsOf } from '../format/format';
import { Instant, useZone } from '../format/zone';
import { texts } from '../texts';
import { BackplateLink, ChargerLink, pathTo } from '../ui/links';
import { Badge, Button, Choice, Empty, Fact, Facts, Failure, LinkButton, Loading, Panel } from '../ui/parts';
import type { Along, HistoryEntry } from './activity-queries';
import { historyQueries } from './activity-queries';
import type { EventKind } from './event-kinds';
import { eventKinds } from './event-kinds';
import { usePages } from './use-pages';

type Filter = EventKind | 'all';
const filters: readonly Filter[] = ['all', 'moves', 'limits', 'sessions', 'power', 'control', 'corrections'];

/** What happened, newest first, along a charger, a place, a circuit or a site. */
export function HistoryPanel({ along, id, knownAt }: { along: Along; id: string; knownAt?: string }) {
  const [filter, setFilter] = useState<Filter>('all');
  const types = filter === 'all' ? undefined : [...eventKinds[filter]];
  const pages = usePages(historyQueries[along], { id, types, knownAt }, (data) => data.thing?.history);
  const zone = useZone();
  return (
    <Panel
      title={texts.history.title}
      note={pages.total == null ? undefined : texts.history.count(formatCount(pages.total), zone)}
    >
      <Choice
        label={texts.history.filter}
        value={filter}
        options={filters.map((value) => ({ value, label: texts.history.kinds[value] }))}
        onChoose={setFilter}
      />
      {pages.error != null && <Failure error={pages.error} />}
      {pages.nodes == null && pages.error == null && <Loading lines={8} />}
      {pages.nodes?.length === 0 && <Empty title={texts.history.none} />}
      {pages.nodes != null && pages.nodes.length > 0 && (
        <ol className="history" aria-label={texts.history.title} aria-busy={pages.isOld}>
          {pages.nodes.map((entry) => (
            <Entry key={entry.eventId} entry={entry} along={along} />
          ))}
        </ol>
      )}
      {pages.hasMore && <Button onClick={pages.more}>{texts.history.more}</Button>}
    </Panel>
  );
}

function Entry({ entry, along }: { entry: HistoryEntry; along: Along }) {
  const isCorrected = entry.correctedBy != null;
  const [isOpen, setOpen] = useState(false);
  return (
    <li>
      <details
        className={isCorrected ? 'entry entry-corrected' : 'entry'}
        onToggle={(event) => setOpen(event.currentTarget.open)}
      >
        <summary>
          <Instant at={entry.occurredAt} />
          <span className="entry-what">
            <span className="entry-summary">{entry.summary}</span>
            <span className="badges">
              {entry.backdated && <Badge>{texts.history.backdated}</Badge>}
              {isCorrected && <Badge tone="warn">{texts.history.corrected}</Badge>}
            </span>
            {entry.reason != null && <span className="quiet">{entry.reason}</span>}
          </span>
          <span className="entry-where quiet">
            {along !== 'charger' && entry.charger != null && entry.charger.serial}
            {along === 'charger' && entry.backplate != null && (entry.backplate.label ?? entry.backplate.id)}
          </span>
        </summary>
        {isOpen && <EntryDetails entry={entry} />}
      </details>
    </li>
  );
}

function EntryDetails({ entry }: { entry: HistoryEntry }) {
  const zone = useZone();
  const { names } = texts.history;
  const isCorrectable = entry.correctedBy == null && entry.corrects == null;
  return (
    <div className="entry-details">
      <Facts>
        <Fact name={names.occurredAt}>{formatExactInstant(entry.occurredAt, zone)}</Fact>
        <Fact name={names.recordedAt}>{formatExactInstant(entry.recordedAt, zone)}</Fact>
        <Fact name={names.by}>
          {entry.actor.name ?? entry.actor.id} ({wordsOf(entry.actor.kind)}), {wordsOf(entry.channel)}
        </Fact>
        <Fact name={names.sequence}>{entry.sequence}</Fact>
        {entry.charger != null && (
          <Fact name={names.charger}>
            <ChargerLink serial={entry.charger.serial} />
          </Fact>
        )}
        {entry.backplate != null && (
          <Fact name={names.backplate}>
            <BackplateLink {...entry.backplate} /> {entry.site?.name}
          </Fact>
        )}
        {entry.corrects != null && <Fact name={names.corrects}>{entry.corrects.summary}</Fact>}
        {entry.correctedBy != null && (
          <Fact name={names.correctedBy}>
            {entry.correctedBy.summary}, {formatExactInstant(entry.correctedBy.recordedAt, zone)}
          </Fact>
        )}
      </Facts>
      <pre tabIndex={0} aria-label={texts.history.names.data}>
        {`${entry.type} ${JSON.stringify(entry.data, undefined, 2)}`}
      </pre>
      {isCorrectable && (
        <div className="actions">
          <LinkButton to={pathTo.command('correctFact', { eventId: entry.eventId })}>
            {texts.history.correct}
          </LinkButton>
        </div>
      )}
    </div>
  );
}
