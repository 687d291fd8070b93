import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Entry } from '../book.fixtures';
import { at, atMinute, fact, lifeOf, told } from '../book.fixtures';
import type { DomainEvent } from '../events';
import type { Fact } from './fact';
import type { EffectiveFact, Evolution } from './lifeline';
import { factsInEffect, Lifeline } from './lifeline';

/** A life that is the list of what took effect: nothing about order or content can hide in it. */
const diary: Evolution<readonly string[]> = {
  initial: [],
  evolve: (lines, { type, data, metadata }: EffectiveFact) => [
    ...lines,
    `${metadata.occurredAt.slice(11, 16)} ${'name' in data ? (data.name ?? '') : type}`,
  ],
};

const renamed = (name: string): DomainEvent => ({ type: 'SiteRenamed', data: { site: 'S', name } });
const retracted = (corrects: string): DomainEvent => ({ type: 'FactRetracted', data: { corrects } });
const replaced = (corrects: string, time: string, name: string): DomainEvent => ({
  type: 'FactReplaced',
  data: { corrects, occurredAt: at(time), replacement: { site: 'S', name } },
});
const diaryOf = (...entries: Entry[]) => lifeOf(diary, ...entries);

describe('the life of a thing', () => {
  it('is in order of what happened when: a late fact takes its place', () => {
    const life = diaryOf(['10:00', renamed('North')], ['12:00', renamed('Quay')], ['11:00', renamed('Yard')]);
    expect(life.head).toEqual(['10:00 North', '11:00 Yard', '12:00 Quay']);
  });

  it('has nothing before its first fact, and its initial state', () => {
    const life = diaryOf(['10:00', renamed('North')]);
    expect(life.asOf(at('09:59'))).toEqual([]);
    expect(diaryOf().asOf(at('09:59'))).toBe(diary.initial);
  });

  it('counts facts at exactly the instant that is asked for', () => {
    const life = diaryOf(['10:00', renamed('North')], ['12:00', renamed('Quay')]);
    expect(life.asOf(at('10:00'))).toEqual(['10:00 North']);
    expect(life.asOf('2026-05-04T11:59:59.999Z')).toEqual(['10:00 North']);
    expect(life.asOf(at('12:00'))).toEqual(['10:00 North', '12:00 Quay']);
  });

  it('keeps all that was recorded, as it was recorded', () => {
    const facts = told(
      ['10:00', renamed('North')],
      ['09:00', retracted('fact-1')],
      ['08:00', renamed('Yard')],
    );
    expect(Lifeline.of(diary, facts).recorded).toEqual(facts);
    expect(Lifeline.of(diary, facts.slice(0, 1)).with(facts.slice(1)).recorded).toEqual(facts);
  });

  it('is not changed by what is added to it', () => {
    const life = diaryOf(['10:00', renamed('North')]);
    life.with(told(['11:00', renamed('Quay')]));
    expect(life.head).toEqual(['10:00 North']);
  });
});

