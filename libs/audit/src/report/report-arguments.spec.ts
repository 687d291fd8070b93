import { describe, expect, it } from '@jest/globals';
import { isId } from '@chargebook/domain';
import fc from 'fast-check';
import type { ReportArguments } from './report-arguments';
import {
  nameOfReport,
  readAskedReport,
  ReportNotFoundError,
  ReportRequestError,
  SCOPE_KINDS,
  toldScope,
} from './report-arguments';

const SPAN = { from: '2026-01-01T00:00:00Z', to: '2027-01-01T00:00:00+01:00' };
const REPORT: ReportArguments = {
  origin: 'chargebook/harbour',
  scope: { kind: 'charger', id: 'C' },
  from: '2026-01-01T00:00:00.000Z',
  to: '2027-01-01T00:00:00.000Z',
  asOfSequence: 42,
  knownAt: '2026-06-01T00:00:00.000Z',
};

describe('what somebody asks for', () => {
  it('is read with instants in their one spelling', () => {
    expect(readAskedReport({ scope: { charger: 'C' }, ...SPAN, asOfSequence: '42' })).toEqual({
      scope: { kind: 'charger', id: 'C' },
      from: '2026-01-01T00:00:00.000Z',
      to: '2026-12-31T23:00:00.000Z',
      knownAt: undefined,
      asOfSequence: 42,
    });
  });

  it('is understood or refused, whatever is sent', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.anything(), (scope, from, asOfSequence) => {
        try {
          const asked = readAskedReport({ scope, ...SPAN, from, asOfSequence });
          expect(SCOPE_KINDS).toContain(asked.scope.kind);
          expect(asked.from < asked.to).toBe(true);
        } catch (error) {
          expect([ReportRequestError, ReportNotFoundError]).toContainEqual(
            (error as { constructor: unknown }).constructor,
          );
        }
      }),
    );
  });

  it('of a thing is about what can be a thing', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SCOPE_KINDS.slice(0, -1)), fc.string(), (kind, id) => {
        const read = () => readAskedReport({ scope: { [kind]: id }, ...SPAN }).scope;
        if (isId(id)) expect(read()).toEqual({ kind, id });
        else expect(read).toThrow(ReportNotFoundError);
      }),
    );
  });

  it('is told as it was asked', () => {
    for (const scope of [{ charger: 'C' }, { site: 'S:1' }, { book: true }])
      expect(toldScope(readAskedReport({ scope, ...SPAN }).scope)).toEqual(scope);
  });
});

describe('the name of a report', () => {
  it('is the same for the same arguments, and another for others', () => {
    const others: ReportArguments[] = [
      { ...REPORT, origin: 'chargebook/other' },
      { ...REPORT, scope: { kind: 'charger', id: 'D' } },
      { ...REPORT, scope: { kind: 'site', id: 'C' } },
      { ...REPORT, from: '2026-01-02T00:00:00.000Z' },
      { ...REPORT, to: '2027-01-02T00:00:00.000Z' },
      { ...REPORT, asOfSequence: 43 },
    ];
    expect(nameOfReport({ ...REPORT })).toBe(nameOfReport(REPORT));
    expect(new Set([REPORT, ...others].map(nameOfReport)).size).toBe(others.length + 1);
  });
});
