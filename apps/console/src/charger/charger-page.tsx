import { ConsumptionPanel } from '../activity/consumption-panel';
import { HistoryPanel } from '../activity/history-list';
import { SessionPanel } from '../activity/session-list';
import type { ResultOf } from '../api/graphql';
import { graphql } from '../api/graphql';
import { useHistoryOf, useLimitChanges, useLiveQuery } from '../api/live';
import { ChargerStatus } from '../fleet/charger-status';
import { formatAmps, wordsOf } from '../format/format';
import { InZoneOf, Instant } from '../format/zone';
import { LifePanel } from '../life/life-panel';
import { LimitPanel } from '../limit/limit-panel';
import { TimelinePanel } from '../limit/timeline-panel';
import { texts } from '../texts';
import { BackplateLink, CircuitLink, pathTo, SiteLink } from '../ui/links';
import { Empty, Fact, Facts, Failure, LinkButton, Loading, Page, Panel } from '../ui/parts';
import { AsOfBar, useAsOf } from './as-of';

const chargerQuery = graphql(`
  query Charger($serial: ID!, $at: DateTime, $knownAt: DateTime) {
    charger(serial: $serial) {
      serial
      model
      ratedCurrentAmps
      productLine
      retiredAt
      destination
      protocol(at: $at, knownAt: $knownAt)
      phaseMode(at: $at, knownAt: $knownAt)
      singlePhase(at: $at, knownAt: $knownAt)
      enabled(at: $at, knownAt: $knownAt)
      scheduleOverridden(at: $at, knownAt: $knownAt)
      operator(at: $at, knownAt: $knownAt) {
        id
        name
      }
      placement(at: $at, knownAt: $knownAt) {
        backplateId
        circuitId
        siteId
        siteName
        mountedAt
        backplate {
          label
          isPrimary
        }
        circuit {
          name
        }
        site {
          timeZone
        }
      }
      chargePlan(at: $at, knownAt: $knownAt) {
        enabled
        timeZone
        windows {
          start
        }
      }
      ongoingSession(at: $at, knownAt: $knownAt) {
        startedAt
      }
      firstFact: history(orderBy: OLDEST_FIRST, first: 1) {
        nodes {
          occurredAt
        }
      }
      sessions(first: 1) {
        nodes {
          startedAt
        }
      }
      effectiveLimit(at: $at, knownAt: $knownAt) {
        at
        amps
        offeredAmps
        phases
        behaviour
        binding
        blockers
        unknownSources
        nextChangeAt
        explanation
        sources {
          kind
          amps {
            l1
            l2
            l3
          }
          inForce
          endedBy
          endedAt
          binding
          volatile
          axis
          ofId
          setBy
          since
          until
        }
      }
    }
  }
`);

export type Charger = NonNullable<ResultOf<typeof chargerQuery>['charger']>;

export function ChargerPage({ serial }: { serial: string }) {
  const [asOf, setAsOf] = useAsOf();
  useHistoryOf('CHARGER', serial);
  const { data, error } = useLiveQuery(chargerQuery, { serial, ...asOf }, { again: useLimitChanges(serial) });
  if (data == null) return error == null ? <Loading lines={10} /> : <Failure error={error} />;
  const { charger } = data;
  if (charger == null) {
    return (
      <Page title={serial}>
        <Empty title={texts.charger.missing} />
      </Page>
    );
  }
  const since = charger.firstFact?.nodes[0]?.occurredAt;
  return (
    <InZoneOf zone={charger.placement?.site?.timeZone}>
      <Page
        title={charger.serial}
        kicker={[texts.charger.kicker, charger.model].filter(Boolean).join(' · ')}
        lead={<ChargerStatus {...charger} />}
        actions={<Actions charger={charger} />}
      >
        <AsOfBar asOf={asOf} onChange={setAsOf} since={since} />
        <div className="columns">
          <Where charger={charger} />
          <LimitPanel limit={charger.effectiveLimit} />
        </div>
        <LifePanel along="charger" id={serial} {...asOf} />
        <TimelinePanel serial={serial} {...asOf} />
        <HistoryPanel along="charger" id={serial} knownAt={asOf.knownAt} />
        <ConsumptionPanel
          along="charger"
          id={serial}
          endsAt={asOf.at ?? charger.sessions?.nodes[0]?.startedAt}
          knownAt={asOf.knownAt}
        />
        <SessionPanel along="charger" id={serial} knownAt={asOf.knownAt} />
      </Page>
    </InZoneOf>
  );
}

