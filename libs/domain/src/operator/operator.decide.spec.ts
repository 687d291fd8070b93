import { describe, expect, it } from '@jest/globals';
import type { Entry } from '../book.fixtures';
import { late, lifeOf, moment, onlyEvent, refused } from '../book.fixtures';
import type { Moment } from '../decision';
import { operatorEvolution } from './operator';
import { decideOperator } from './operator.decide';

const REGISTERED: Entry = [
  '08:00',
  { type: 'OperatorRegistered', data: { operator: 'north', name: 'North' } },
];
const register = (id: string, name: string, entries: Entry[] = [], when = moment()) =>
  decideOperator({ type: 'registerOperator', id, name }, lifeOf(operatorEvolution, ...entries), when);

describe('registering an operator', () => {
  it('records its id and name', () => {
    const event = { type: 'OperatorRegistered', data: { operator: 'north', name: 'North' } };
    expect(onlyEvent(register('north', 'North'))).toEqual(event);
  });

  it.each<[why: string, id: string, name: string, Entry[], Moment, code: string]>([
    ['an odd id', 'north pole', 'North', [], moment(), 'INVALID_ID'],
    ['a blank name', 'north', '', [], moment(), 'INVALID_NAME'],
    ['a known id', 'north', 'North again', [REGISTERED], moment(), 'ALREADY_EXISTS'],
    ['another time than now', 'north', 'North', [], late('10:00'), 'INVALID_TIME'],
    ['the future', 'north', 'North', [], moment('13:00'), 'IN_THE_FUTURE'],
  ])('is refused for %s', (_why, id, name, entries, when, code) => {
    expect(refused(register(id, name, entries, when)).code).toBe(code);
  });
});
