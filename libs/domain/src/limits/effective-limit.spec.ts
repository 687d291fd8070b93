import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LOWEST_CHARGING_AMPS } from '../amps';
import type { EffectiveFact } from '../facts/lifeline';
import { effectiveLimit } from './effective-limit';
import { factsThatMatter } from './facts-that-matter.fixtures';
import { CHARGERS, history, instant } from './history.fixtures';
import { PlayedThrough } from './played-through.fixtures';
import { knowledgeFrom } from './story.fixtures';

const charger = fc.constantFrom(...CHARGERS);
const RUNS = { numRuns: 200 };

describe('the effective limit of any history', () => {
  it('has in force what the units would have kept', () => {
    fc.assert(
      fc.property(history, charger, instant, (story, serial, at) => {
        const answer = effectiveLimit(story.knowledgeOf(serial), at);
        const played = new PlayedThrough(story.effective(), at);
        const amps = (kind: string, ofId: string) =>
          answer.sources.find((source) => source.kind === kind && source.ofId === ofId && source.inForce)
            ?.amps;
        if (answer.behaviour === 'NOT_MOUNTED') return;
        expect(answer.behaviour !== 'NO_CAR').toBe(played.hasCar(serial));
        expect(amps('DYNAMIC_CHARGER', serial)?.l1).toEqual(played.dynamicCharger(serial));
        const circuits = answer.sources.flatMap(({ axis, ofId }) => (axis === 'CIRCUIT' ? [ofId] : []));
        for (const circuit of new Set(circuits)) {
          expect(amps('DYNAMIC_CIRCUIT', circuit)).toEqual(played.dynamicCircuit(circuit));
          expect(amps('OFFLINE_FALLBACK', circuit)).toEqual(played.fallback(circuit));
        }
        const plan = answer.sources.find(({ kind }) => kind === 'CHARGE_PLAN');
        if (plan?.endedBy === 'OVERRIDDEN') expect(played.isOverridden(serial)).toBe(true);
        if (plan?.inForce) expect(played.isOverridden(serial)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('is the same from the few facts that can matter', () => {
    fc.assert(
      fc.property(history, charger, instant, (story, serial, at) => {
        const knowledge = story.knowledgeOf(serial);
        expect(effectiveLimit(factsThatMatter(knowledge, at), at)).toEqual(effectiveLimit(knowledge, at));
      }),
      RUNS,
    );
  });

  it('does not depend on the order in which facts are given, nor on later facts', () => {
    fc.assert(
      fc.property(history, charger, instant, fc.infiniteStream(fc.nat()), (story, serial, at, chance) => {
        const facts = story.effective();
        const shuffled = inOrderOf(facts, chance).filter(({ metadata }) => metadata.occurredAt <= at);
        expect(effectiveLimit(knowledgeFrom(serial, shuffled), at)).toEqual(
          effectiveLimit(story.knowledgeOf(serial), at),
        );
      }),
      RUNS,
    );
  });

  it('is the lowest of what is in force on the phases in use, and bound by what equals it', () => {
    fc.assert(
      fc.property(history, charger, instant, (story, serial, at) => {
        const { amps, offeredAmps, phases, sources, binding, behaviour } = effectiveLimit(
          story.knowledgeOf(serial),
          at,
        );
        if (behaviour === 'NOT_MOUNTED') {
          expect([amps, offeredAmps, phases, binding]).toEqual([undefined, undefined, undefined, []]);
          return;
        }
        const lowest = sources
          .filter(({ inForce }) => inForce)
          .map(({ amps: { l1, l2, l3 } }) => (phases === 3 ? Math.min(l1, l2, l3) : Math.max(l1, l2, l3)));
        expect(amps ?? Infinity).toBeLessThanOrEqual(Math.min(Infinity, ...lowest));
        expect(offeredAmps).toBe(amps == null || amps >= LOWEST_CHARGING_AMPS ? amps : 0);
        const bound = sources.filter((source) => source.binding);
        expect(new Set(bound.map(({ kind }) => kind))).toEqual(new Set(binding));
        for (const { inForce, amps: each } of bound)
          expect([inForce, Object.values(each).includes(amps)]).toEqual([true, true]);
        expect(binding.length > 0).toBe(amps != null);
      }),
      RUNS,
    );
  });

  it('is never raised by a further source', () => {
    fc.assert(
      fc.property(history, charger, instant, fc.constantFrom(0, 5, 6, 13), (story, serial, at, maxAmps) => {
        const before = effectiveLimit(story.knowledgeOf(serial), at);
        if (before.sources.some(({ kind, inForce }) => kind === 'MAX_CHARGER' && inForce)) return;
        story.tell({ do: 'setMaxChargerCurrent', at, input: { charger: serial, amps: maxAmps } });
        const after = effectiveLimit(story.knowledgeOf(serial), at);
        if (after.phases === before.phases)
          expect(after.amps ?? Infinity).toBeLessThanOrEqual(before.amps ?? Infinity);
        expect(after.offeredAmps ?? Infinity).toBeLessThanOrEqual(before.offeredAmps ?? Infinity);
      }),
      RUNS,
    );
  });

  it('stays until it changes by itself, and is another one then', () => {
    fc.assert(
      fc.property(history, charger, instant, instant, (story, serial, at, later) => {
        const known = story.effective().filter(({ metadata }) => metadata.occurredAt <= at);
        const knowledge = knowledgeFrom(serial, known);
        const now = effectiveLimit(knowledge, at);
        if (now.nextChangeAt != null) {
          expect(now.nextChangeAt > at).toBe(true);
          expect(valueOf(effectiveLimit(knowledge, now.nextChangeAt))).not.toEqual(valueOf(now));
        }
        if (later > at && (now.nextChangeAt == null || later < now.nextChangeAt))
          expect(valueOf(effectiveLimit(knowledge, later))).toEqual(valueOf(now));
      }),
      RUNS,
    );
  });
});

function valueOf({ amps, offeredAmps, phases, behaviour, binding }: ReturnType<typeof effectiveLimit>) {
  return { amps, offeredAmps, phases, behaviour, binding: [...binding].sort() };
}

function inOrderOf(facts: readonly EffectiveFact[], chance: fc.Stream<number>): EffectiveFact[] {
  const keys = [...chance.take(facts.length)];
  return facts
    .map((fact, index) => ({ fact, key: keys[index] ?? 0 }))
    .sort((a, b) => a.key - b.key)
    .map(({ fact }) => fact);
}
