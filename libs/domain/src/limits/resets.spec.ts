import { describe, expect, it } from '@jest/globals';
import type { EffectiveFact } from '../facts/lifeline';
import { factLog } from './fact-log';
import { dismountAfter, endingOf, expiryOf } from './resets';
import { Story } from './story.fixtures';

const [SIX, SEVEN, EIGHT, NINE] = ['06', '07', '08', '09'].map((hour) => `2026-05-04T${hour}:00:00.000Z`) as [
  string,
  string,
  string,
  string,
];

describe('what ends a volatile value', () => {
  it('is not a removal that was noted already', () => {
    const story = new Story();
    story.tell({ do: 'mountCharger', at: SIX, input: { charger: 'X', backplate: 'B' } });
    story.tell({ do: 'dismountCharger', at: EIGHT, input: { charger: 'X' } });
    story.tell({ do: 'dismountCharger', at: SEVEN, input: { charger: 'X' } });
    const [mounted, removed] = story.effective() as [EffectiveFact, EffectiveFact];
    const log = factLog(story.effective());
    expect(dismountAfter(log, mounted, NINE)?.metadata.occurredAt).toBe(SEVEN);
    expect(dismountAfter(log, removed, NINE)).toBeUndefined();
  });

  it('is its expiry, if that comes first or at the same instant', () => {
    const story = new Story();
    story.tell({ observe: 'POWER_LOST', at: EIGHT, charger: 'X' });
    const reset = story.effective()[0];
    expect(endingOf(reset, SEVEN, NINE)).toEqual({ by: 'EXPIRED', at: SEVEN });
    expect(endingOf(reset, EIGHT, NINE)).toEqual({ by: 'EXPIRED', at: EIGHT });
    expect(endingOf(reset, NINE, NINE)).toEqual({ by: 'POWER_LOSS', at: EIGHT });
    expect(endingOf(undefined, NINE, EIGHT)).toBeUndefined();
  });

  it('never comes by itself where it would come after all calendars', () => {
    const story = new Story();
    story.tell({ observe: 'POWER_LOST', at: EIGHT, charger: 'X' });
    const set = story.effective()[0] as EffectiveFact;
    expect(expiryOf(set, 3600)).toBe(NINE);
    expect(expiryOf(set, undefined)).toBeUndefined();
    expect(expiryOf(set, 1e12)).toBeUndefined();
    expect(expiryOf(set, Number.MAX_SAFE_INTEGER)).toBeUndefined();
  });
});
