import { describe, expect, it } from '@jest/globals';
import { blocksOf, drawn, newWindow, planInputOf } from './windows';

const plan = { charger: 'C', kind: 'RECURRING', enabled: true, timeZone: '' } as const;

describe('windows on a week', () => {
  it('go on on the next day where they cross midnight, from Sunday on Monday', () => {
    const blocks = blocksOf([newWindow({ days: ['SUNDAY'], start: '22:00', stop: '06:00' })]);
    expect(blocks.map(({ day, fromMinute, toMinute }) => [day, fromMinute, toMinute])).toEqual([
      [6, 1320, 1440],
      [0, 0, 360],
    ]);
  });

  it('without days lie on every day', () => {
    expect(blocksOf([newWindow({ start: '08:00', stop: '09:00' })])).toHaveLength(7);
  });

  it('are drawn in half hours, either way, and not as nothing', () => {
    expect(drawn(1, 605, 380)).toMatchObject({ days: ['TUESDAY'], start: '06:00', stop: '10:30' });
    expect(drawn(1, 0, 1440)).toBeUndefined();
    expect(drawn(1, 60, 60)).toBeUndefined();
  });
});

describe('the input of a plan', () => {
  it('keeps 0 A apart from no limit, and leaves out what is not told', () => {
    const windows = [
      newWindow({ start: '08:00', stop: '09:00', limitAmps: '0' }),
      newWindow({ start: '10:00', days: ['MONDAY'], limitAmps: '6,5' }),
    ];
    expect(planInputOf({ ...plan, windows })?.windows).toEqual([
      { start: '08:00', stop: '09:00', limitAmps: 0 },
      { start: '10:00', weekdays: ['MONDAY'], limitAmps: 6.5 },
    ]);
  });

  it('is none while a window has no beginning, or no charger is told', () => {
    expect(planInputOf({ ...plan, windows: [newWindow()] })).toBeUndefined();
    expect(planInputOf({ ...plan, windows: [] })).toBeUndefined();
    expect(planInputOf({ ...plan, charger: '', windows: [newWindow({ start: '08:00' })] })).toBeUndefined();
  });
});
