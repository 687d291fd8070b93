-- Which process keeps which projection, and rebuilds beside what serves.

-- Processes that can keep projections.
CREATE TABLE book.projector (
  id uuid PRIMARY KEY,
  -- For people: host and process id.
  name text NOT NULL,
  seen_until timestamptz NOT NULL
);

CREATE TABLE book.lease (
  projection text PRIMARY KEY,
  -- Who holds it, or held it last.
  holder uuid,
  -- Rises with each new holder; whoever writes has to know it.
  fence bigint NOT NULL DEFAULT 0,
  expires_at timestamptz NOT NULL DEFAULT '-infinity'
);

CREATE TABLE book.rebuild (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  projection text NOT NULL,
  requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- What the new tables are made for and how far they are; unknown before they are made.
  version integer,
  sequence bigint,
  position bigint,
  -- When they took the place of the old ones.
  switched_at timestamptz
);
CREATE UNIQUE INDEX rebuild_open ON book.rebuild (projection) WHERE switched_at IS NULL;

-- Tables that are being filled set things aside as well, under a name that is no projection yet.
ALTER TABLE book.quarantine DROP CONSTRAINT quarantine_projection_fkey;
