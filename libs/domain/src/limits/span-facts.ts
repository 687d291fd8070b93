import type { EffectiveFact } from '../facts/lifeline';
import type { Instant } from '../time';
import type { FactLog, FactType } from './fact-log';
import { IndexedFacts } from './fact-log';
import type { KnownFacts, LimitFacts, LimitPlacement, LimitScope } from './knowledge';
import { firstWithout } from './search';

/** What happens often and never touches a limit. */
const IDLE: ReadonlySet<FactType> = new Set<FactType>(['EnergyReadingRecorded', 'SessionFiguresAmended']);

/** When something happens to a thing, and about where the last question was answered. */
interface Instants {
  readonly sorted: readonly Instant[];
  near: number;
}

/** Knowledge for questions at many instants of a span: sorted once, and it remembers what has been asked about. */
export class SpanFacts implements KnownFacts {
  private readonly logs = {
    charger: new Map<string, IndexedFacts>(),
    backplate: new Map<string, IndexedFacts>(),
    circuit: new Map<string, IndexedFacts>(),
    site: new Map<string, IndexedFacts>(),
  } satisfies Record<LimitScope, unknown>;
  private readonly placements = new Map<string, readonly LimitPlacement[]>();
  /** Of everything that has been asked about, sorted: when something happens to it. */
  private readonly instants: Instants[] = [];

  constructor(private readonly knowledge: LimitFacts) {}

  logOf(scope: LimitScope, id: string): FactLog {
    const known = this.logs[scope].get(id);
    if (known != null) return known;
    const facts = this.knowledge.factsOf(scope, id);
    const log = new IndexedFacts(facts);
    this.logs[scope].set(id, log);
    this.instants.push({ sorted: instantsOf(facts), near: 0 });
    return log;
  }

  placementsOn(backplate: string): readonly LimitPlacement[] {
    const known = this.placements.get(backplate);
    if (known != null) return known;
    const placements = this.knowledge.placementsOn(backplate);
    this.placements.set(backplate, placements);
    const sorted = placements.flatMap(({ from, until }) => (until == null ? [from] : [from, until])).sort();
    this.instants.push({ sorted, near: 0 });
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

function firstAfter(instants: Instants, at: Instant): Instant | undefined {
  instants.near = firstWithout(instants.sorted, (instant) => instant <= at, instants.near);
  return instants.sorted[instants.near];
}
