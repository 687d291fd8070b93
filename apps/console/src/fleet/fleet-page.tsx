import { useCallback, useEffect, useState } from 'react';
import { useClient } from 'urql';
import { useSearchParams } from 'wouter';
import { graphql } from '../api/graphql';
import { formatCount } from '../format/format';
import { useZone } from '../format/zone';
import { texts } from '../texts';
import { Field } from '../ui/field';
import { pathTo } from '../ui/links';
import { Button, Choice, Empty, Failure, LinkButton, Loading, Page } from '../ui/parts';
import { Picker } from '../ui/picker';
import { ChargerList } from './charger-list';
import { useChargerPages } from './charger-pages';
import { DemoProgress, FirstSteps } from './first-steps';
import type { Sorting } from './fleet-address';
import { chargerOrders, firstOrderOf, fleetAddressOf, orders, places } from './fleet-address';

const TYPING_PAUSE_MS = 200;

const sitesQuery = graphql(`
  query FindSites($text: String) {
    sites(search: $text, first: 8) {
      nodes {
        id
        name
      }
    }
  }
`);

export function FleetPage() {
  const [params, setParams] = useSearchParams();
  const { serial, site, where, filter, sorting } = fleetAddressOf(params);
  const { by } = sorting;
  const change = useCallback(
    (name: string, value: string) => {
      setParams(
        (now) => {
          if (value === '') now.delete(name);
          else now.set(name, value);
          return now;
        },
        { replace: true },
      );
    },
    [setParams],
  );
  const sort = (told: Sorting) => {
    setParams(
      (now) => {
        now.delete('sort');
        now.delete('order');
        if (told.by !== 'SERIAL') now.set('sort', told.by);
        if (told.order !== firstOrderOf(told.by)) now.set('order', told.order);
        return now;
      },
      { replace: true },
    );
  };
  const pages = useChargerPages(filter, sorting);
  // Sorted by what may not be known of them, chargers are left out.
  const zone = useZone();
  const isFiltered = Object.keys(filter).length > 0 || by !== 'SERIAL';
  const clear = () => setParams({}, { replace: true });
  return (
    <Page
      title={texts.fleet.title}
      lead={pages.total == null ? undefined : texts.fleet.count(formatCount(pages.total), zone)}
      actions={<LinkButton to={pathTo.command('registerCharger')}>{texts.fleet.register}</LinkButton>}
    >
      <div className="filters">
        <SerialField value={serial} onChange={(told) => change('serial', told)} />
        <SiteField value={site} onChange={(told) => change('site', told)} />
        <Field label={texts.fleet.where}>
          {(wiring) => (
            <select {...wiring} value={where} onChange={(event) => change('where', event.target.value)}>
              {places.map((place) => (
                <option key={place} value={place}>
                  {texts.fleet.places[place]}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={texts.fleet.orderBy}>
          {(wiring) => (
            <select
              {...wiring}
              value={by}
              onChange={(event) => {
                const told = chargerOrders.find((each) => each === event.target.value) ?? 'SERIAL';
                sort({ by: told, order: firstOrderOf(told) });
              }}
            >
              {chargerOrders.map((each) => (
                <option key={each} value={each}>
                  {texts.fleet.ordersBy[each]}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Choice
          label={texts.fleet.order}
          value={sorting.order}
          options={orders.map((order) => ({ value: order, label: texts.fleet.orders[by][order] }))}
          onChoose={(order) => sort({ by, order })}
        />
      </div>
      {pages.error != null && <Failure error={pages.error} />}
      {pages.rows.length > 0 && (
        <div className="fleet">
          <ChargerList {...pages} sorting={sorting} onSort={sort} />
        </div>
      )}
      {pages.rows.length === 0 && pages.total == null && pages.error == null && <Loading lines={12} />}
      {pages.total != null && pages.total > 0 && <DemoProgress />}
      {pages.total === 0 && !isFiltered && <FirstSteps />}
      {pages.total === 0 && isFiltered && (
        <Empty title={texts.fleet.none}>
          <Button onClick={clear}>{texts.fleet.clear}</Button>
        </Empty>
      )}
    </Page>
  );
}

/** Asks for the list only once typing pauses. */
function SerialField({ value, onChange }: { value: string; onChange: (told: string) => void }) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return undefined;
    const timer = setTimeout(() => onChange(typed.trim()), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, value, onChange]);
  return (
    <Field label={texts.fleet.search}>
      {(wiring) => (
        <input
          {...wiring}
          type="search"
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      )}
    </Field>
  );
}

function SiteField({ value, onChange }: { value: string; onChange: (told: string) => void }) {
  const client = useClient();
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const search = useCallback(
    async (text: string) => {
      const { data } = await client.query(sitesQuery, { text }).toPromise();
      return (data?.sites.nodes ?? []).map(({ id, name }) => ({ key: id, title: name, note: id }));
    },
    [client],
  );
  return (
    <Field label={texts.fleet.site}>
      {({ id }) => (
        <Picker
          id={id}
          value={typed}
          placeholder={texts.fleet.anySite}
          search={search}
          onType={(text) => {
            setTyped(text);
            if (text === '') onChange('');
          }}
          onPick={({ key }) => onChange(key)}
          onEnter={onChange}
        />
      )}
    </Field>
  );
}
