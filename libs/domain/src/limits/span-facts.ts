import type { EffectiveFact } from '../facts/lifeline';
import type { Instant } from '../time';
import type { FactLog, FactType } from './fact-log';
import { IndexedFacts } from './fact-log';
import type { KnownFacts, LimitFacts, LimitPlacement, LimitScope } from './knowledge';

/** What happens often and never touches a limit. */
const IDLE: ReadonlySet<FactType> = new Set<FactType>(['EnergyReadingRecorded', 'SessionFiguresAmended']);

/** Knowledge for questions at many instants of a span: sorted once, and it remembers what has been asked about. */
export class SpanFacts implements KnownFacts {
  private readonly logs = new Map<string, IndexedFacts>();
  private readonly placements = new Map<string, readonly LimitPlacement[]>();
  /** Of everything that has been asked about, sorted: when something happens to it. */
  private readonly instants: (readonly Instant[])[] = [];

  constructor(private readonly knowledge: LimitFacts) {}

  logOf(scope: LimitScope, id: string): FactLog {
    const key = `${scope} ${id}`;
    const known = this.logs.get(key);
    if (known != null) return known;
    const facts = this.knowledge.factsOf(scope, id);
    const log = new IndexedFacts(facts);
    this.logs.set(key, log);
    this.instants.push(instantsOf(facts));
    return log;
  }

  placementsOn(backplate: string): readonly LimitPlacement[] {
    const known = this.placements.get(backplate);
    if (known != null) return known;
    const placements = this.knowledge.placementsOn(backplate);
    this.placements.set(backplate, placements);
    this.instants.push(
      placements.flatMap(({ from, until }) => (until == null ? [from] : [from, until])).sort(),
    );
    return placements;
  }

  /** The next instant at which something happens to what has been asked about so far: until then, answers stay. */
  nextInstantAfter(at: Instant): Instant | undefined {
    let next: Instant | undefined;
    for (const instants of this.instants) {
      const instant = firstAfter(instants, at);
      if (instant != null && (next == null || instant < next)) next = instant;
    }
    return next;
  }
}

function instantsOf(facts: readonly EffectiveFact[]): Instant[] {
  const instants: Instant[] = [];
  for (const { type, metadata } of facts) if (!IDLE.has(type)) instants.push(metadata.occurredAt);
  return instants.sort();
}

function firstAfter(instants: readonly Instant[], at: Instant): Instant | undefined {
  let [low, high] = [0, instants.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((instants[middle] as Instant) <= at) low = middle + 1;
    else high = middle;
  }
  return instants[low];
}
