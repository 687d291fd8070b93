import type { EffectiveFact, EnergyIncrement, Instant, Session, SessionFold } from '@chargebook/domain';
import {
  compareFacts,
  energyIncrementsOf,
  factsInEffect,
  isCorrection,
  readingsOf,
  stepSessions,
} from '@chargebook/domain';
import type { LedgerFact } from '../ledger/ledger';

const NOTHING: readonly EffectiveFact[] = [];

/**
 * The sessions of one charger from an instant on, fact by fact. A fact that takes effect after all others changes one
 * session or two, and costs no more; a late one or a correction makes all of them anew.
 */
export class ChargerSessions {
  private readonly sessions = new Map<string, Session>();
  /** By the session that they name, in the order in which they take effect. */
  private readonly readings = new Map<string | undefined, EffectiveFact[]>();
  private readonly corrected = new Set<string>();
  private fold: SessionFold = {};
  private last: EffectiveFact | undefined;

  /**
   * @param recorded all facts from that instant on; from before it the charger's moves, and what corrections are about
   * @param from the start of a session; undefined where the facts are all there are
   */
  constructor(
    private readonly recorded: LedgerFact[],
    private readonly from: Instant | undefined,
  ) {
    for (const fact of recorded) this.note(fact);
    this.remake();
  }

  session(id: string): Session | undefined {
    return this.sessions.get(id);
  }

  /** What was charged in a session, as it was told. */
  energyOf(session: Session): EnergyIncrement[] {
    const named = this.readings.get(session.id) ?? NOTHING;
    const unnamed = this.readings.get(undefined) ?? NOTHING;
    const facts = unnamed.length === 0 ? named : [...named, ...unnamed].sort(compareFacts);
    const readings = readingsOf(session, facts);
    const increments = energyIncrementsOf(session, readings);
    const [first] = readings;
    // A meter that stands at 0 has told so, which is not the same as having told nothing.
    if (increments.length > 0 || first == null || session.toldEnergyWattHours != null) return increments;
    return [{ at: first.at, placedAt: first.at, wattHours: 0 }];
  }

  /** Takes in a fact. Gives the ids of the sessions that may be others now, or have other energy, or are gone. */
  take(fact: LedgerFact): Iterable<string> {
    this.recorded.push(fact);
    this.note(fact);
    const isNext = this.last == null || compareFacts(this.last, fact) < 0;
    if (isNext && !isCorrection(fact) && !this.corrected.has(fact.eventId)) {
      return this.step(fact as EffectiveFact);
    }
    const before = [...this.sessions.keys()];
    this.remake();
    return new Set([...before, ...this.sessions.keys()]);
  }

  private note(fact: LedgerFact): void {
    if (isCorrection(fact)) this.corrected.add(fact.data.corrects);
  }

  private remake(): void {
    this.sessions.clear();
    this.readings.clear();
    this.fold = {};
    this.last = undefined;
    for (const fact of factsInEffect(this.recorded)) {
      if (this.from == null || fact.metadata.occurredAt >= this.from) this.step(fact);
      else if (fact.type === 'ChargerMounted' || fact.type === 'ChargerDismounted') {
        this.fold = { hangs: fact.type === 'ChargerMounted' };
      }
    }
  }

  private step(fact: EffectiveFact): string[] {
    this.last = fact;
    if (fact.type === 'EnergyReadingRecorded') return this.read(fact, fact.data.session);
    const { fold, changed, amended } = stepSessions(this.fold, fact);
    this.fold = fold;
    for (const session of changed) this.sessions.set(session.id, session);
    const touched = changed.map(({ id }) => id);
    const older = amended && this.sessions.get(amended.session);
    if (amended == null || older == null) return touched;
    this.sessions.set(older.id, { ...older, toldEnergyWattHours: amended.energyWattHours });
    return [...touched, older.id];
  }

  private read(fact: EffectiveFact, named: string | undefined): string[] {
    const readings = this.readings.get(named);
    if (readings == null) this.readings.set(named, [fact]);
    else readings.push(fact);
    // One that names no session belongs to the one that is open: it comes after all others have ended.
    const session = named ?? this.fold.open?.id;
    return session == null ? [] : [session];
  }
}
