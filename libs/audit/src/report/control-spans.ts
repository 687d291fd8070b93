const GIVEN_BY = {
  charger: ['ChargerRegistered', 'ChargerControlTransferred'],
  site: ['SiteRegistered', 'SiteControlTransferred'],
} as const;

/** Types of the facts by which somebody has control of a thing. */
export const CONTROL_OF_CHARGER: readonly string[] = GIVEN_BY.charger;
export const CONTROL_OF_SITE: readonly string[] = GIVEN_BY.site;

/**
 * SQL for when an operator had control of some things, in the order of recording: rows (id, from_at, until_at). Whoever
 * registered a thing had it from the beginning of the world: what is told of before happened under them.
 *
 * @param things a condition on `fact`, which names them
 * @param cut the parameter that holds the sequence up to which the book is known
 * @param operator the parameter that holds the operator's id
 */
export function controlSpans(of: 'charger' | 'site', things: string, cut: string, operator: string): string {
  const types = GIVEN_BY[of].map((type) => `'${type}'`).join(', ');
  return `SELECT id, from_at, until_at FROM (
      SELECT fact.${of} AS id, fact.operator, lead(fact.recorded_at) OVER given AS until_at,
        CASE WHEN row_number() OVER given = 1 THEN '-infinity' ELSE fact.recorded_at END AS from_at
      FROM ledger.fact WHERE ${things} AND fact.type IN (${types}) AND fact.sequence <= ${cut} AND fact.problem IS NULL
      WINDOW given AS (PARTITION BY fact.${of} ORDER BY fact.sequence)) AS control
    WHERE control.operator = ${operator}`;
}
