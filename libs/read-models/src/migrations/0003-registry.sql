-- What there is, as known now: for lists, searches and filters.

CREATE SCHEMA registry;

CREATE TABLE registry.operator (
  id text PRIMARY KEY,
  name text NOT NULL
);

CREATE TABLE registry.site (
  id text PRIMARY KEY,
  name text NOT NULL,
  address text,
  time_zone text NOT NULL,
  grid_type text NOT NULL,
  rated_current_amps double precision,
  operator text NOT NULL,
  registered_at timestamptz NOT NULL,
  retired_at timestamptz
);

CREATE TABLE registry.circuit (
  id text PRIMARY KEY,
  site text NOT NULL,
  name text,
  parent text,
  added_at timestamptz NOT NULL,
  retired_at timestamptz
);
CREATE INDEX circuit_site ON registry.circuit (site, id);
CREATE INDEX circuit_parent ON registry.circuit (parent) WHERE parent IS NOT NULL;

CREATE TABLE registry.backplate (
  id text PRIMARY KEY,
  label text,
  circuit text NOT NULL,
  installed_at timestamptz NOT NULL,
  removed_at timestamptz
);
CREATE INDEX backplate_circuit ON registry.backplate (circuit, id);

CREATE TABLE registry.charger (
  serial text PRIMARY KEY,
  model text,
  product_line text NOT NULL,
  rated_current_amps double precision,
  operator text NOT NULL,
  registered_at timestamptz NOT NULL,
  retired_at timestamptz,
  -- Where it hangs now; where it went when it was taken down.
  backplate text,
  destination text
);
CREATE INDEX charger_backplate ON registry.charger (backplate) WHERE backplate IS NOT NULL;
CREATE INDEX charger_operator ON registry.charger (operator, serial);
