import type { SourceKind } from './source-colours';

/** A stretch of time in which the effective limit stays the same, with the sources in force in it. */
export interface Segment {
  readonly from: string;
  readonly to: string;
  readonly amps: number | null;
  readonly binding: readonly SourceKind[];
  readonly sources: readonly SourceSpan[];
}

interface SourceSpan {
  readonly kind: SourceKind;
  readonly ofId: string;
  readonly from: string;
  readonly to: string;
  readonly amps: { readonly l1: number; readonly l2: number; readonly l3: number };
}

export interface Line {
  readonly key: string;
  readonly kind: SourceKind;
  readonly values: readonly (number | null)[];
}

export interface Steps {
  /** Seconds; two for each stretch without any change, its begin and just before its end. */
  readonly times: readonly number[];
  /** The limit as one line through everything. */
  readonly limit: readonly (number | null)[];
  /** The limit again, where a source binds: one line for each that ever does. */
  readonly binding: readonly Line[];
  /** All sources, binding or not, each with its lowest phase. */
  readonly sources: readonly Line[];
}

const LEAST_TOP_AMPS = 8;

/** Where a chart ends: far above the limit there is nothing to see, such as a main fuse. */
export function topAmpsOf({ limit, sources }: Steps): number {
  const highest = (values: readonly (number | null)[]) => Math.max(0, ...values.map((amps) => amps ?? 0));
  const ofSources = Math.max(0, ...sources.map(({ values }) => highest(values)));
  return Math.max(LEAST_TOP_AMPS, Math.min(ofSources * 1.1, highest(limit) * 2));
}

/** Sources that a chart up to there does not show, each with its lowest value. */
export function sourcesAbove({ sources }: Steps, topAmps: number): { kind: SourceKind; amps: number }[] {
  return sources.flatMap(({ kind, values }) => {
    const amps = Math.min(...values.map((each) => each ?? Infinity));
    return amps > topAmps && amps !== Infinity ? [{ kind, amps }] : [];
  });
}

const JUST_BEFORE_SECONDS = 0.001;

interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  readonly segment: Segment;
  readonly sources: ReadonlyMap<string, number>;
}

/** Segments as lines of a step chart. Where several sources bind, the first has the colour. */
export function stepsOf(segments: readonly Segment[]): Steps {
  const stretches = segments.flatMap(stretchesOf);
  const twice = <Value>(valueOf: (stretch: Stretch) => Value) =>
    stretches.flatMap((stretch) => [valueOf(stretch), valueOf(stretch)]);
  const kinds = [...new Set(segments.map(({ binding }) => binding[0]).filter((kind) => kind != null))];
  const keys = new Map(segments.flatMap(({ sources }) => sources.map((each) => [keyOf(each), each.kind])));
  return {
    times: stretches.flatMap(({ fromMs, toMs }) => [fromMs / 1000, toMs / 1000 - JUST_BEFORE_SECONDS]),
    limit: twice(({ segment }) => segment.amps),
    binding: kinds.map((kind) => ({
      key: kind,
      kind,
      values: twice(({ segment }) => (segment.binding[0] === kind ? segment.amps : null)),
    })),
    sources: [...keys].map(([key, kind]) => ({
      key,
      kind,
      values: twice(({ sources }) => sources.get(key) ?? null),
    })),
  };
}

function keyOf({ kind, ofId }: SourceSpan): string {
  return `${kind} ${ofId}`;
}

/** The parts of a segment in which no source changes either. */
function stretchesOf(segment: Segment): Stretch[] {
  const [beginMs, endMs] = [Date.parse(segment.from), Date.parse(segment.to)];
  const spans = segment.sources.map((each) => ({
    key: keyOf(each),
    fromMs: Date.parse(each.from),
    toMs: Date.parse(each.to),
    amps: Math.min(each.amps.l1, each.amps.l2, each.amps.l3),
  }));
  const edges = [beginMs, endMs, ...spans.flatMap(({ fromMs, toMs }) => [fromMs, toMs])];
  const within = [...new Set(edges.filter((ms) => ms >= beginMs && ms <= endMs))].sort((a, b) => a - b);
  return within.slice(0, -1).map((fromMs, at) => ({
    fromMs,
    toMs: within[at + 1] ?? endMs,
    segment,
    sources: new Map(
      spans.filter((span) => span.fromMs <= fromMs && fromMs < span.toMs).map(({ key, amps }) => [key, amps]),
    ),
  }));
}
