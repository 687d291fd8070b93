-- Every fact in the book's order. All other read models are made from this one.

CREATE SCHEMA ledger;

CREATE TABLE ledger.fact (
  sequence bigint PRIMARY KEY,
  position bigint NOT NULL,
  event_id uuid NOT NULL UNIQUE,
  stream text NOT NULL,
  revision bigint NOT NULL,
  type text NOT NULL,
  schema_version integer NOT NULL,
  occurred_at timestamptz NOT NULL,
  -- Raised to that of the fact before, where clocks disagreed: never runs backwards.
  recorded_at timestamptz NOT NULL,
  actor_kind text NOT NULL,
  actor_id text NOT NULL,
  channel text NOT NULL,
  command_id text NOT NULL,
  input_hash text NOT NULL,
  correlation_id text NOT NULL,
  causation_id text NOT NULL,
  reason text,
  device_sequence bigint,
  device_time timestamptz,
  -- What the fact itself names.
  charger text,
  backplate text,
  circuit text,
  site text,
  operator text,
  data jsonb NOT NULL,
  -- The event that this one corrects, and the sequence of the one that corrects it.
  corrects uuid,
  corrected_by bigint,
  -- Why this version of the program cannot read it.
  problem text
);

CREATE INDEX fact_charger ON ledger.fact (charger, occurred_at, sequence) WHERE charger IS NOT NULL;
CREATE INDEX fact_charger_type ON ledger.fact (charger, type, occurred_at, sequence) WHERE charger IS NOT NULL;
CREATE INDEX fact_backplate ON ledger.fact (backplate, occurred_at, sequence) WHERE backplate IS NOT NULL;
CREATE INDEX fact_circuit ON ledger.fact (circuit, type, occurred_at, sequence) WHERE circuit IS NOT NULL;
CREATE INDEX fact_circuit_time ON ledger.fact (circuit, occurred_at, sequence) WHERE circuit IS NOT NULL;
CREATE INDEX fact_site ON ledger.fact (site, occurred_at, sequence) WHERE site IS NOT NULL;
CREATE INDEX fact_operator ON ledger.fact (operator, occurred_at, sequence) WHERE operator IS NOT NULL;
CREATE INDEX fact_recorded ON ledger.fact (recorded_at, sequence);
CREATE INDEX fact_command ON ledger.fact (command_id, actor_id);
CREATE INDEX fact_rewired_from ON ledger.fact ((data ->> 'formerCircuit'), occurred_at, sequence) WHERE type = 'BackplateRewired';
CREATE INDEX fact_corrected ON ledger.fact (charger, type) WHERE corrects IS NOT NULL OR corrected_by IS NOT NULL;
