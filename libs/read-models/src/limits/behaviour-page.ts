import type { Behaviour } from '@chargebook/domain';
import type { AsOf } from '../book/as-of';
import type { Page, PageRequest } from '../pages/page';
import { DEFAULT_PAGE_SIZE, LARGEST_PAGE_SIZE, PageRequestError } from '../pages/page';
import type { ChargerFilter } from '../registry/charger-lists';
import type { ChargerRecord, RegistryQueries } from '../registry/registry.queries';
import type { LimitQueries } from './limits.queries';

/** Where the answers come from. */
export interface BehaviourSources {
  readonly registry: Pick<RegistryQueries, 'chargerPage'>;
  readonly limits: Pick<LimitQueries, 'effectiveLimits'>;
}

type Edge = Page<ChargerRecord>['edges'][number];

/**
 * The chargers that behave in a certain way now. What the registry knows narrows them down: whether they hang somewhere
 * and have a car. Between those that may charge and those that pause only the rules can tell, so that candidates are
 * looked at one page after the other until the page that is asked for is full.
 *
 * @throws PageRequestError
 */
export async function chargersBehaving(
  behaviour: Behaviour,
  filter: ChargerFilter,
  request: PageRequest,
  { registry, limits }: BehaviourSources,
  asOf: AsOf,
): Promise<Page<ChargerRecord>> {
  const isMounted = behaviour !== 'NOT_MOUNTED';
  const isImpossible = filter.mounted != null && filter.mounted !== isMounted;
  const narrowed: ChargerFilter = {
    ...filter,
    mounted: isMounted,
    hasCar: isMounted ? behaviour !== 'NO_CAR' : undefined,
    serials: isImpossible ? [] : filter.serials,
  };
  if (behaviour === 'NOT_MOUNTED' || behaviour === 'NO_CAR') return registry.chargerPage(narrowed, request);

  const behaving = async (edges: readonly Edge[]): Promise<Edge[]> => {
    const serials = edges.map(({ node }) => node.serial);
    const answers = await limits.effectiveLimits(serials, asOf, asOf.at);
    return edges.filter(({ node }) => answers.get(node.serial)?.behaviour === behaviour);
  };
  const candidates = (part: PageRequest) => registry.chargerPage(narrowed, part);
  const page = await fill(request, candidates, behaving);
  return { ...page, totalCount: () => count(candidates, behaving) };
}

type Candidates = (part: PageRequest) => Promise<Page<ChargerRecord>>;
type Sieve = (edges: readonly Edge[]) => Promise<Edge[]>;

async function fill(request: PageRequest, candidates: Candidates, sieve: Sieve) {
  const { first, last, after, before } = request;
  if (first != null && last != null)
    throw new PageRequestError('first and last cannot be asked for together');
  const size = first ?? last ?? DEFAULT_PAGE_SIZE;
  // The arguments are checked where all lists check them.
  await candidates({ ...request, first: last == null ? size : undefined });
  const isBackward = last != null;
  let kept: Edge[] = [];
  let edge = isBackward ? before : after;
  for (let isMore = true; isMore && kept.length <= size;) {
    const part = isBackward
      ? await candidates({ last: LARGEST_PAGE_SIZE, after, before: edge })
      : await candidates({ first: LARGEST_PAGE_SIZE, before, after: edge });
    const found = await sieve(part.edges);
    kept = isBackward ? [...found, ...kept] : [...kept, ...found];
    isMore = isBackward
      ? part.hasPreviousPage && part.edges.length > 0
      : part.hasNextPage && part.edges.length > 0;
    edge = part.edges.at(isBackward ? 0 : -1)?.cursor;
  }
  const hasMore = kept.length > size;
  const edges = isBackward ? kept.slice(Math.max(0, kept.length - size)) : kept.slice(0, size);
  return {
    edges,
    hasNextPage: isBackward ? before != null : hasMore,
    hasPreviousPage: isBackward ? hasMore : after != null,
  };
}

async function count(candidates: Candidates, sieve: Sieve): Promise<number> {
  let total = 0;
  let after: string | undefined;
  for (;;) {
    const part = await candidates({ first: LARGEST_PAGE_SIZE, after });
    total += (await sieve(part.edges)).length;
    after = part.edges.at(-1)?.cursor;
    if (!isFull(part) || after == null) return total;
  }
}

function isFull({ edges }: Page<ChargerRecord>): boolean {
  return edges.length === LARGEST_PAGE_SIZE;
}
