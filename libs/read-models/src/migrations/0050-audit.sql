-- What the book has said of itself to those who check it. Nothing makes this anew: it belongs to backups.

CREATE SCHEMA audit;

CREATE TABLE audit.book (
  -- What the book goes by in all its checkpoints, wherever it is copied to.
  id text PRIMARY KEY,
  is_only boolean NOT NULL DEFAULT true UNIQUE CHECK (is_only)
);

INSERT INTO audit.book (id) VALUES (replace(gen_random_uuid()::text, '-', ''));

-- Keys that sign checkpoints, one after the other: public ones.
CREATE TABLE audit.key (
  number integer PRIMARY KEY,
  -- name+id+key
  key text NOT NULL UNIQUE,
  since timestamptz NOT NULL,
  -- A checkpoint that names this key, signed by it and by the one before; by itself alone where that was lost.
  introduction text
);

CREATE TABLE audit.checkpoint (
  -- Facts in the tree: no size is ever signed twice.
  size bigint PRIMARY KEY,
  -- SHA-256, hexadecimal.
  root text NOT NULL,
  note text NOT NULL,
  signed_at timestamptz NOT NULL
);

-- What witnesses have sent.
CREATE TABLE audit.cosignature (
  size bigint NOT NULL REFERENCES audit.checkpoint (size) ON DELETE CASCADE,
  -- name+id+key
  witness text NOT NULL,
  -- The line to be added to the note.
  line text NOT NULL,
  seen_at timestamptz NOT NULL,
  PRIMARY KEY (size, witness)
);
