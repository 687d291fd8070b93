-- A backplate's own facts among those that merely name it: a primary is named whenever its circuit's load is set.

CREATE INDEX fact_backplate_type ON ledger.fact (backplate, type, occurred_at, sequence) WHERE backplate IS NOT NULL;
