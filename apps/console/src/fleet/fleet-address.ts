import type { ChargerFilter } from './charger-pages';

export const places = [
  'all',
  'mounted',
  'unmounted',
  'STORE',
  'REPAIR',
  'TRANSIT',
  'SCRAP',
  'UNKNOWN',
  'retired',
] as const;
export type Where = (typeof places)[number];

export const orders = ['ascending', 'descending'] as const;
export type Order = (typeof orders)[number];

export const chargerOrders = ['SERIAL', 'MODEL', 'SITE', 'STATUS', 'LAST_EVENT'] as const;

/** How the list is sorted. */
export interface Sorting {
  readonly by: (typeof chargerOrders)[number];
  readonly order: Order;
}

/** In which order a list is first shown: what happened last is what is looked for. */
export function firstOrderOf(by: Sorting['by']): Order {
  return by === 'LAST_EVENT' ? 'descending' : 'ascending';
}

/** What the fleet's page shows, as its address tells. */
export interface FleetAddress {
  readonly serial: string;
  readonly site: string;
  readonly where: Where;
  readonly filter: ChargerFilter;
  readonly sorting: Sorting;
}

export function fleetAddressOf(params: URLSearchParams): FleetAddress {
  const serial = params.get('serial') ?? '';
  const site = params.get('site') ?? '';
  const where = places.find((place) => place === params.get('where')) ?? 'all';
  const by = chargerOrders.find((told) => told === params.get('sort')) ?? 'SERIAL';
  const order = orders.find((told) => told === params.get('order')) ?? firstOrderOf(by);
  return { serial, site, where, filter: filterOf(serial, site, where), sorting: { by, order } };
}

function filterOf(serial: string, site: string, where: Where): ChargerFilter {
  const filter: ChargerFilter = {};
  if (serial !== '') filter.serialStartsWith = serial;
  if (site !== '') filter.site = site;
  if (where === 'mounted') filter.mounted = true;
  else if (where === 'unmounted') filter.mounted = false;
  else if (where === 'retired') filter.retired = true;
  else if (where !== 'all') filter.destination = where;
  return filter;
}

/** The first is soon there; whoever scrolls on is given more at once. */
export const FIRST_PAGE_SIZE = 50;
export const NEXT_PAGE_SIZE = 100;

/** What is asked for one page in either order; read backwards the API's pages come from their end. */
export function pageVariables(filter: ChargerFilter, { by, order }: Sorting, after?: string) {
  const size = after == null ? FIRST_PAGE_SIZE : NEXT_PAGE_SIZE;
  const window = order === 'ascending' ? { first: size, after } : { last: size, before: after };
  return { filter, orderBy: by, isCounted: after == null, ...window };
}
