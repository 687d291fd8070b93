import { formatAmps, formatCount, withInstants, wordsOf } from '../format/format';
import { Instant, useZone, ZoneNote } from '../format/zone';
import { texts } from '../texts';
import { ChargerLink, pathTo } from '../ui/links';
import { LinkButton, Note, Table } from '../ui/parts';
import type { Outcome, Receipt, Rejection } from './command-table';

/** What a command would do or did, or why it cannot be. */
export function OutcomeView({
  outcome,
  sent,
}: {
  outcome: Outcome;
  sent: Readonly<Record<string, unknown>>;
}) {
  if (outcome.__typename === 'Rejection') return <RejectionView rejection={outcome} sent={sent} />;
  if (outcome.__typename === 'Receipt') return <ReceiptView receipt={outcome} />;
  return (
    <Note tone="warn" title={texts.command.secret}>
      <pre tabIndex={0}>{outcome.secret}</pre>
    </Note>
  );
}

function ReceiptView({ receipt }: { receipt: Receipt }) {
  const { command: words } = texts;
  const zone = useZone();
  return (
    <div className="outcome">
      <section>
        <h2>{words.willRecord}</h2>
        {receipt.events.length === 0 && <p>{words.nothing}</p>}
        <ul className="will-record">
          {receipt.events.map((event) => (
            <li key={event.eventId}>
              <Instant at={event.occurredAt} /> {event.summary}
            </li>
          ))}
        </ul>
      </section>
      {receipt.notices.map((notice) => (
        <Note key={notice.message} tone="warn">
          <p>{withInstants(notice.message, zone)}</p>
        </Note>
      ))}
      <section>
        <h2>{words.effects}</h2>
        {receipt.effectCount === 0 ? <p>{words.noEffects}</p> : <Effects receipt={receipt} />}
      </section>
      <ZoneNote />
    </div>
  );
}

type Side = Receipt['effects'][number]['before'];

function shown({ amps, behaviour }: Side): string {
  if (behaviour === 'NOT_MOUNTED') return texts.command.notMounted;
  return amps == null ? texts.limitShort.unlimited : formatAmps(amps);
}

/** What happens to the limits of chargers. */
export function Effects({ receipt }: { receipt: Receipt }) {
  const { columns, moreEffects, effects } = texts.command;
  return (
    <>
      <Table
        kind="effects"
        caption={effects}
        columns={[columns.charger, columns.at, columns.before, columns.after, columns.why]}
      >
        {receipt.effects.map((effect) => (
          <tr key={`${effect.charger.serial} ${effect.at}`}>
            <td>
              <ChargerLink serial={effect.charger.serial} />
            </td>
            <td>
              <Instant at={effect.at} />
            </td>
            <td>{shown(effect.before)}</td>
            <td>
              <strong>{shown(effect.after)}</strong>
            </td>
            <td>{effect.explanation}</td>
          </tr>
        ))}
      </Table>
      {receipt.effectCount > receipt.effects.length && <p>{moreEffects(formatCount(receipt.effectCount))}</p>}
    </>
  );
}

function RejectionView({
  rejection,
  sent,
}: {
  rejection: Rejection;
  sent: Readonly<Record<string, unknown>>;
}) {
  const ways = waysOut(rejection, sent);
  const zone = useZone();
  const message = withInstants(rejection.message, zone);
  return (
    <Note tone="bad" title={texts.command.refused}>
      <p>{message}</p>
      {message !== rejection.message && <ZoneNote />}
      <p className="hint">{wordsOf(rejection.code)}</p>
      {ways.length > 0 && (
        <div className="actions">
          {ways.map(({ label, to }) => (
            <LinkButton key={to} to={to}>
              {label}
            </LinkButton>
          ))}
        </div>
      )}
    </Note>
  );
}

interface WayOut {
  readonly label: string;
  readonly to: string;
}

/** What can be done instead; the refusal's details say with what. */
function waysOut({ code, details }: Rejection, sent: Readonly<Record<string, unknown>>): readonly WayOut[] {
  const told = (typeof details === 'object' && details != null ? details : {}) as Record<string, unknown>;
  const text = (from: Readonly<Record<string, unknown>>, name: string) => {
    const value = from[name];
    return typeof value === 'string' ? value : undefined;
  };
  const other = text(told, 'charger');
  const charger = text(sent, 'charger');
  const place = text(sent, 'backplate') ?? text(told, 'backplate');
  const { wayOut } = texts;
  const look = other == null ? [] : [{ label: wayOut.openCharger(other), to: pathTo.charger(other) }];
  switch (code) {
    case 'BACKPLATE_OCCUPIED':
      if (charger == null || other == null || charger === other) return look;
      return [
        {
          label: wayOut.swap(other),
          to: `/moves?${new URLSearchParams({ swap: charger, with: other }).toString()}`,
        },
        { label: wayOut.takeDown(other), to: pathTo.command('dismountCharger', { charger: other }) },
        ...look,
      ];
    case 'ALREADY_MOUNTED':
      if (charger == null || text(sent, 'backplate') == null) return look;
      return [
        {
          label: wayOut.relocate,
          to: pathTo.command('relocateCharger', { charger, backplate: text(sent, 'backplate') ?? '' }),
        },
        ...look,
      ];
    case 'NOT_MOUNTED':
      return charger == null || place == null
        ? look
        : [{ label: wayOut.mount, to: pathTo.command('mountCharger', { charger, backplate: place }) }];
    case 'NOT_EMPTY':
      return other == null
        ? []
        : [
            { label: wayOut.takeDown(other), to: pathTo.command('dismountCharger', { charger: other }) },
            ...look,
          ];
    case 'NO_PRIMARY':
      return [
        {
          label: wayOut.designate,
          to: pathTo.command('designatePrimaryBackplate', {
            circuit: text(sent, 'circuit') ?? text(told, 'circuit') ?? '',
          }),
        },
      ];
    case 'NOT_FOUND':
      return other == null
        ? []
        : [{ label: wayOut.register, to: pathTo.command('registerCharger', { serial: other }) }];
    default:
      return look;
  }
}
