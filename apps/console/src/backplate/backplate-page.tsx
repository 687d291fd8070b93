import { ConsumptionPanel } from '../activity/consumption-panel';
import { HistoryPanel } from '../activity/history-list';
import { SessionPanel } from '../activity/session-list';
import { graphql } from '../api/graphql';
import { useHistoryOf, useLiveQuery } from '../api/live';
import { ChargerStatus, LimitInShort } from '../fleet/charger-status';
import { InZoneOf, Instant } from '../format/zone';
import { LifePanel } from '../life/life-panel';
import { texts } from '../texts';
import { ChargerLink, CircuitLink, pathTo, SiteLink } from '../ui/links';
import { Empty, Fact, Facts, Failure, LinkButton, Loading, Page, Panel } from '../ui/parts';

const backplateQuery = graphql(`
  query Backplate($id: ID!) {
    backplate(id: $id) {
      id
      label
      isPrimary
      removedAt
      circuit {
        id
        name
        site {
          id
          name
          timeZone
        }
      }
      sessions(first: 1) {
        nodes {
          startedAt
        }
      }
      charger {
        serial
        model
        retiredAt
        destination
        placement {
          mountedAt
        }
        effectiveLimit {
          amps
          behaviour
          binding
          blockers
          explanation
        }
      }
    }
  }
`);

export function BackplatePage({ id }: { id: string }) {
  useHistoryOf('BACKPLATE', id);
  const { data, error } = useLiveQuery(backplateQuery, { id });
  if (data == null) return error == null ? <Loading lines={8} /> : <Failure error={error} />;
  const { backplate } = data;
  if (backplate == null) {
    return (
      <Page title={id}>
        <Empty title={texts.backplate.missing} />
      </Page>
    );
  }
  const { circuit, charger } = backplate;
  const { names, actions, ...words } = texts.backplate;
  return (
    <InZoneOf zone={circuit?.site.timeZone}>
      <Page
        title={backplate.label ?? backplate.id}
        kicker={
          circuit != null && (
            <>
              {words.kicker} <CircuitLink {...circuit} /> · <SiteLink {...circuit.site} />
            </>
          )
        }
        actions={
          backplate.removedAt == null && (
            <>
              {charger == null && (
                <LinkButton kind="primary" to={pathTo.command('mountCharger', { backplate: id })}>
                  {actions.mount}
                </LinkButton>
              )}
              {!backplate.isPrimary && circuit != null && (
                <LinkButton
                  to={pathTo.command('designatePrimaryBackplate', { circuit: circuit.id, backplate: id })}
                >
                  {actions.primary}
                </LinkButton>
              )}
              <LinkButton kind="quiet" to={pathTo.command('rewireBackplate', { backplate: id })}>
                {actions.rewire}
              </LinkButton>
              <LinkButton kind="quiet" to={pathTo.command('removeBackplate', { backplate: id })}>
                {actions.remove}
              </LinkButton>
            </>
          )
        }
      >
        <Panel title={words.here}>
          {charger == null ? (
            <p className="big quiet">{words.nobody}</p>
          ) : (
            <div>
              <p className="big">
                <ChargerLink serial={charger.serial} />
              </p>
              <p>
                <ChargerStatus {...charger} /> <LimitInShort limit={charger.effectiveLimit} />
              </p>
              <p>{charger.effectiveLimit?.explanation}</p>
              {charger.placement != null && (
                <p className="quiet">
                  {texts.charger.since('')} <Instant at={charger.placement.mountedAt} />
                </p>
              )}
            </div>
          )}
          <Facts>
            <Fact name={names.id}>{backplate.id}</Fact>
            <Fact name={names.primary}>{backplate.isPrimary ? words.yes : words.no}</Fact>
            {backplate.removedAt != null && (
              <Fact name={names.removed}>
                <Instant at={backplate.removedAt} />
              </Fact>
            )}
          </Facts>
        </Panel>
        <LifePanel along="backplate" id={id} />
        <HistoryPanel along="backplate" id={id} />
        <ConsumptionPanel along="backplate" id={id} endsAt={backplate.sessions?.nodes[0]?.startedAt} />
        <SessionPanel along="backplate" id={id} />
      </Page>
    </InZoneOf>
  );
}
