import { describe, expect, it } from '@jest/globals';
import { circuitLimits, primaryBackplateAt } from './circuit-limits';
import { isScheduleOverridden } from './plan-source';
import { Story } from './story.fixtures';

const SET_UP = '2026-01-01T00:00:00.000Z';
const NINE = '2026-05-04T09:00:00.000Z';
const TEN = '2026-05-04T10:00:00.000Z';
const ELEVEN = '2026-05-04T11:00:00.000Z';

/** A circuit C with a fuse of 32 A, two places, and a charger X on the first one, which is primary. */
function harbour(): Story {
  const story = new Story();
  const tell = (name: string, input: Record<string, unknown>) => {
    story.tell({ do: name, at: SET_UP, input });
  };
  tell('registerSite', { id: 'S', name: 'Harbour', timeZone: 'Europe/Oslo' });
  tell('addCircuit', { id: 'C', site: 'S', fuseRatingAmps: 32 });
  tell('addCircuit', { id: 'D', site: 'S' });
  tell('installBackplate', { id: 'B1', circuit: 'C' });
  tell('installBackplate', { id: 'B2', circuit: 'C' });
  tell('registerCharger', { serial: 'X' });
  tell('mountCharger', { charger: 'X', backplate: 'B1' });
  tell('designatePrimaryBackplate', { circuit: 'C', backplate: 'B1' });
  return story;
}

describe('a circuit by itself', () => {
  it('has its own sources, also when nobody asks for a charger', () => {
    const story = harbour();
    const amps = { l1: 10, l2: 10, l3: 10 };
    story.tell({ do: 'setDynamicCircuitCurrent', at: NINE, input: { circuit: 'C', amps } });
    story.tell({ observe: 'POWER_LOST', at: ELEVEN, charger: 'X' });
    const kinds = (at: string) =>
      circuitLimits(story.knowledgeOf('X'), 'C', at).map(({ kind, endedBy }) => [kind, endedBy]);
    expect(kinds(SET_UP)).toEqual([['CIRCUIT_FUSE', undefined]]);
    expect(kinds(TEN)).toEqual([
      ['CIRCUIT_FUSE', undefined],
      ['DYNAMIC_CIRCUIT', undefined],
    ]);
    expect(kinds(ELEVEN)).toEqual([
      ['CIRCUIT_FUSE', undefined],
      ['DYNAMIC_CIRCUIT', 'POWER_LOSS'],
    ]);
  });

  it('has the backplate as primary that was designated last, while it stays', () => {
    const story = harbour();
    story.tell({ do: 'designatePrimaryBackplate', at: NINE, input: { circuit: 'C', backplate: 'B2' } });
    story.tell({ do: 'rewireBackplate', at: TEN, input: { backplate: 'B2', circuit: 'D' } });
    story.tell({ do: 'rewireBackplate', at: ELEVEN, input: { backplate: 'B2', circuit: 'C' } });
    const primaries = [SET_UP, NINE, TEN, ELEVEN].map((at) =>
      primaryBackplateAt(story.knowledgeOf('X'), 'C', at),
    );
    expect(primaries).toEqual(['B1', 'B2', undefined, undefined]);
    expect(primaryBackplateAt(story.knowledgeOf('X'), 'D', ELEVEN)).toBeUndefined();
  });
});

describe('an override', () => {
  it('lasts as long as the session', () => {
    const story = harbour();
    story.tell({ observe: 'CAR_CONNECTED', at: NINE, charger: 'X' });
    story.tell({ do: 'overrideSchedule', at: TEN, input: { charger: 'X' } });
    story.tell({ observe: 'CAR_DISCONNECTED', at: ELEVEN, charger: 'X' });
    const overridden = [NINE, TEN, ELEVEN].map((at) => isScheduleOverridden(story.knowledgeOf('X'), at));
    expect(overridden).toEqual([false, true, false]);
  });
});
