import { lazy, Suspense, useMemo, useState } from 'react';
import { useQuery } from 'urql';
import { graphql } from '../api/graphql';
import { useZone } from '../format/zone';
import { stepsOf } from '../limit/steps';
import { texts } from '../texts';
import { Loading, Panel } from '../ui/parts';
import type { PlanInput } from './windows';

const StepChart = lazy(() => import('../limit/step-chart').then((m) => ({ default: m.StepChart })));

const previewQuery = graphql(`
  query PlanPreview($serial: ID!, $from: DateTime!, $to: DateTime!, $plan: SetChargePlanInput!) {
    charger(serial: $serial) {
      limitTimeline(from: $from, to: $to, whatIf: [{ plan: $plan }]) {
        from
        to
        amps
        binding
        sources {
          kind
          ofId
          from
          to
          amps {
            l1
            l2
            l3
          }
        }
      }
    }
  }
`);

const WEEK_MS = 7 * 86_400_000;

/** The limit of the week to come, had the charger this plan. Where the book would refuse the plan, there is none. */
export function PlanPreview({ plan }: { plan: PlanInput }) {
  const zone = useZone();
  const [openedAt] = useState(() => Date.now());
  const key = JSON.stringify(plan);
  const variables = useMemo(
    () => ({
      serial: plan.charger,
      from: new Date(openedAt).toISOString(),
      to: new Date(openedAt + WEEK_MS).toISOString(),
      plan: JSON.parse(key) as PlanInput,
    }),
    [key, plan.charger, openedAt],
  );
  const [{ data, error }] = useQuery({ query: previewQuery, variables });
  const segments = data?.charger?.limitTimeline ?? undefined;
  const steps = useMemo(() => stepsOf(segments ?? []), [segments]);
  if (error != null || segments?.some(({ amps }) => amps != null) !== true) return null;
  return (
    <Panel title={texts.plan.result} note={texts.consumption.zone(zone)}>
      <Suspense fallback={<Loading lines={6} />}>
        <StepChart steps={steps} zone={zone} nowSeconds={openedAt / 1000} serial={plan.charger} />
      </Suspense>
    </Panel>
  );
}
