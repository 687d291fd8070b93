import { formatCount } from '../format/format';
import { Instant } from '../format/zone';
import { texts } from '../texts';
import { Fact, Facts, Note, Table } from '../ui/parts';
import type { Finding, Verdict } from './verdict';

const MOST_FINDINGS = 100;

/** What became of verifying a bundle, in plain words. */
export function VerdictView({ verdict }: { verdict: Verdict }) {
  const { audit: words } = texts;
  if (verdict.kind === 'unreadable')
    return (
      <Note tone="bad" title={words.unreadable}>
        <p>{verdict.message}</p>
      </Note>
    );
  if (verdict.kind === 'noSignatures')
    return (
      <Note tone="warn" title={words.noSignatures}>
        <p>{words.noSignaturesLead}</p>
      </Note>
    );
  const { findings, isKeyNamed } = verdict;
  return (
    <>
      {findings.length > 0 && <Note tone="bad" title={words.fails(findings.length)} />}
      {findings.length === 0 && isKeyNamed && (
        <Note tone="good" title={words.holds}>
          <p>{words.holdsLead}</p>
        </Note>
      )}
      {findings.length === 0 && !isKeyNamed && (
        <Note tone="warn" title={words.holdsUnsigned}>
          <p>{words.noKey}</p>
        </Note>
      )}
      {findings.length > 0 && <Findings findings={findings} />}
      <Facts>
        <Fact name={words.facts.book}>{verdict.book}</Fact>
        <Fact name={words.facts.scope}>{verdict.scope}</Fact>
        <Fact name={words.facts.span}>
          <Instant at={verdict.from} /> – <Instant at={verdict.to} />
        </Fact>
        <Fact name={words.facts.entries}>{formatCount(verdict.entries)}</Fact>
        <Fact name={words.facts.cut}>{formatCount(verdict.asOfSequence)}</Fact>
        <Fact name={words.facts.tree}>{formatCount(verdict.treeSize)}</Fact>
      </Facts>
    </>
  );
}

function Findings({ findings }: { findings: readonly Finding[] }) {
  const { audit: words } = texts;
  return (
    <>
      <Table caption={words.findings} columns={[words.where, words.what]}>
        {findings.slice(0, MOST_FINDINGS).map(({ where, what }, at) => (
          <tr key={at}>
            <td>{where}</td>
            <td>{what}</td>
          </tr>
        ))}
      </Table>
      {findings.length > MOST_FINDINGS && (
        <p className="quiet">{words.more(findings.length - MOST_FINDINGS)}</p>
      )}
    </>
  );
}
