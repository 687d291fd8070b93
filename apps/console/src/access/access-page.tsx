import type { ResultOf } from '../api/graphql';
import { graphql } from '../api/graphql';
import { usePages } from '../activity/use-pages';
import { wordsOf } from '../format/format';
import { Instant, ZoneNote } from '../format/zone';
import { texts } from '../texts';
import { pathTo } from '../ui/links';
import type { Tone } from '../ui/parts';
import { Badge, Button, Empty, Failure, LinkButton, Loading, Page, Panel, Table } from '../ui/parts';

const partnersQuery = graphql(`
  query Partners($first: Int, $after: String) {
    partners(first: $first, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        id
        name
        status
        revokedAt
        revocationGround
        grants {
          id
          permissions
          fleet
          sites
          chargers
          until
        }
        warnings {
          id
          ground
          issuedAt
          remedyBy
          liftedAt
        }
      }
    }
  }
`);

const credentialsQuery = graphql(`
  query Credentials($first: Int, $after: String) {
    credentials(first: $first, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        id
        role
        name
        partnerId
        issuedAt
        expiresAt
        revokedAt
      }
    }
  }
`);

type Partner = ResultOf<typeof partnersQuery>['partners']['nodes'][number];

const tones: Record<Partner['status'], Tone> = { ACTIVE: 'good', WARNED: 'warn', REVOKED: 'bad' };

/** Who else may see and do what: partners with their grants and warnings, and the credentials that were issued. */
export function AccessPage() {
  const { access: words } = texts;
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        <>
          <LinkButton to={pathTo.command('registerPartner')}>{texts.forms.registerPartner.title}</LinkButton>
          <LinkButton to={pathTo.command('issueCredential')}>{texts.forms.issueCredential.title}</LinkButton>
        </>
      }
    >
      <Partners />
      <Credentials />
      <ZoneNote />
    </Page>
  );
}

function Partners() {
  const pages = usePages(partnersQuery, {}, (data) => data.partners);
  return (
    <>
      {pages.error != null && <Failure error={pages.error} />}
      {pages.nodes == null && pages.error == null && <Loading />}
      {pages.nodes?.length === 0 && <Empty title={texts.access.noPartner} />}
      {pages.nodes?.map((partner) => (
        <PartnerPanel key={partner.id} partner={partner} />
      ))}
      {pages.hasMore && <Button onClick={pages.more}>{texts.history.more}</Button>}
    </>
  );
}

function PartnerPanel({ partner }: { partner: Partner }) {
  const { access: words } = texts;
  const known = { partner: partner.id };
  return (
    <Panel
      title={partner.name}
      id={`partner-${partner.id}`}
      note={<Badge tone={tones[partner.status]}>{words.statuses[partner.status]}</Badge>}
      actions={
        partner.status === 'REVOKED' ? (
          <LinkButton to={pathTo.command('reinstatePartnerAccess', known)}>{words.reinstate}</LinkButton>
        ) : (
          <>
            <LinkButton to={pathTo.command('grantPartnerAccess', known)}>{words.grant}</LinkButton>
            <LinkButton to={pathTo.command('warnPartner', known)}>{words.warn}</LinkButton>
            <LinkButton kind="quiet" to={pathTo.command('revokePartnerAccess', known)}>
              {words.revoke}
            </LinkButton>
          </>
        )
      }
    >
      {partner.revocationGround != null && (
        <p>
          {words.revokedFor(partner.revocationGround)}{' '}
          {partner.revokedAt != null && <Instant at={partner.revokedAt} />}
        </p>
      )}
      <Grants partner={partner} />
      <Warnings partner={partner} />
    </Panel>
  );
}

function Grants({ partner }: { partner: Partner }) {
  const { columns, ...words } = texts.access;
  if (partner.grants.length === 0) return <p className="quiet">{words.noGrant}</p>;
  return (
    <Table
      caption={words.grants(partner.name)}
      columns={[columns.may, columns.where, columns.until, columns.change]}
    >
      {partner.grants.map((grant) => (
        <tr key={grant.id}>
          <td>{grant.permissions.map(wordsOf).join(', ')}</td>
          <td>{grant.fleet ? words.fleet : [...grant.sites, ...grant.chargers].join(', ')}</td>
          <td>{grant.until == null ? texts.none : <Instant at={grant.until} />}</td>
          <td>
            <LinkButton
              kind="quiet"
              to={pathTo.command('endPartnerGrant', { partner: partner.id, grant: grant.id })}
            >
              {words.end}
            </LinkButton>
          </td>
        </tr>
      ))}
    </Table>
  );
}

function Warnings({ partner }: { partner: Partner }) {
  const { columns, ...words } = texts.access;
  if (partner.warnings.length === 0) return null;
  return (
    <Table
      caption={words.warnings(partner.name)}
      columns={[columns.ground, columns.issued, columns.remedyBy, columns.change]}
    >
      {partner.warnings.map((warning) => {
        const known = { partner: partner.id, warning: warning.id };
        return (
          <tr key={warning.id}>
            <td>{warning.ground}</td>
            <td>
              <Instant at={warning.issuedAt} />
            </td>
            <td>
              <Instant at={warning.remedyBy} />
            </td>
            <td>
              {warning.liftedAt == null ? (
                <span className="actions">
                  <LinkButton kind="quiet" to={pathTo.command('liftPartnerWarning', known)}>
                    {words.lift}
                  </LinkButton>
                  <LinkButton kind="quiet" to={pathTo.command('revokePartnerAccess', known)}>
                    {words.revoke}
                  </LinkButton>
                </span>
              ) : (
                <>
                  {words.lifted} <Instant at={warning.liftedAt} />
                </>
              )}
            </td>
          </tr>
        );
      })}
    </Table>
  );
}

function Credentials() {
  const pages = usePages(credentialsQuery, {}, (data) => data.credentials);
  const { columns, ...words } = texts.access;
  return (
    <Panel title={words.credentials}>
      {pages.error != null && <Failure error={pages.error} />}
      {pages.nodes?.length === 0 && <p className="quiet">{words.noCredential}</p>}
      {pages.nodes != null && pages.nodes.length > 0 && (
        <Table
          caption={words.credentials}
          columns={[columns.name, columns.role, columns.issued, columns.expires, columns.change]}
        >
          {pages.nodes.map((each) => (
            <tr key={each.id}>
              <td>{each.name ?? each.id}</td>
              <td>{[wordsOf(each.role), each.partnerId].filter(Boolean).join(', ')}</td>
              <td>
                <Instant at={each.issuedAt} />
              </td>
              <td>{each.expiresAt == null ? texts.none : <Instant at={each.expiresAt} />}</td>
              <td>
                {each.revokedAt == null ? (
                  <LinkButton kind="quiet" to={pathTo.command('revokeCredential', { credential: each.id })}>
                    {words.revoke}
                  </LinkButton>
                ) : (
                  <Badge tone="bad">{words.statuses.REVOKED}</Badge>
                )}
              </td>
            </tr>
          ))}
        </Table>
      )}
      {pages.hasMore && <Button onClick={pages.more}>{texts.history.more}</Button>}
    </Panel>
  );
}
