import type { Instant } from '@chargebook/domain';
import type { AxisPoint, Consumption, Interval, PageRequest, SessionRecord } from '@chargebook/read-models';
import type { Connection } from '../request/connection';
import { connectionOf } from '../request/connection';
import type { RequestContext } from '../request/request-context';

/** Arguments of every `sessions` field. */
export interface SessionsArgs extends PageRequest {
  readonly from?: Instant | null;
  readonly to?: Instant | null;
  readonly knownAt?: Instant | null;
}

/** A session as it was known at a sequence of the book: its place is told as it was known then. */
export type KnownSession = SessionRecord & { readonly cut: number };

export async function sessionsOf(
  point: AxisPoint,
  args: SessionsArgs,
  request: RequestContext,
): Promise<Connection<KnownSession>> {
  const cut = await request.cut(args.knownAt);
  const page = await request.queries.sessions.page(point, args, cut, args);
  const edges = page.edges.map(({ cursor, node }) => ({ cursor, node: { ...node, cut } }));
  return connectionOf({ ...page, edges, totalCount: () => page.totalCount() });
}

/** Arguments of every `consumption` field. */
export interface ConsumptionArgs {
  readonly from: Instant;
  readonly to: Instant;
  readonly interval: Interval;
  readonly knownAt?: Instant | null;
}

/** @param timeZone of the site, where there is one */
export async function consumptionOf(
  point: AxisPoint,
  { from, to, interval, knownAt }: ConsumptionArgs,
  timeZone: string | undefined,
  request: RequestContext,
): Promise<Consumption[]> {
  const cut = await request.cut(knownAt);
  return request.queries.consumption.buckets(
    point,
    { from, to },
    { interval, timeZone: timeZone ?? 'UTC', cut },
  );
}

export async function timeZoneOfCircuit(
  circuit: string,
  request: RequestContext,
): Promise<string | undefined> {
  const site = (await request.loaders.circuit.load(circuit))?.siteId;
  return site == null ? undefined : (await request.loaders.site.load(site))?.timeZone;
}
