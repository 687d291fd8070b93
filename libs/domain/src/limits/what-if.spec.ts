import { describe, expect, it } from '@jest/globals';
import type { EffectiveLimit } from './effective-limit';
import { effectiveLimit } from './effective-limit';
import { Story } from './story.fixtures';
import type { Supposition } from './what-if';
import { suppose } from './what-if';

const SET_UP = '2026-01-01T00:00:00.000Z';
const NINE = '2026-05-04T09:00:00.000Z';
const TEN = '2026-05-04T10:00:00.000Z';

/** X and Y on the circuit C, X on the primary; a place on a circuit of 10 A, and one in another zone. */
function harbour(): Story {
  const story = new Story();
  const tell = (name: string, input: Record<string, unknown>) => {
    story.tell({ do: name, at: SET_UP, input });
  };
  tell('registerSite', { id: 'S', name: 'Harbour', timeZone: 'Europe/Oslo', ratedCurrentAmps: 63 });
  tell('addCircuit', { id: 'C', site: 'S', fuseRatingAmps: 32 });
  tell('addCircuit', { id: 'D', site: 'S', fuseRatingAmps: 10 });
  tell('installBackplate', { id: 'B1', circuit: 'C' });
  tell('installBackplate', { id: 'B2', circuit: 'C' });
  tell('installBackplate', { id: 'B3', circuit: 'D' });
  tell('registerCharger', { serial: 'X', ratedCurrentAmps: 32 });
  tell('registerCharger', { serial: 'Y', ratedCurrentAmps: 32 });
  tell('mountCharger', { charger: 'X', backplate: 'B1' });
  tell('mountCharger', { charger: 'Y', backplate: 'B2' });
  tell('designatePrimaryBackplate', { circuit: 'C', backplate: 'B1' });
  story.tell({ do: 'setDynamicCircuitCurrent', at: NINE, input: { circuit: 'C', amps: perPhase(20) } });
  return story;
}

function perPhase(amps: number) {
  return { l1: amps, l2: amps, l3: amps };
}

function limitIf(story: Story, ...suppositions: Supposition[]): EffectiveLimit {
  const known = suppose(suppositions, story.knowledgeOf('X'), TEN);
  if ('refused' in known) throw new Error(known.message);
  return effectiveLimit(known, TEN);
}

const window = { start: '22:00', stop: '06:00' };

describe('a limit with changes that are only thought of', () => {
  it.each<[why: string, supposition: Supposition, amps: number]>([
    ['the fuse of its circuit', { type: 'setCircuitFuseRating', circuit: 'C', amps: 16 }, 16],
    ['the main fuse', { type: 'setSiteRatedCurrent', site: 'S', amps: 13 }, 13],
    ['what the circuit is allowed', { type: 'setMaxCircuitCurrent', circuit: 'C', amps: perPhase(12) }, 12],
    ['the dynamic current', { type: 'setDynamicCircuitCurrent', circuit: 'C', amps: perPhase(9) }, 9],
    ['the same by its carrier', { type: 'setDynamicCircuitCurrent', charger: 'X', amps: perPhase(8) }, 8],
    ['its own maximum', { type: 'setMaxChargerCurrent', charger: 'X', amps: 11 }, 11],
    ['its dynamic current', { type: 'setDynamicChargerCurrent', charger: 'X', amps: 7 }, 7],
    [
      'a plan that is closed',
      { type: 'setChargePlan', charger: 'X', kind: 'RECURRING', windows: [window] },
      0,
    ],
    ['another place', { type: 'relocateCharger', charger: 'X', backplate: 'B3' }, 10],
    ['a rating of another circuit', { type: 'setCircuitFuseRating', circuit: 'D', amps: 6 }, 20],
  ])('follows %s', (_why, supposition, amps) => {
    const story = harbour();
    const recorded = story.recorded.length;
    expect(limitIf(story, supposition).amps).toBe(amps);
    expect(story.recorded).toHaveLength(recorded);
  });

  it('sees each change with those before it', () => {
    const limit = limitIf(
      harbour(),
      { type: 'relocateCharger', charger: 'Y', backplate: 'B3' },
      { type: 'relocateCharger', charger: 'X', backplate: 'B2' },
    );
    // Off the primary its dismount has unset what it carried.
    expect([limit.amps, limit.binding]).toEqual([32, ['CIRCUIT_FUSE', 'CHARGER_RATED']]);
    expect(limit.sources).toContainEqual(
      expect.objectContaining({ kind: 'DYNAMIC_CIRCUIT', inForce: false, endedBy: 'DISMOUNTED' }),
    );
  });

  it('names nobody as the one who set it', () => {
    const limit = limitIf(harbour(), { type: 'setMaxChargerCurrent', charger: 'X', amps: 11 });
    expect(limit.sources.find(({ kind }) => kind === 'MAX_CHARGER')?.setBy).toEqual({
      kind: 'SYSTEM',
      id: 'what-if',
    });
  });

  it.each<[code: string, supposition: Supposition]>([
    ['BACKPLATE_OCCUPIED', { type: 'relocateCharger', charger: 'X', backplate: 'B2' }],
    ['NOT_FOUND', { type: 'relocateCharger', charger: 'X', backplate: 'nowhere' }],
    ['NO_PRIMARY', { type: 'setDynamicCircuitCurrent', circuit: 'D', amps: perPhase(8) }],
    ['NOT_PRIMARY', { type: 'setDynamicCircuitCurrent', charger: 'Y', amps: perPhase(8) }],
    ['OUT_OF_RANGE', { type: 'setDynamicCircuitCurrent', amps: perPhase(8) }],
    ['INVALID_AMPS', { type: 'setMaxChargerCurrent', charger: 'X', amps: -1 }],
    ['INVALID_PLAN', { type: 'setChargePlan', charger: 'X', kind: 'RECURRING', windows: [] }],
    ['NOT_FOUND', { type: 'setSiteRatedCurrent', site: 'elsewhere', amps: 10 }],
  ])('is refused as the command would be: %s', (code, supposition) => {
    expect(suppose([supposition], harbour().knowledgeOf('X'), TEN)).toMatchObject({ refused: true, code });
  });
});
