import type { PhaseAmps } from '../amps';
import type { Instant } from '../time';
import type { SourceSpan } from './limit-timeline';
import type { Term } from './limit-value';

/** The sources of one segment of a timeline, each over the spans in which it stays as it is. */
export class SourceSpans {
  private readonly ended: SourceSpan[] = [];
  private open: { readonly term: Term; readonly from: Instant }[] = [];

  /** What is in force from an instant on. */
  add(terms: readonly Term[], from: Instant): void {
    const before = this.open;
    this.open = terms.map((term) => before.find((each) => isSameTerm(each.term, term)) ?? { term, from });
    this.end(
      before.filter((each) => !this.open.includes(each)),
      from,
    );
  }

  /** All spans, in the order in which they begin. */
  until(to: Instant): readonly SourceSpan[] {
    this.end(this.open, to);
    this.open = [];
    return this.ended.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  }

  private end(spans: readonly { readonly term: Term; readonly from: Instant }[], to: Instant): void {
    for (const { term, from } of spans) {
      const { kind, amps, axis, ofId, setBy, eventId } = term;
      this.ended.push({ kind, amps, axis, ofId, setBy, eventId, from, to });
    }
  }
}

function isSameTerm(a: Term, b: Term): boolean {
  return a.eventId === b.eventId && a.kind === b.kind && isSameAmps(a.amps, b.amps);
}

function isSameAmps(a: PhaseAmps, b: PhaseAmps): boolean {
  return a.l1 === b.l1 && a.l2 === b.l2 && a.l3 === b.l3;
}
