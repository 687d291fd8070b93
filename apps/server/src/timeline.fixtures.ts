import type { Book } from './book.fixtures';

/** A timeline over GraphQL, and the effective limit at instants of its span. */
export interface Timeline {
  readonly from: string;
  readonly to: string;
  readonly segments: readonly Segment[];
  readonly looks: readonly { readonly at: string; readonly limit: Limit }[];
}

interface Segment extends Value {
  readonly from: string;
  readonly to: string;
  readonly sources: readonly (Source & { readonly from: string; readonly to: string })[];
}

interface Limit extends Value {
  readonly sources: readonly (Source & { readonly inForce: boolean })[];
}

type Value = Readonly<Record<string, unknown>>;
type Source = Readonly<Record<string, unknown>>;

const VALUE = 'amps offeredAmps phases behaviour binding';
const SOURCE = 'kind amps { l1 l2 l3 } axis ofId setBy';
const DAY_MS = 86_400_000;
const MOST_ENDS = 8;
const OTHERS = 4;

/** Asks for a timeline from a day before an instant to a day after another, and for the limit at ends and in between. */
export async function askTimeline(
  book: Book,
  charger: string,
  first: string,
  last: string,
): Promise<Timeline> {
  const [fromMs, toMs] = [Date.parse(first) - DAY_MS, Date.parse(last) + DAY_MS];
  const [from, to] = [fromMs, toMs].map((ms) => new Date(ms).toISOString()) as [string, string];
  const timeline = await book.query<{ charger: { limitTimeline: Segment[] } }>(
    `query ($charger: ID!, $from: DateTime!, $to: DateTime!) { charger(serial: $charger) {
      limitTimeline(from: $from, to: $to) { from to ${VALUE} sources { ${SOURCE} from to } } } }`,
    { charger, from, to },
  );
  const segments = timeline.charger.limitTimeline;
  const ends = segments.flatMap((segment) => [segment.from, justBefore(segment.to)]).slice(0, MOST_ENDS);
  const others = Array.from({ length: OTHERS }, () => fromMs + Math.floor(Math.random() * (toMs - fromMs)));
  const instants = [...ends, ...others.map((ms) => new Date(ms).toISOString())];
  const looks = instants.map(
    (at, index) =>
      `at${String(index)}: effectiveLimit(at: "${at}") { ${VALUE} sources { ${SOURCE} inForce } }`,
  );
  const answer = await book.query<{ charger: Record<string, Limit> }>(
    `query ($charger: ID!) { charger(serial: $charger) { ${looks.join(' ')} } }`,
    { charger },
  );
  return {
    from,
    to,
    segments,
    looks: instants.map((at, index) => ({ at, limit: answer.charger[`at${String(index)}`]! })),
  };
}

function justBefore(instant: string): string {
  return new Date(Date.parse(instant) - 1).toISOString();
}