function Actions({ charger }: { charger: Charger }) {
  const { actions } = texts.charger;
  const known = { charger: charger.serial };
  const isMounted = charger.placement != null;
  if (charger.retiredAt != null) return null;
  const further = [
    ['setMaxChargerCurrent', actions.max],
    ['setDynamicChargerCurrent', actions.dynamic],
    ['clearDynamicChargerCurrent', actions.clear],
    ['setChargePlan', actions.plan],
    ...(charger.chargePlan == null ? [] : [['overrideSchedule', actions.override] as const]),
    ['setPhaseMode', actions.phases],
    ['setChargerProtocol', actions.protocol],
    charger.enabled ? ['disableCharger', actions.disable] : ['enableCharger', actions.enable],
    ['transferChargerControl', actions.control],
    ...(isMounted ? [] : [['retireCharger', actions.retire] as const]),
  ] as const;
  return (
    <>
      <LinkButton kind="primary" to={pathTo.command(isMounted ? 'relocateCharger' : 'mountCharger', known)}>
        {isMounted ? actions.move : actions.mount}
      </LinkButton>
      {isMounted && <LinkButton to={pathTo.command('dismountCharger', known)}>{actions.dismount}</LinkButton>}
      {isMounted && (
        <LinkButton to={`/moves?${new URLSearchParams({ swap: charger.serial }).toString()}`}>
          {actions.swap}
        </LinkButton>
      )}
      <details className="menu">
        <summary className="button">{actions.more}</summary>
        <ul>
          {further.map(([name, label]) => (
            <li key={name}>
              <LinkButton kind="quiet" to={pathTo.command(name, known)}>
                {label}
              </LinkButton>
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}

function Where({ charger }: { charger: Charger }) {
  const { names, ...words } = texts.charger;
  const { placement, chargePlan, ongoingSession, phaseMode, singlePhase } = charger;
  const phases =
    phaseMode === 'LOCKED_1' ? `${wordsOf(phaseMode)} (L${String(singlePhase ?? 1)})` : wordsOf(phaseMode);
  return (
    <Panel title={words.where}>
      {placement == null ? (
        <p className="big">
          {charger.destination == null ? words.nowhere : texts.fleet.places[charger.destination]}
        </p>
      ) : (
        <div>
          <p className="big">
            <BackplateLink id={placement.backplateId} label={placement.backplate?.label} />
          </p>
          <p>
            <SiteLink id={placement.siteId} name={placement.siteName} /> ·{' '}
            <CircuitLink id={placement.circuitId} name={placement.circuit?.name} />
          </p>
          <p className="quiet">
            {words.since('')} <Instant at={placement.mountedAt} />
          </p>
        </div>
      )}
      <Facts>
        <Fact name={names.session}>
          {ongoingSession == null ? (
            words.noSession
          ) : (
            <>
              {words.session('')} <Instant at={ongoingSession.startedAt} />
            </>
          )}
        </Fact>
        <Fact name={names.plan}>
          {chargePlan == null
            ? words.noPlan
            : chargePlan.enabled
              ? words.planOn(String(chargePlan.windows.length), chargePlan.timeZone)
              : words.planOff}
        </Fact>
        <Fact name={names.rated}>{formatAmps(charger.ratedCurrentAmps)}</Fact>
        <Fact name={names.line}>{wordsOf(charger.productLine)}</Fact>
        <Fact name={names.phases}>{phases}</Fact>
        <Fact name={names.protocol}>{wordsOf(charger.protocol)}</Fact>
        <Fact name={names.operator}>{charger.operator.name}</Fact>
      </Facts>
    </Panel>
  );
}
