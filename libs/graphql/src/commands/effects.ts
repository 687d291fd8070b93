import type { Receipt } from '@chargebook/application';
import type { Fact, Instant } from '@chargebook/domain';
import type { TimedLimitEffect } from '@chargebook/read-models';
import type { RequestContext } from '../request/request-context';

/** How long the ledger is waited for, to know the book exactly as it was before the facts. */
const LEDGER_TIMEOUT_MS = 5_000;

/**
 * What a receipt's facts do to limits. Facts that are recorded are looked at against the book just before them, so that
 * the same receipt tells the same however often and whenever it is asked for.
 */
export async function effectsOf(receipt: Receipt, request: RequestContext): Promise<TimedLimitEffect[]> {
  const { facts, position } = receipt;
  const first = facts[0];
  if (first == null) return [];
  const { occurredAt, recordedAt } = first.metadata;
  const instants: Instant[] = occurredAt === recordedAt ? [occurredAt] : [occurredAt, recordedAt];
  const cut =
    position == null
      ? await request.queries.book.latest(LEDGER_TIMEOUT_MS)
      : await cutBefore(first.eventId, position, request);
  // What is not recorded yet takes effect after all that is.
  const placed = facts.map(
    (fact, index) =>
      ({ ...fact, bookOrder: fact.bookOrder ?? Number.MAX_SAFE_INTEGER - facts.length + index }) as Fact,
  );
  return request.queries.effects.effectsOf(placed, cut, instants, recordedAt);
}

async function cutBefore(
  eventId: string,
  position: NonNullable<Receipt['position']>,
  request: RequestContext,
) {
  await request.queries.book.headAfter(position, LEDGER_TIMEOUT_MS);
  const fact = await request.loaders.fact.load(eventId);
  return fact == null ? request.cut() : fact.bookOrder - 1;
}
