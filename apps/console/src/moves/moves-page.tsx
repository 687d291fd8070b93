import { useState } from 'react';
import { useSearchParams } from 'wouter';
import { graphql } from '../api/graphql';
import { usePages } from '../activity/use-pages';
import { Instant, ZoneNote } from '../format/zone';
import { texts } from '../texts';
import { BackplateLink, ChargerLink, pathTo } from '../ui/links';
import { Badge, Button, Choice, Empty, LinkButton, Loading, Page, Panel, Table } from '../ui/parts';
import { BulkMoves } from './bulk-moves';
import { Swap } from './swap';

const relocationsQuery = graphql(`
  query Relocations($first: Int, $after: String) {
    relocations(first: $first, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        serial
        movedAt
        backdated
        reason
        actor
        from {
          backplateId
          siteName
        }
        to {
          backplateId
          siteName
        }
      }
    }
  }
`);

type Way = 'one' | 'swap' | 'many';

/** Moves: one unit, two that change places, many from a list; below, what has moved lately. */
export function MovesPage() {
  const [params] = useSearchParams();
  const swap = params.get('swap') ?? '';
  const [way, setWay] = useState<Way>(swap === '' ? 'one' : 'swap');
  const { moves: words } = texts;
  return (
    <Page title={words.title} lead={words.lead}>
      <Choice
        label={words.title}
        value={way}
        options={(['one', 'swap', 'many'] as const).map((value) => ({ value, label: words.ways[value] }))}
        onChoose={setWay}
      />
      {way === 'one' && (
        <div className="actions">
          {(['relocateCharger', 'mountCharger', 'dismountCharger'] as const).map((name) => (
            <LinkButton
              key={name}
              kind={name === 'relocateCharger' ? 'primary' : 'plain'}
              to={pathTo.command(name)}
            >
              {texts.forms[name].title}
            </LinkButton>
          ))}
        </div>
      )}
      {way === 'swap' && <Swap first={swap} second={params.get('with') ?? ''} />}
      {way === 'many' && <BulkMoves />}
      <Recent />
    </Page>
  );
}

function Recent() {
  const pages = usePages(relocationsQuery, {}, (data) => data.relocations);
  const { columns, recent, none } = texts.moves;
  return (
    <Panel title={recent}>
      {pages.nodes == null && <Loading lines={5} />}
      {pages.nodes?.length === 0 && <Empty title={none} />}
      {pages.nodes != null && pages.nodes.length > 0 && (
        <>
          <Table
            kind="moves"
            caption={recent}
            columns={[columns.charger, columns.from, columns.to, columns.when, columns.why]}
          >
            {pages.nodes.map((each) => (
              <tr key={`${each.serial} ${each.movedAt}`}>
                <td>
                  <ChargerLink serial={each.serial} />
                </td>
                <td data-label={columns.from}>
                  {each.from == null ? (
                    texts.none
                  ) : (
                    <>
                      <BackplateLink id={each.from.backplateId} />{' '}
                      <span className="quiet">{each.from.siteName}</span>
                    </>
                  )}
                </td>
                <td data-label={columns.to}>
                  <BackplateLink id={each.to.backplateId} /> <span className="quiet">{each.to.siteName}</span>
                </td>
                <td>
                  <Instant at={each.movedAt} /> {each.backdated && <Badge>{texts.history.backdated}</Badge>}
                </td>
                <td className="quiet">{each.reason ?? texts.none}</td>
              </tr>
            ))}
          </Table>
          <ZoneNote />
        </>
      )}
      {pages.hasMore && <Button onClick={pages.more}>{texts.history.more}</Button>}
    </Panel>
  );
}
