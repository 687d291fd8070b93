-- However few things the facts were about when the planner last looked: the next ones may be about a thousand others, and are looked
-- for by one probe of an index each. It once believed that two chargers were all, and read a book of 669,034 facts for each of 800.

ALTER TABLE ledger.fact
  ALTER COLUMN charger SET (n_distinct = -0.01),
  ALTER COLUMN backplate SET (n_distinct = -0.01),
  ALTER COLUMN circuit SET (n_distinct = -0.01),
  ALTER COLUMN site SET (n_distinct = -0.01);
