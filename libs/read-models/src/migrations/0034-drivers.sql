-- What drivers were told as, by the reference that facts hold.

CREATE TABLE vault.driver (
  reference text PRIMARY KEY,
  told text NOT NULL UNIQUE
);

CREATE INDEX fact_driver_erased ON ledger.fact (sequence) WHERE type = 'DriverErased';
