-- Where chargers hung and how backplates were wired, on two clocks: [from_at, until_at) in the world, and
-- [known_from, known_to) in the book's sequence.

CREATE SCHEMA placements;

CREATE TABLE placements.stay (
  charger text NOT NULL,
  backplate text NOT NULL,
  from_at timestamptz NOT NULL,
  until_at timestamptz,
  destination text,
  mounted_by bigint NOT NULL,
  dismounted_by bigint,
  known_from bigint NOT NULL,
  known_to bigint,
  PRIMARY KEY (charger, known_from, from_at)
);
CREATE INDEX stay_charger ON placements.stay (charger, from_at);
CREATE INDEX stay_backplate ON placements.stay (backplate, from_at);
CREATE INDEX stay_from ON placements.stay (from_at);

CREATE TABLE placements.wiring (
  backplate text NOT NULL,
  circuit text NOT NULL,
  site text NOT NULL,
  from_at timestamptz NOT NULL,
  until_at timestamptz,
  known_from bigint NOT NULL,
  known_to bigint,
  PRIMARY KEY (backplate, known_from, from_at)
);
CREATE INDEX wiring_circuit ON placements.wiring (circuit, from_at);
CREATE INDEX wiring_site ON placements.wiring (site, from_at);
