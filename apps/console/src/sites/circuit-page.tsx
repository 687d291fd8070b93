import { ConsumptionPanel } from '../activity/consumption-panel';
import { HistoryPanel } from '../activity/history-list';
import { SessionPanel } from '../activity/session-list';
import { graphql } from '../api/graphql';
import { useHistoryOf, useLiveQuery } from '../api/live';
import { formatAmps, formatPhases } from '../format/format';
import { InZoneOf } from '../format/zone';
import { texts } from '../texts';
import { BackplateLink, CircuitLink, pathTo, SiteLink } from '../ui/links';
import { Empty, Fact, Facts, Failure, LinkButton, Loading, Page, Panel } from '../ui/parts';
import { Places } from './site-tree';

const circuitQuery = graphql(`
  query Circuit($id: ID!) {
    circuit(id: $id) {
      id
      name
      fuseRatingAmps
      maxCurrentAmps {
        l1
        l2
        l3
      }
      offlineFallbackAmps {
        l1
        l2
        l3
      }
      dynamicCurrentAmps {
        l1
        l2
        l3
      }
      primaryBackplate {
        id
        label
      }
      parent {
        id
        name
      }
      site {
        id
        name
        timeZone
      }
      sessions(first: 1) {
        nodes {
          startedAt
        }
      }
      backplates {
        id
        label
        isPrimary
        removedAt
        charger {
          serial
          model
          effectiveLimit {
            blockers
          }
        }
      }
    }
  }
`);

export function CircuitPage({ id }: { id: string }) {
  useHistoryOf('CIRCUIT', id);
  const { data, error } = useLiveQuery(circuitQuery, { id });
  if (data == null) return error == null ? <Loading lines={8} /> : <Failure error={error} />;
  const { circuit } = data;
  if (circuit == null) {
    return (
      <Page title={id}>
        <Empty title={texts.circuit.missing} />
      </Page>
    );
  }
  const { names, actions } = texts.circuit;
  const known = { circuit: id };
  return (
    <InZoneOf zone={circuit.site.timeZone}>
      <Page
        title={circuit.name ?? circuit.id}
        kicker={
          <>
            {texts.circuit.kicker} <SiteLink {...circuit.site} />
          </>
        }
        actions={
          <>
            <LinkButton to={pathTo.command('setDynamicCircuitCurrent', known)}>{actions.dynamic}</LinkButton>
            <LinkButton to={pathTo.command('installBackplate', known)}>{texts.sites.addBackplate}</LinkButton>
            <LinkButton kind="quiet" to={pathTo.command('retireCircuit', known)}>
              {actions.retire}
            </LinkButton>
          </>
        }
      >
        <section className="panel">
          <Facts>
            <Fact name={names.id}>{circuit.id}</Fact>
            {circuit.parent != null && (
              <Fact name={names.parent}>
                <CircuitLink {...circuit.parent} />
              </Fact>
            )}
            <Fact name={names.fuse}>{formatAmps(circuit.fuseRatingAmps)}</Fact>
            <Fact name={names.max}>{formatPhases(circuit.maxCurrentAmps)}</Fact>
            <Fact name={names.dynamic}>{formatPhases(circuit.dynamicCurrentAmps)}</Fact>
            <Fact name={names.fallback}>{formatPhases(circuit.offlineFallbackAmps)}</Fact>
            <Fact name={names.primary}>
              {circuit.primaryBackplate == null ? (
                texts.none
              ) : (
                <BackplateLink {...circuit.primaryBackplate} />
              )}
            </Fact>
          </Facts>
          <div className="actions">
            <LinkButton to={pathTo.command('setCircuitFuseRating', known)}>{actions.fuse}</LinkButton>
            <LinkButton to={pathTo.command('setMaxCircuitCurrent', known)}>{actions.max}</LinkButton>
            <LinkButton to={pathTo.command('setOfflineFallbackCurrent', known)}>
              {actions.fallback}
            </LinkButton>
            <LinkButton to={pathTo.command('designatePrimaryBackplate', known)}>{actions.primary}</LinkButton>
            {circuit.dynamicCurrentAmps != null && (
              <LinkButton to={pathTo.command('clearDynamicCircuitCurrent', known)}>
                {actions.clear}
              </LinkButton>
            )}
          </div>
        </section>
        <Panel title={texts.circuit.places}>
          <Places backplates={circuit.backplates} circuit={id} />
        </Panel>
        <ConsumptionPanel along="circuit" id={id} endsAt={circuit.sessions?.nodes[0]?.startedAt} />
        <HistoryPanel along="circuit" id={id} />
        <SessionPanel along="circuit" id={id} />
      </Page>
    </InZoneOf>
  );
}
