-- Plans of several moves: from the fact that decides one until its last charger's facts are in, readers see the book as
-- it was before.

CREATE SCHEMA relocations;

CREATE TABLE relocations.span (
  plan uuid PRIMARY KEY,
  relocation text NOT NULL,
  committed bigint NOT NULL,
  completed bigint
);
CREATE INDEX span_open ON relocations.span (committed) WHERE completed IS NULL;
CREATE INDEX span_over ON relocations.span (committed, completed);
