-- The last sequence at or before one at which no plan of several moves is half done. A plan that is decided changes
-- nothing by that; another one may have been half done at that sequence, so it is looked at again.

CREATE INDEX span_around ON relocations.span USING gist (int8range(committed, completed, '()'));

CREATE FUNCTION book.whole_cut(cut bigint) RETURNS bigint LANGUAGE sql STABLE AS '
  WITH RECURSIVE whole (cut) AS (
    SELECT $1
    UNION ALL
    SELECT around.committed FROM whole CROSS JOIN LATERAL (
      SELECT committed FROM relocations.span WHERE int8range(committed, completed, ''()'') @> whole.cut
      ORDER BY committed LIMIT 1) AS around
  )
  SELECT min(whole.cut) FROM whole';
