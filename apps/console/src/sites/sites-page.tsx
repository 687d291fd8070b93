import { useEffect, useState } from 'react';
import { useSearchParams } from 'wouter';
import { graphql } from '../api/graphql';
import { useLiveQuery } from '../api/live';
import { usePages } from '../activity/use-pages';
import { formatCount } from '../format/format';
import { texts } from '../texts';
import { Field } from '../ui/field';
import { ChargerLink, pathTo } from '../ui/links';
import { Button, Empty, Failure, LinkButton, Loading, Page, Panel } from '../ui/parts';
import { SiteBranch } from './site-tree';

const countsQuery = graphql(`
  query Counts {
    sites(first: 1) {
      totalCount
    }
    all: chargers(first: 1) {
      totalCount
    }
    mounted: chargers(filter: { mounted: true }, first: 1) {
      totalCount
    }
    empty: backplates(empty: true, first: 1) {
      totalCount
    }
    stored: chargers(filter: { mounted: false }, first: 1) {
      totalCount
    }
  }
`);

const sitesQuery = graphql(`
  query Sites($search: String, $first: Int, $after: String) {
    sites(search: $search, first: $first, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        id
        name
        chargers(first: 1) {
          totalCount
        }
      }
    }
  }
`);

const storedQuery = graphql(`
  query Stored($first: Int, $after: String) {
    chargers(filter: { mounted: false }, first: $first, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        serial
        model
        destination
      }
    }
  }
`);

const TYPING_PAUSE_MS = 200;

export function SitesPage() {
  const [params, setParams] = useSearchParams();
  const search = params.get('search') ?? '';
  const pages = usePages(sitesQuery, { search }, (data) => data.sites, 50);
  return (
    <Page
      title={texts.sites.title}
      lead={texts.sites.lead}
      actions={<LinkButton to={pathTo.command('registerSite')}>{texts.sites.add}</LinkButton>}
    >
      <Counts />
      <Search
        value={search}
        onChange={(told) => setParams(told === '' ? {} : { search: told }, { replace: true })}
      />
      {pages.error != null && <Failure error={pages.error} />}
      {pages.nodes == null && pages.error == null && <Loading lines={8} />}
      {pages.nodes?.length === 0 && <Empty title={texts.sites.none} />}
      {pages.nodes != null && pages.nodes.length > 0 && (
        <ul className="tree">
          {pages.nodes.map(({ id, name, chargers }) => (
            <SiteBranch key={id} id={id} name={name} chargerCount={chargers.totalCount} />
          ))}
        </ul>
      )}
      {pages.hasMore && <Button onClick={pages.more}>{texts.sites.more}</Button>}
      <Stored />
    </Page>
  );
}

function Search({ value, onChange }: { value: string; onChange: (told: string) => void }) {
  const [typed, setTyped] = useState(value);
  useEffect(() => {
    if (typed === value) return undefined;
    const timer = setTimeout(() => onChange(typed), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  });
  return (
    <Field label={texts.sites.search}>
      {(wiring) => (
        <input {...wiring} type="search" value={typed} onChange={(event) => setTyped(event.target.value)} />
      )}
    </Field>
  );
}

function Counts() {
  const { data } = useLiveQuery(countsQuery, {});
  const { counts } = texts.sites;
  const shown = [
    [counts.sites, data?.sites.totalCount],
    [counts.chargers, data?.all.totalCount],
    [counts.mounted, data?.mounted.totalCount],
    [counts.empty, data?.empty.totalCount],
    [counts.stored, data?.stored.totalCount],
  ] as const;
  return (
    <dl className="counts">
      {shown.map(([name, count]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{count == null ? texts.none : formatCount(count)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Units that hang on no wall, with where they went. */
function Stored() {
  const pages = usePages(storedQuery, {}, (data) => data.chargers);
  if (pages.nodes == null || pages.nodes.length === 0) return null;
  return (
    <Panel title={texts.sites.stored} note={texts.sites.storedNote}>
      <ul className="places">
        {pages.nodes.map(({ serial, destination }) => (
          <li key={serial} className="place place-stored">
            <ChargerLink serial={serial} />
            <span className="quiet">
              {destination == null ? texts.status.NOT_MOUNTED : texts.fleet.places[destination]}
            </span>
          </li>
        ))}
      </ul>
      {pages.hasMore && <Button onClick={pages.more}>{texts.history.more}</Button>}
    </Panel>
  );
}
