import { useCallback, useEffect, useRef, useState } from 'react';
import { useClient } from 'urql';
import type { ResultOf, VariablesOf } from '../api/graphql';
import { graphql } from '../api/graphql';
import { texts } from '../texts';
import type { Asked, Progress } from './report-files';
import { makeReport } from './report-files';

const FIRST_ENTRIES = 20;

const previewQuery = graphql(`
  query ReportPreview(
    $scope: AuditScope!
    $from: DateTime!
    $to: DateTime!
    $asOfSequence: Sequence
    $first: Int
  ) {
    auditReport(scope: $scope, from: $from, to: $to, asOfSequence: $asOfSequence) {
      scope
      from
      to
      knownAt
      asOfSequence
      entryCount
      energyWattHours
      digest
      entries(first: $first) {
        nodes {
          eventId
          sequence
          occurredAt
          recordedAt
          summary
        }
      }
      downloads {
        format
        file
        url
      }
    }
  }
`);

export type Report = ResultOf<typeof previewQuery>['auditReport'];
export type Download = Report['downloads'][number];

export type ReportState =
  | { readonly at: 'nothing' }
  | { readonly at: 'making'; readonly progress?: Progress }
  | { readonly at: 'made'; readonly report: Report }
  | { readonly at: 'failed'; readonly message: string };

/** Has a report made and tells what is in it. Asking for another one leaves the first. */
export function useReport() {
  const client = useClient();
  const [state, setState] = useState<ReportState>({ at: 'nothing' });
  const underWay = useRef<AbortController>(undefined);
  useEffect(() => () => underWay.current?.abort(), []);

  const ask = useCallback(
    async (asked: Asked) => {
      underWay.current?.abort();
      const { signal } = (underWay.current = new AbortController());
      setState({ at: 'making' });
      try {
        const { asOfSequence } = await makeReport(
          asked,
          (progress) => setState({ at: 'making', progress }),
          signal,
        );
        const { from, to } = asked;
        const scope = asked.scope as VariablesOf<typeof previewQuery>['scope'];
        const { data, error } = await client
          .query(previewQuery, { scope, from, to, asOfSequence, first: FIRST_ENTRIES })
          .toPromise();
        if (signal.aborted) return;
        if (data != null) setState({ at: 'made', report: data.auditReport });
        else setState({ at: 'failed', message: error?.graphQLErrors[0]?.message ?? texts.failures.away });
      } catch (error) {
        if (!signal.aborted) setState({ at: 'failed', message: messageOf(error) });
      }
    },
    [client],
  );
  return { state, ask };
}

/** What went wrong, in words; a request that gets no answer at all throws a TypeError. */
export function messageOf(error: unknown): string {
  if (error instanceof TypeError) return texts.failures.away;
  return error instanceof Error ? error.message : String(error);
}
