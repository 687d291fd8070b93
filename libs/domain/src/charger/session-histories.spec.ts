import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { at, atMinute, fact } from '../book.fixtures';
import type { DomainEvent } from '../events';
import {
  amended,
  chargerRegistered,
  connected,
  disconnected,
  dismounted,
  mounted,
  ofCharger,
  reading,
} from '../events.fixtures';
import type { EffectiveFact } from '../facts/lifeline';
import { factsInEffect, Lifeline } from '../facts/lifeline';
import { chargerSituation } from '../limits/charger-situation';
import { factLog } from '../limits/fact-log';
import { chargerEvolution } from './charger';
import { staysOf } from './placements';
import type { Session, SessionFold } from './sessions';
import { SESSION_FACTS, sessionsOf, stepSessions } from './sessions';

describe('sessions of any history', () => {
  const KINDS = [
    'connect',
    'connect',
    'disconnect',
    'disconnectOther',
    'lose',
    'mount',
    'dismount',
    'amend',
    'read',
  ] as const;
  const chance = fc.record({
    minute: fc.integer({ min: 1, max: 12 }),
    kind: fc.constantFrom(...KINDS),
    session: fc.integer({ min: 1, max: 12 }),
    deviceSequence: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
  });
  type Chance = typeof chance extends fc.Arbitrary<infer T> ? T : never;

  function eventOf({ kind, session: number, minute }: Chance, index: number): DomainEvent {
    const session = `s${String(number)}`;
    switch (kind) {
      case 'connect':
        return connected(`s${String(index)}`);
      case 'disconnect':
        return disconnected(undefined, minute);
      case 'disconnectOther':
        return disconnected(session, 100 + minute);
      case 'lose':
        return ofCharger('PowerLost');
      case 'mount':
        return mounted('P');
      case 'dismount':
        return dismounted();
      case 'amend':
        return amended(session, 1000 + minute);
      case 'read':
        return reading(minute, session);
    }
  }

  /** Facts as they take effect: a registered charger that first hangs somewhere, and then anything in any order. */
  const history = fc.array(chance, { maxLength: 14 }).map((chances): EffectiveFact[] => {
    const recorded = chances.map((each, index) => {
      const { minute, deviceSequence } = each;
      return fact({
        event: eventOf(each, index + 1),
        at: atMinute(minute),
        bookOrder: index + 10,
        deviceSequence,
      });
    });
    const begun = [chargerRegistered(), mounted()].map((event, index) =>
      fact({ event, at: at('00:00'), bookOrder: index }),
    );
    return withoutDoubleMounts(factsInEffect([...begun, ...recorded]));
  });

  function withoutDoubleMounts(facts: EffectiveFact[]): EffectiveFact[] {
    const doubles = new Set(staysOf(facts).doubleMounts.map(({ mount }) => mount.eventId));
    return facts.filter(({ eventId }) => !doubles.has(eventId));
  }

  it('never overlap, and only the last can be under way', () => {
    fc.assert(
      fc.property(history, (facts) => {
        const sessions = sessionsOf(facts);
        expect(sessions).toHaveLength(facts.filter(({ type }) => type === 'SessionStarted').length);
        sessions.forEach(({ startedAt, endedAt, endCause }, index) => {
          const next = sessions[index + 1];
          if (endedAt == null) expect([next, endCause]).toEqual([undefined, undefined]);
          else
            expect([startedAt <= endedAt, next == null || endedAt <= next.startedAt]).toEqual([true, true]);
        });
      }),
    );
  });

  it('are the same taken fact by fact, as what each fact changed is kept', () => {
    fc.assert(
      fc.property(history, (facts) => {
        const kept = new Map<string, Session>();
        let fold: SessionFold = {};
        for (const next of facts) {
          const step = stepSessions(fold, next);
          fold = step.fold;
          for (const session of step.changed) kept.set(session.id, session);
          const { session: id = '', energyWattHours } = step.amended ?? {};
          const older = kept.get(id);
          if (older != null) kept.set(id, { ...older, toldEnergyWattHours: energyWattHours });
        }
        expect([...kept.values()]).toEqual(sessionsOf(facts));
        expect(fold.open).toEqual(sessionsOf(facts).find(({ endedAt }) => endedAt == null));
      }),
    );
  });

  it('are made of the named types of facts alone', () => {
    fc.assert(
      fc.property(history, (facts) => {
        const named = facts.filter(({ type }) => (SESSION_FACTS as readonly string[]).includes(type));
        expect(sessionsOf(named)).toEqual(sessionsOf(facts));
      }),
    );
  });

  it('can be made anew from the start of any of them on, where it is known whether the charger hung', () => {
    fc.assert(
      fc.property(history, fc.nat(), (facts, choice) => {
        const starts = facts.filter(({ type }) => type === 'SessionStarted');
        const start = starts[choice % Math.max(starts.length, 1)];
        if (start == null) return;
        const from = facts.indexOf(start);
        const placed = facts
          .slice(0, from)
          .findLast(({ type }) => type === 'ChargerMounted' || type === 'ChargerDismounted');
        const fromThere = sessionsOf(facts.slice(from), { hangs: placed?.type === 'ChargerMounted' });
        expect(fromThere).toEqual(sessionsOf(facts).slice(starts.indexOf(start)));
      }),
    );
  });

  it("agree with the charger's own state and with the limits about which one is under way", () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 0, max: 13 }), (facts, minute) => {
        const until = facts.filter(({ metadata }) => metadata.occurredAt <= atMinute(minute));
        const underWay = sessionsOf(until).find(({ endedAt }) => endedAt == null)?.id;
        const state = Lifeline.of(
          chargerEvolution,
          facts.filter(({ type }) => type !== 'EnergyReadingRecorded'),
        );
        const situation = chargerSituation('C1', factLog(facts), atMinute(minute));
        expect(state.asOf(atMinute(minute)).ongoingSession?.id).toBe(underWay);
        expect(situation.session?.data.session).toBe(underWay);
      }),
      { numRuns: 500 },
    );
  });
});