describe('corrections', () => {
  it('take a retracted fact out as if it had never been, at every instant', () => {
    const life = diaryOf(
      ['10:00', renamed('North')],
      ['11:00', renamed('Typo')],
      ['12:00', retracted('fact-2')],
    );
    expect(life.head).toEqual(['10:00 North']);
    expect(life.asOf(at('11:30'))).toEqual(['10:00 North']);
  });

  it('put a replacement at its own time', () => {
    const life = diaryOf(
      ['10:00', renamed('Typo')],
      ['11:00', renamed('Quay')],
      ['12:00', replaced('fact-1', '11:30', 'North')],
    );
    expect(life.head).toEqual(['11:00 Quay', '11:30 North']);
    expect(life.asOf(at('10:30'))).toEqual([]);
  });

  it("keep a replaced fact's place among simultaneous ones", () => {
    const life = diaryOf(
      ['10:00', renamed('Typo')],
      ['10:00', renamed('Quay')],
      ['12:00', replaced('fact-1', '10:00', 'North')],
    );
    expect(life.head).toEqual(['10:00 North', '10:00 Quay']);
  });

  it("keep a replaced fact's identity, author and count by its device", () => {
    const facts = [
      fact({ event: renamed('Typo'), at: at('10:00'), bookOrder: 1, deviceSequence: 4 }),
      fact({ event: replaced('fact-1', '09:00', 'North'), at: at('12:00'), bookOrder: 2 }),
    ];
    const [first] = facts;
    expect(factsInEffect(facts)).toEqual([
      {
        ...first,
        data: { site: 'S', name: 'North' },
        metadata: { ...first?.metadata, occurredAt: at('09:00') },
      },
    ]);
  });

  it('count once: the first correction of a fact stands', () => {
    const life = diaryOf(
      ['10:00', renamed('Typo')],
      ['12:00', replaced('fact-1', '10:00', 'North')],
      ['12:01', retracted('fact-1')],
    );
    expect(life.head).toEqual(['10:00 North']);
  });

  it('are not corrected themselves', () => {
    const life = diaryOf(
      ['10:00', renamed('Typo')],
      ['12:00', retracted('fact-1')],
      ['12:01', retracted('fact-2')],
    );
    expect(life.head).toEqual([]);
  });

  it('of a fact that is not here change nothing', () => {
    const life = diaryOf(['10:00', renamed('North')], ['12:00', retracted('fact-9')]);
    expect(life.head).toEqual(['10:00 North']);
  });
});

describe('a life that goes on', () => {
  interface Chance {
    readonly minute: number;
    readonly kind: 'told' | 'retracted' | 'replaced';
    readonly corrects: number;
    readonly deviceSequence?: number | undefined;
  }
  const chance: fc.Arbitrary<Chance> = fc.record({
    minute: fc.integer({ min: 0, max: 5 }),
    kind: fc.constantFrom('told', 'told', 'told', 'retracted', 'replaced'),
    // Of any fact, also of one that is not known yet.
    corrects: fc.integer({ min: 1, max: 12 }),
    deviceSequence: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
  });
  const history = fc.array(chance, { maxLength: 12 }).map((chances) =>
    chances.map(({ minute, kind, corrects, deviceSequence }, index): Fact => {
      const name = `name-${String(index + 1)}`;
      const target = `fact-${String(corrects)}`;
      const event =
        kind === 'told'
          ? renamed(name)
          : kind === 'retracted'
            ? retracted(target)
            : replaced(target, atMinute(minute), name);
      return fact({ event, at: atMinute(minute), bookOrder: index + 1, deviceSequence });
    }),
  );

  it('is the same whether its facts come at once, one by one or in parts', () => {
    fc.assert(
      fc.property(history, fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 4 }), (facts, cuts) => {
        const atOnce = Lifeline.of(diary, facts);
        const oneByOne = facts.reduce((life, next) => life.with([next]), Lifeline.of(diary, []));
        const ends = [...cuts, facts.length].sort((a, b) => a - b);
        const inParts = ends.reduce(
          (life, end) => life.with(facts.slice(life.recorded.length, end)),
          Lifeline.of(diary, []),
        );
        for (const life of [oneByOne, inParts]) {
          expect(life.recorded).toEqual(atOnce.recorded);
          expect(life.facts).toEqual(atOnce.facts);
          expect(life.head).toEqual(atOnce.head);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('has at each instant the state that the facts up to then make', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 0, max: 6 }), (facts, minute) => {
        const life = Lifeline.of(diary, facts);
        const until = factsInEffect(facts).filter(({ metadata }) => metadata.occurredAt <= atMinute(minute));
        expect(life.asOf(atMinute(minute))).toEqual(
          until.reduce((lines, next) => diary.evolve(lines, next), diary.initial),
        );
      }),
    );
  });
});
