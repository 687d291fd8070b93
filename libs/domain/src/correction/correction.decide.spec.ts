import { describe, expect, it } from '@jest/globals';
import { backplateEvolution } from '../backplate/backplate';
import { at, fact, moment } from '../book.fixtures';
import { chargerEvolution } from '../charger/charger';
import type { DomainEvent } from '../events';
import { chargerRegistered, installed } from '../events.fixtures';
import type { Fact } from '../facts/fact';
import { Lifeline } from '../facts/lifeline';
import type { ChargerCorrectionKnowledge } from './correction.decide';
import { decideBackplateCorrection, decideChargerCorrection, placeGained } from './correction.decide';
import type { CorrectionCommand, Proposal } from './proposal';
import { proposeCorrection } from './proposal';

const mounted = (backplate: string): DomainEvent => ({
  type: 'ChargerMounted',
  data: { charger: 'C', backplate },
});
const dismounted = (backplate: string): DomainEvent => ({
  type: 'ChargerDismounted',
  data: { charger: 'C', backplate, destination: 'STORE' },
});

type Entry = readonly [time: string, event: DomainEvent];

/** Facts told in order, each with its number as its id: `fact-2` is the second. */
function told(...entries: Entry[]): Fact[] {
  return entries.map(([time, event], index) => fact({ event, at: at(time), bookOrder: index + 1 }));
}

const life = (...entries: Entry[]) =>
  Lifeline.of(chargerEvolution, told(['06:00', chargerRegistered({ charger: 'C' })], ...entries));

function proposal(command: Partial<CorrectionCommand>, recorded: readonly Fact[]): Proposal {
  const proposed = proposeCorrection(
    { type: 'correctFact', eventId: '', reason: 'mistaken', ...command },
    recorded,
    moment(),
  );
  if (!('wrong' in proposed)) throw new Error(JSON.stringify(proposed));
  return proposed;
}

describe('what a correction says', () => {
  it('is a retraction where nothing is put in the fact’s place', () => {
    const { recorded } = life(['08:00', mounted('P')]);
    expect(proposal({ eventId: 'fact-2' }, recorded).event).toEqual({
      type: 'FactRetracted',
      data: { corrects: 'fact-2' },
    });
  });

  it('is a replacement in full: what was not told wrongly stays', () => {
    const { recorded } = life(['08:00', dismounted('P')]);
    const replaced = proposal({ eventId: 'fact-2', replacementData: { destination: 'REPAIR' } }, recorded);
    expect(replaced.event).toEqual({
      type: 'FactReplaced',
      data: {
        corrects: 'fact-2',
        occurredAt: at('08:00'),
        replacement: { charger: 'C', backplate: 'P', destination: 'REPAIR' },
      },
    });
  });

  it('holds a plan’s windows to the rules of plans', () => {
    const plan: DomainEvent = {
      type: 'ChargePlanSet',
      data: {
        charger: 'C',
        kind: 'RECURRING',
        timeZone: 'Europe/Oslo',
        enabled: true,
        windows: [{ weekdays: [], start: '22:00', stop: '06:00' }],
      },
    };
    const { recorded } = life(['08:00', plan]);
    const propose = (windows: unknown) =>
      proposeCorrection(
        { type: 'correctFact', eventId: 'fact-2', reason: 'mistaken', replacementData: { windows } },
        recorded,
        moment(),
      );
    expect(propose([{ start: '22:00', stop: '22:00' }])).toMatchObject({ code: 'INVALID_PLAN' });
    expect(propose([{ start: '23:00' }])).toMatchObject({ code: 'INVALID_PLAN' });
    expect(propose([{ start: 23 }])).toMatchObject({ code: 'INVALID_REPLACEMENT' });
    expect(propose([{ start: '23:00', stop: '05:00', weekdays: ['FUNDAY'] }])).toMatchObject({
      code: 'INVALID_REPLACEMENT',
    });
    expect(propose([{ start: '23:00', stop: '05:00' }])).toMatchObject({
      event: { data: { replacement: { windows: [{ start: '23:00', stop: '05:00', weekdays: [] }] } } },
    });
  });
});

