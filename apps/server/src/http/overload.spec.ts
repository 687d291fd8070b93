import { beforeEach, describe, expect, it } from '@jest/globals';
import { Load } from './overload';

describe('load', () => {
  let nowMs: number;
  let load: Load;
  let underWay: object[];

  beforeEach(() => {
    nowMs = 0;
    load = new Load(() => nowMs);
    underWay = [];
  });

  /** @returns how many of those that ask are taken */
  const ask = (count: number) => {
    const taken = Array.from({ length: count }, () => ({})).filter((request) => load.take(request));
    underWay.push(...taken);
    return taken.length;
  };
  const answer = (count = underWay.length) => {
    for (const request of underWay.splice(0, count)) load.done(request);
  };
  const pass = (ms: number) => (nowMs += ms);

  it('takes a burst', () => {
    expect(ask(3_000)).toBe(64);
    answer(10);
    expect(ask(3_000)).toBe(10);
  });

  it('takes as much as can be answered soon, at the rate at which answers go out', () => {
    for (let round = 0; round < 40; round += 1) {
      ask(50);
      pass(25);
      answer();
    }
    pass(100);
    expect(ask(3_000)).toBe(390);
  });

  it('takes no burst after it was slow, until that is some time ago', () => {
    expect(ask(3_000)).toBe(64);
    pass(800);
    answer();
    expect(ask(3_000)).toBe(48);
    answer();
    pass(10_001);
    expect(ask(3_000)).toBe(64);
  });

  it('takes what it has shown that it can do, also after it was slow', () => {
    ask(1);
    pass(800);
    for (let round = 0; round < 6; round += 1) {
      answer();
      ask(100);
    }
    answer();
    // 289 were answered in that second: 58 take 0.2 s.
    expect(ask(3_000)).toBe(58);
  });

  it('does not count twice who was answered after leaving', () => {
    const request = {};
    load.take(request);
    load.done(request);
    load.done(request);
    expect(ask(3_000)).toBe(64);
  });
});
