import { describe, expect, it } from '@jest/globals';
import { readMoves } from './pasted-list';

const read = (text: string) =>
  readMoves(text).map(({ charger, backplate, problem }) => [charger, backplate, problem]);

describe('a pasted list', () => {
  it('may be apart by comma, semicolon, tab or space, with any end of line', () => {
    expect(read('A,b1\r\nB;b2\rC\tb3\nD  b4\n\n')).toEqual([
      ['A', 'b1', undefined],
      ['B', 'b2', undefined],
      ['C', 'b3', undefined],
      ['D', 'b4', undefined],
    ]);
  });

  it('may begin with a byte-order mark and a heading, and quote its values', () => {
    expect(read('\uFEFFserial,backplate\n"A","b1"')).toEqual([['A', 'b1', undefined]]);
  });

  it('keeps the numbers of its lines', () => {
    expect(readMoves('serial backplate\n\nA b1').map(({ line }) => line)).toEqual([3]);
  });

  it('tells which lines are incomplete or no ids', () => {
    expect(read('A\nB#1,b2')).toEqual([
      ['A', '', 'incomplete'],
      ['B#1', 'b2', 'badId'],
    ]);
  });

  it('tells each line of a charger or a place that stands in it twice', () => {
    expect(read('A,b1\nA,b2\nC,b3\nD,b3').map(([, , problem]) => problem)).toEqual([
      'chargerTwice',
      'chargerTwice',
      'placeTwice',
      'placeTwice',
    ]);
  });
});
