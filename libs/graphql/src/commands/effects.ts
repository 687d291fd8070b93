import type { Receipt } from '@chargebook/application';
import type { Fact, Instant, Notice } from '@chargebook/domain';
import { areNotable, noticesOfEffects, noticesOfFacts } from '@chargebook/domain';
import type { TimedLimitEffect } from '@chargebook/read-models';
import { DatabaseUnavailableError, ProjectionBehindError } from '@chargebook/read-models';
import type { RequestContext } from '../request/request-context';

/** How long the ledger is waited for, to know the book exactly as it was before the facts. */
const LEDGER_TIMEOUT_MS = 2_000;

/**
 * What a receipt's facts do to limits. Facts that are recorded are looked at against the book just before them, so that
 * the same receipt tells the same however often and whenever it is asked for.
 */
export async function effectsOf(receipt: Receipt, request: RequestContext): Promise<TimedLimitEffect[]> {
  const { facts, position } = receipt;
  const first = facts[0];
  if (first == null) return [];
  const { recordedAt } = first.metadata;
  const instants = await instantsOf(receipt.facts, request);
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

/** When to look: when things happened, or were said to have, and now; each once, in order. */
async function instantsOf(facts: Receipt['facts'], request: RequestContext): Promise<Instant[]> {
  const instants = new Set<Instant>();
  for (const { type, data, metadata } of facts) {
    if (type === 'FactRetracted' || type === 'FactReplaced') {
      const wrong = await request.loaders.fact.load(data.corrects);
      if (wrong != null) instants.add(wrong.metadata.occurredAt);
      if (type === 'FactReplaced') instants.add(data.occurredAt);
    } else instants.add(metadata.occurredAt);
    instants.add(metadata.recordedAt);
  }
  return [...instants].sort();
}

async function cutBefore(
  eventId: string,
  position: NonNullable<Receipt['position']>,
  request: RequestContext,
): Promise<number> {
  try {
    await request.queries.book.headAfter(position, LEDGER_TIMEOUT_MS);
  } catch (error) {
    if (!(error instanceof ProjectionBehindError)) throw error;
  }
  // What is recorded is recorded: a ledger that is behind knows the book as it was some facts before.
  const fact = await request.loaders.fact.load(eventId);
  return fact == null ? request.queries.book.head() : fact.bookOrder - 1;
}

/** What the decision found, what may surprise about the facts, and about what they do to limits. */
export async function noticesOf(receipt: Receipt, request: RequestContext): Promise<Notice[]> {
  const facts = receipt.facts as readonly Fact[];
  const notices = [...receipt.notices, ...noticesOfFacts(facts)];
  if (!areNotable(facts)) return notices;
  const effects = await effectsForNotices(receipt, request);
  const at = effects.at(-1)?.at;
  return [
    ...notices,
    ...noticesOfEffects(
      facts,
      effects.filter((effect) => effect.at === at),
    ),
  ];
}

/** A command that is recorded does not fail because nobody can tell what will surprise about it. */
async function effectsForNotices(
  receipt: Receipt,
  request: RequestContext,
): Promise<readonly TimedLimitEffect[]> {
  try {
    return await request.effectsOf(receipt);
  } catch (error) {
    if (error instanceof DatabaseUnavailableError || error instanceof ProjectionBehindError) return [];
    throw error;
  }
}
