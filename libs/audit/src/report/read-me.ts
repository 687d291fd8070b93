import type { StoredCheckpoint } from '../checkpoints/audit-record';
import { nameOfScope } from './report-arguments';
import type { MadeReport } from './report-text';

/** What stands in a bundle, and how it is verified. */
export function readMe({ arguments: report, summary }: MadeReport, checkpoint: StoredCheckpoint): string {
  const { origin, scope, from, to, asOfSequence, knownAt } = report;
  return `A report of ${origin} on ${nameOfScope(scope)}

from           ${from}
to             ${to}
as known at    ${knownAt}, after fact ${String(asOfSequence)} of the book
digest         ${summary.digest}
facts told     ${String(summary.entryCount)}
checkpoint     ${String(checkpoint.size)} facts, signed at ${checkpoint.signedAt}

report.jsonl   the report: lines of canonical JSON (RFC 8785), each with its kind
*.csv          its sections as tables, made from report.jsonl alone
manifest.json  what it is, and the hashes of the files; manifest.note signs it
checkpoint     the signed root of the tree of hashes over the whole book, with what witnesses have signed
proof.jsonl    the hashes that, with the facts in the report, make that root (RFC 6962)
keys           how the book's keys have followed each other
verify.mjs     verifies all this, without Chargebook: it is short, read it first

    node verify.mjs --key <the book's key, as you know it from elsewhere>

The same arguments give the same report.jsonl for ever; ask for it again, or ask somebody else for it, and compare. The
checkpoint may be a later one then.
`;
}
