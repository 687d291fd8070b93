-- Sessions and their energy, on two clocks as placements are.

CREATE SCHEMA sessions;

CREATE TABLE sessions.session (
  id text NOT NULL,
  charger text NOT NULL,
  started_at timestamptz NOT NULL,
  ended_at timestamptz,
  end_cause text,
  cut_by_move boolean NOT NULL,
  told_energy_watt_hours double precision,
  driver_reference text,
  known_from bigint NOT NULL,
  known_to bigint,
  PRIMARY KEY (charger, id, known_from)
);
CREATE INDEX session_charger ON sessions.session (charger, started_at, id);
CREATE INDEX session_id ON sessions.session (id);

-- What was charged, as it was told: each reading adds to the one before; what a session's end tells beyond its readings
-- counts at its end.
CREATE TABLE sessions.energy (
  charger text NOT NULL,
  session text NOT NULL,
  -- Start of that session.
  started_at timestamptz NOT NULL,
  -- When it counts, and the instant whose placement it belongs to.
  at timestamptz NOT NULL,
  placed_at timestamptz NOT NULL,
  watt_hours double precision NOT NULL,
  known_from bigint NOT NULL,
  known_to bigint
);
CREATE INDEX energy_charger ON sessions.energy (charger, placed_at);
CREATE INDEX energy_session ON sessions.energy (charger, started_at);
