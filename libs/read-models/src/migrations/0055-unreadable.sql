-- Facts that this version of the program cannot read stand in reports all the same.

CREATE INDEX fact_unreadable ON ledger.fact (sequence) WHERE problem IS NOT NULL;
