-- Partners in the ledger: their own facts are what tells of them.

ALTER TABLE ledger.fact ADD COLUMN partner text;

CREATE INDEX fact_partner ON ledger.fact (partner, sequence) WHERE partner IS NOT NULL;
CREATE INDEX fact_partner_registered ON ledger.fact (operator, partner) WHERE type = 'PartnerRegistered';
