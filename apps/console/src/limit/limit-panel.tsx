import type { Charger } from '../charger/charger-page';
import { formatAmps, formatPhases, wordsOf } from '../format/format';
import { Instant } from '../format/zone';
import { texts } from '../texts';
import { CircuitLink, SiteLink } from '../ui/links';
import { Badge, Note, Panel, Table } from '../ui/parts';
import { colourOf } from './source-colours';

type Limit = NonNullable<Charger['effectiveLimit']>;
type Source = Limit['sources'][number];

/** What the charger may deliver, and why: every source, in force first. */
export function LimitPanel({ limit }: { limit: Limit | null }) {
  const { limit: words } = texts;
  if (limit == null || limit.behaviour === 'NOT_MOUNTED') {
    return (
      <Panel title={words.title}>
        <p className="big">{texts.none}</p>
        <p>{limit?.explanation ?? words.notMounted}</p>
      </Panel>
    );
  }
  return (
    <Panel title={words.title}>
      <div>
        <p className="big">
          {limit.amps == null ? texts.limitShort.unlimited : formatAmps(limit.amps)}
          {limit.phases != null && <span className="quiet"> {words.phases(limit.phases)}</span>}
        </p>
        <p>{limit.explanation}</p>
        {limit.nextChangeAt != null && (
          <p className="quiet">
            {words.nextChange} <Instant at={limit.nextChangeAt} />
          </p>
        )}
      </div>
      {limit.unknownSources.length > 0 && (
        <Note tone="calm">
          <p>{words.unknown(limit.unknownSources.map((kind) => texts.sources[kind]).join(', '))}</p>
        </Note>
      )}
      <Sources sources={limit.sources} />
    </Panel>
  );
}

function Sources({ sources }: { sources: readonly Source[] }) {
  const { columns } = texts.limit;
  if (sources.length === 0) return null;
  return (
    <Table
      kind="sources"
      caption={texts.limit.sources}
      columns={[columns.source, columns.value, columns.state, columns.by]}
    >
      {sources.map((source) => (
        <tr key={`${source.kind} ${source.ofId}`} className={source.inForce ? undefined : 'source-ended'}>
          <td>
            <SourceName kind={source.kind} />
            <OfWhat source={source} />
          </td>
          <td>
            <strong>{formatPhases(source.amps)}</strong>
          </td>
          <td>
            <State source={source} />
          </td>
          <td className="quiet">
            {source.setBy == null ? texts.none : nameOfActor(source.setBy)}
            {source.since != null && (
              <span className="source-of">
                <Instant at={source.since} />
              </span>
            )}
          </td>
        </tr>
      ))}
    </Table>
  );
}

export function SourceName({ kind }: { kind: Source['kind'] }) {
  return (
    <span className="source-name">
      <i className="swatch" style={{ background: `var(${colourOf[kind]})` }} /> {texts.sources[kind]}
    </span>
  );
}

function OfWhat({ source }: { source: Source }) {
  if (source.axis !== 'CIRCUIT' && source.axis !== 'SITE') return null;
  return (
    <span className="source-of">
      {source.axis === 'CIRCUIT' ? (
        <CircuitLink id={source.ofId} />
      ) : (
        <SiteLink id={source.ofId} name={source.ofId} />
      )}
    </span>
  );
}

function State({ source }: { source: Source }) {
  const { binding, inForce, endedBy, endedAt, until } = source;
  if (binding) {
    return (
      <>
        <Badge tone="accent">{texts.limit.binding}</Badge> {until != null && <Until at={until} />}
      </>
    );
  }
  if (inForce)
    return until == null ? <span className="quiet">{texts.limit.inForce}</span> : <Until at={until} />;
  return (
    <span className="quiet">
      {endedBy == null ? texts.limit.notInForce : texts.limit.ended(wordsOf(endedBy))}
      {endedAt != null && (
        <>
          {' '}
          <Instant at={endedAt} />
        </>
      )}
    </span>
  );
}

function Until({ at }: { at: string }) {
  return (
    <span className="quiet">
      {texts.limit.until} <Instant at={at} />
    </span>
  );
}

/** `ADMIN:admin` is the admin; others are shown by their id. */
function nameOfActor(setBy: string): string {
  return setBy.slice(setBy.indexOf(':') + 1);
}
