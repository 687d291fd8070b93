-- Lists of chargers by their newest fact, and by their status.

-- The newest fact of each charger, by when it happened, as its history has it. A table of its own: the row of a charger, with all
-- its indexes, is not written anew with each reading.
CREATE TABLE registry.last_event (
  charger text PRIMARY KEY,
  occurred_at timestamptz NOT NULL,
  sequence bigint NOT NULL
);

INSERT INTO registry.last_event
SELECT DISTINCT ON (charger) charger, occurred_at, sequence FROM ledger.fact WHERE charger IS NOT NULL
ORDER BY charger, occurred_at DESC, sequence DESC;

CREATE INDEX last_event_order ON registry.last_event (occurred_at, sequence);

-- Mounted, then by where it went, then those that never hung anywhere; retired ones come last.
CREATE INDEX charger_by_status ON registry.charger ((CASE WHEN retired_at IS NOT NULL THEN '9' WHEN backplate IS NOT NULL THEN '2'
  WHEN destination = 'STORE' THEN '3' WHEN destination = 'REPAIR' THEN '4' WHEN destination = 'TRANSIT' THEN '5'
  WHEN destination = 'SCRAP' THEN '6' WHEN destination = 'UNKNOWN' THEN '7' ELSE '8' END), serial);

-- Who has a car now: few of all sessions.
CREATE INDEX session_under_way ON sessions.session (charger) WHERE ended_at IS NULL AND known_to IS NULL;
