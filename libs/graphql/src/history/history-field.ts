import type { Instant } from '@chargebook/domain';
import type { HistoryPoint, PageRequest } from '@chargebook/read-models';
import type { Connection } from '../request/connection';
import { connectionOf } from '../request/connection';
import type { RequestContext } from '../request/request-context';
import type { EntrySource } from './entry';
import { ledgerEntry } from './entry';

/** Arguments of every `history` field. */
export interface HistoryArgs extends PageRequest {
  readonly from?: Instant | null;
  readonly to?: Instant | null;
  readonly knownAt?: Instant | null;
  readonly types?: readonly string[] | null;
  readonly orderBy?: 'NEWEST_FIRST' | 'OLDEST_FIRST' | null;
}

export async function historyOf(
  point: HistoryPoint,
  args: HistoryArgs,
  request: RequestContext,
): Promise<Connection<EntrySource>> {
  const filter = {
    from: args.from,
    to: args.to,
    types: args.types,
    newestFirst: args.orderBy !== 'OLDEST_FIRST',
  };
  const cut = await request.cut(args.knownAt);
  const page = await request.queries.history.page(point, filter, cut, args);
  return connectionOf({
    ...page,
    edges: page.edges.map(({ cursor, node }) => ({ cursor, node: ledgerEntry(node, cut) })),
  });
}
