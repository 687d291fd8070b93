-- How far each projection has read, and what it could not apply.

CREATE SCHEMA book;

CREATE TABLE book.projection (
  name text PRIMARY KEY,
  -- Shape and meaning of its rows; another number in the code means: fill it anew.
  version integer NOT NULL,
  -- Place in the event store; known to the ledger only.
  position bigint,
  sequence bigint NOT NULL DEFAULT 0,
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE book.quarantine (
  projection text NOT NULL REFERENCES book.projection (name),
  -- What is out of step since that fact, e.g. charger:X
  thing text NOT NULL,
  sequence bigint NOT NULL,
  problem text NOT NULL,
  since timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (projection, thing)
);
