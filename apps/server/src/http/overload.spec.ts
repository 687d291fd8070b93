import { describe, expect, it } from '@jest/globals';
import { Load } from './overload';

describe('load', () => {
  it('takes a burst, and no more than can be answered soon', () => {
    let nowMs = 0;
    const load = new Load(() => nowMs);
    const taken = (asked = 3_000) => Array.from({ length: asked }, () => load.take()).filter(Boolean).length;
    expect(taken()).toBe(200);
    for (let count = 0; count < 200; count += 1) load.done();
    nowMs = 500;
    for (let round = 0; round < 9; round += 1) {
      taken(200);
      for (let count = 0; count < 200; count += 1) load.done();
    }
    // 2,000 were answered in the first second: so many are that 0.7 s suffice.
    nowMs = 1_100;
    expect(taken()).toBe(1_400);
    // And when nothing goes out for two seconds, only the burst is left.
    for (let count = 0; count < 1_400; count += 1) load.done();
    nowMs = 4_000;
    expect(taken()).toBe(200);
  });
});
