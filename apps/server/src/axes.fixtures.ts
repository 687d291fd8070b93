import type { Book } from './book.fixtures';

/** How many sessions each thing of the book lists, by its id. */
export interface AxisCounts {
  readonly chargers: Record<string, number>;
  readonly backplates: Record<string, number>;
  readonly circuits: Record<string, number>;
  readonly sites: Record<string, number>;
}

interface Counted {
  readonly sessions: { readonly totalCount: number };
}

interface CountedSite extends Counted {
  readonly id: string;
  readonly circuits: readonly (Counted & {
    readonly id: string;
    readonly backplates: readonly (Counted & { readonly id: string })[];
  })[];
}

/** Asks the whole book along all four axes. */
export async function countAlongAxes(book: Book): Promise<AxisCounts> {
  const counts: AxisCounts = { chargers: {}, backplates: {}, circuits: {}, sites: {} };
  const chargers = await allNodes<Counted & { readonly serial: string }>(
    book,
    'query ($after: String) { list: chargers(first: 100, after: $after) { nodes { serial sessions { totalCount } } ...more } }',
  );
  for (const { serial, sessions } of chargers) counts.chargers[serial] = sessions.totalCount;
  const sites = await allNodes<CountedSite>(
    book,
    `query ($after: String) { list: sites(first: 100, after: $after) { nodes { id sessions { totalCount }
      circuits { id sessions { totalCount } backplates { id sessions { totalCount } } } } ...more } }`,
  );
  for (const site of sites) {
    counts.sites[site.id] = site.sessions.totalCount;
    for (const circuit of site.circuits) {
      counts.circuits[circuit.id] = circuit.sessions.totalCount;
      for (const { id, sessions } of circuit.backplates) counts.backplates[id] = sessions.totalCount;
    }
  }
  return counts;
}

interface Connection<Node> {
  readonly nodes: readonly Node[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/**
 * All nodes of a connection, page by page.
 *
 * @param document takes `$after`; names the connection `list`, at the top or in one thing, and spreads `...more` in it
 */
export async function allNodes<Node>(book: Book, document: string, variables: object = {}): Promise<Node[]> {
  const query = document.replace('...more', 'pageInfo { hasNextPage endCursor }');
  const nodes: Node[] = [];
  let after: string | null = null;
  do {
    const data: Record<string, unknown> = await book.query(query, { ...variables, after });
    const within = 'list' in data ? data : (Object.values(data)[0] as Record<string, unknown>);
    const page = within['list'] as Connection<Node>;
    nodes.push(...page.nodes);
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after != null);
  return nodes;
}
