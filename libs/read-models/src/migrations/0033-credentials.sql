-- Credentials in the ledger, to be listed; they are looked for in the event store itself.

CREATE INDEX fact_credential ON ledger.fact (stream) WHERE type IN ('CredentialIssued', 'CredentialRevoked');