describe('a corrected stay', () => {
  const decide = (
    charger: ReturnType<typeof life>,
    command: Partial<CorrectionCommand>,
    known: Partial<ChargerCorrectionKnowledge> = {},
  ) =>
    decideChargerCorrection(
      proposal(command, charger.recorded),
      {
        charger,
        backplate: Lifeline.of(backplateEvolution, told(['06:00', installed('Q')])),
        othersThere: [],
        ...known,
      },
      moment(),
    );

  it('gains the place that it did not have, and says so', () => {
    const charger = life(['08:00', mounted('P')]);
    const command = { eventId: 'fact-2', replacementData: { backplate: 'Q' } };
    expect(placeGained(proposal(command, charger.recorded), charger, moment())).toMatchObject({
      backplate: 'Q',
      from: at('08:00'),
    });
    const decision = decide(charger, command);
    expect(decision).toMatchObject({
      gained: [{ backplate: 'Q' }],
      notices: [{ code: 'PLACEMENT_CHANGES' }],
    });
  });

  it('gains nothing by being shorter', () => {
    const charger = life(['08:00', mounted('P')], ['10:00', dismounted('P')]);
    const shorter = decide(charger, { eventId: 'fact-3', replacementOccurredAt: at('09:00') });
    expect(shorter).toMatchObject({ gained: [] });
  });

  it('is refused where another one hangs', () => {
    const charger = life(['08:00', mounted('P')], ['10:00', dismounted('P')]);
    const [mount] = told(['11:00', mounted('P')]);
    const stay = { charger: 'D', backplate: 'P', from: at('11:00'), mountedBy: mount as never };
    const backplate = Lifeline.of(backplateEvolution, told(['06:00', installed('P')]));
    const longer = decide(charger, { eventId: 'fact-3' }, { othersThere: [stay], backplate });
    expect(longer).toMatchObject({ code: 'PLACEMENT_OVERLAP', details: { charger: 'D' } });
  });

  it('is refused where the charger hung elsewhere', () => {
    const charger = life(['08:00', mounted('P')], ['10:00', dismounted('P')], ['10:00', mounted('Q')]);
    expect(decide(charger, { eventId: 'fact-3' })).toMatchObject({ code: 'PLACEMENT_OVERLAP' });
  });

  it('is refused where it would go beyond the charger’s end', () => {
    const charger = life(
      ['08:00', mounted('P')],
      ['10:00', dismounted('P')],
      ['11:00', { type: 'ChargerRetired', data: { charger: 'C' } }],
    );
    expect(decide(charger, { eventId: 'fact-3' })).toMatchObject({ code: 'PLACEMENT_OVERLAP' });
  });
});

describe('a corrected backplate', () => {
  const recorded = told(
    ['06:00', installed('P')],
    ['12:00', { type: 'BackplateRemoved', data: { backplate: 'P' } }],
  );
  const backplate = Lifeline.of(backplateEvolution, recorded);
  const stay = {
    charger: 'C',
    backplate: 'P',
    from: at('08:00'),
    until: at('10:00'),
    mountedBy: told(['08:00', mounted('P')])[0] as never,
  };

  it.each<[time: string, code: string | undefined]>([
    ['09:59', 'PLACEMENT_OVERLAP'],
    ['10:00', undefined],
  ])('was not removed at %s while a charger hung there: %s', (time, code) => {
    const command = { eventId: 'fact-2', replacementOccurredAt: at(time) };
    const decision = decideBackplateCorrection(
      proposal(command, recorded),
      { backplate, stays: [stay] },
      moment(),
    );
    expect('code' in decision ? decision.code : undefined).toBe(code);
  });
});
