-- What auditors check: each fact exactly as it was written, and the tree of hashes over all of them.

CREATE TABLE ledger.entry (
  sequence bigint PRIMARY KEY,
  -- Canonical JSON of the event as the store holds it.
  content text NOT NULL,
  -- What the fact names, each with the number that this fact has among those that name it.
  things jsonb NOT NULL,
  -- As it was told; absent where the event cannot be read.
  occurred_at text,
  recorded_at timestamptz NOT NULL
);

-- How many facts name a thing.
CREATE TABLE ledger.thing (
  name text PRIMARY KEY,
  facts bigint NOT NULL
);

-- Hashes of subtrees, 256 in a row.
CREATE TABLE ledger.tile (
  tier integer NOT NULL,
  index bigint NOT NULL,
  hashes bytea NOT NULL,
  PRIMARY KEY (tier, index)
);
