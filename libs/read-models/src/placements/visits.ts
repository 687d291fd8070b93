import { known } from '../book/as-of';

/** An axis along which things happened at a place. */
export type PlaceAxis = 'BACKPLATE' | 'CIRCUIT' | 'SITE';

/**
 * SQL for who was at a place, and when: rows (charger, from_at, until_at).
 *
 * @param id the parameter that holds the place's id
 * @param cut the parameter that holds the sequence up to which the book is known
 */
export function visitsTo(axis: PlaceAxis, id: string, cut: string): string {
  if (axis === 'BACKPLATE') {
    return `SELECT charger, from_at, until_at FROM placements.stay WHERE backplate = ${id} AND ${known('stay', cut)}`;
  }
  return `SELECT stay.charger, greatest(stay.from_at, wiring.from_at) AS from_at,
      least(stay.until_at, wiring.until_at) AS until_at
    FROM placements.wiring JOIN placements.stay ON stay.backplate = wiring.backplate AND ${known('stay', cut)}
      AND (stay.until_at IS NULL OR stay.until_at > wiring.from_at)
      AND (wiring.until_at IS NULL OR wiring.until_at > stay.from_at)
    WHERE wiring.${axis.toLowerCase()} = ${id} AND ${known('wiring', cut)}`;
}

/** SQL for the backplates of a circuit or site, and when they were: rows (backplate, from_at, until_at). */
export function wiringsOf(axis: 'CIRCUIT' | 'SITE', id: string, cut: string): string {
  return `SELECT backplate, from_at, until_at FROM placements.wiring
    WHERE ${axis.toLowerCase()} = ${id} AND ${known('wiring', cut)}`;
}

/** SQL: whether an instant lies in a span. */
export function within(instant: string, span: string): string {
  return `${instant} >= ${span}.from_at AND (${span}.until_at IS NULL OR ${instant} < ${span}.until_at)`;
}
