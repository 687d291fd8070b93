-- Who has control of chargers and sites now, and who had it when, by the order of recording.

CREATE SCHEMA access;

CREATE TABLE access.charger_control (
  charger text NOT NULL,
  operator text NOT NULL,
  from_at timestamptz NOT NULL,
  until_at timestamptz,
  number integer NOT NULL,
  PRIMARY KEY (charger, number)
);
CREATE INDEX charger_control_now ON access.charger_control (operator, charger) WHERE until_at IS NULL;

CREATE TABLE access.site_control (
  site text NOT NULL,
  operator text NOT NULL,
  from_at timestamptz NOT NULL,
  until_at timestamptz,
  number integer NOT NULL,
  PRIMARY KEY (site, number)
);
CREATE INDEX site_control_now ON access.site_control (operator, site) WHERE until_at IS NULL;
