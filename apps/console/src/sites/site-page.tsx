import { ConsumptionPanel } from '../activity/consumption-panel';
import { HistoryPanel } from '../activity/history-list';
import { SessionPanel } from '../activity/session-list';
import { graphql } from '../api/graphql';
import { useHistoryOf, useLiveQuery } from '../api/live';
import { formatAmps, formatCount } from '../format/format';
import { InZoneOf, Instant } from '../format/zone';
import { texts } from '../texts';
import { pathTo } from '../ui/links';
import { Empty, Fact, Facts, Failure, LinkButton, Loading, Page, Panel } from '../ui/parts';
import { SiteContents } from './site-tree';

const siteQuery = graphql(`
  query Site($id: ID!) {
    site(id: $id) {
      id
      name
      address
      timeZone
      gridType
      ratedCurrentAmps
      retiredAt
      operator {
        name
      }
      chargers(first: 1) {
        totalCount
      }
      sessions(first: 1) {
        nodes {
          startedAt
        }
      }
    }
  }
`);

export function SitePage({ id }: { id: string }) {
  useHistoryOf('SITE', id);
  const { data, error } = useLiveQuery(siteQuery, { id });
  if (data == null) return error == null ? <Loading lines={8} /> : <Failure error={error} />;
  const { site } = data;
  if (site == null) {
    return (
      <Page title={id}>
        <Empty title={texts.site.missing} />
      </Page>
    );
  }
  const { names, actions } = texts.site;
  return (
    <InZoneOf zone={site.timeZone}>
      <Page
        title={site.name}
        kicker={texts.site.kicker}
        actions={
          <>
            <LinkButton to={pathTo.command('addCircuit', { site: id })}>{texts.sites.addCircuit}</LinkButton>
            <LinkButton to={pathTo.command('setSiteRatedCurrent', { site: id })}>
              {actions.setRated}
            </LinkButton>
            <LinkButton kind="quiet" to={pathTo.command('renameSite', { site: id })}>
              {actions.rename}
            </LinkButton>
            <LinkButton kind="quiet" to={pathTo.command('retireSite', { site: id })}>
              {actions.retire}
            </LinkButton>
          </>
        }
      >
        <section className="panel">
          <Facts>
            <Fact name={names.id}>{site.id}</Fact>
            <Fact name={names.address}>{site.address ?? texts.none}</Fact>
            <Fact name={names.zone}>{site.timeZone}</Fact>
            <Fact name={names.grid}>{site.gridType}</Fact>
            <Fact name={names.rated}>{formatAmps(site.ratedCurrentAmps)}</Fact>
            <Fact name={names.operator}>{site.operator.name}</Fact>
            <Fact name={names.chargers}>{formatCount(site.chargers.totalCount)}</Fact>
            {site.retiredAt != null && (
              <Fact name={names.retired}>
                <Instant at={site.retiredAt} />
              </Fact>
            )}
          </Facts>
        </section>
        <Panel title={texts.site.circuits}>
          <SiteContents id={id} />
        </Panel>
        <ConsumptionPanel along="site" id={id} endsAt={site.sessions?.nodes[0]?.startedAt} />
        <HistoryPanel along="site" id={id} />
        <SessionPanel along="site" id={id} />
      </Page>
    </InZoneOf>
  );
}
