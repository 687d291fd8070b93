import type { Instant } from '@chargebook/domain';

/** A look at the book: the world as of an instant, as the book knew it up to a sequence. */
export interface AsOf {
  readonly at: Instant;
  readonly cut: number;
}

/**
 * SQL: whether a versioned row was what the book knew at a sequence.
 *
 * @param cut the parameter that holds the sequence, such as `$2`
 */
export function known(alias: string, cut: string): string {
  return `${alias}.known_from <= ${cut} AND (${alias}.known_to IS NULL OR ${alias}.known_to > ${cut})`;
}
