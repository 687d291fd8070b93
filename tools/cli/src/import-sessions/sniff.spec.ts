import { describe, expect, it } from '@jest/globals';
import { mapColumns, readMapOption } from './columns';
import { sniffDateOrder, sniffDecimalMark, sniffDelimiter } from './sniff';
import { readWrittenTime } from './wall-time';

describe('the delimiter', () => {
  it.each([
    [['a,b,c', '1,2,3'], ','],
    [['a;b;c', '1;2,5;3'], ';'],
    [['a\tb', '1\t2'], '\t'],
    [['a|b|c', '1|2,5|3,5'], '|'],
    [['a,b;c', '1;2', '3;4'], ';'],
    [['"a;b","c"', '"1;2","3"'], ','],
  ])('of %j is %j', (lines, delimiter) => {
    expect(sniffDelimiter(lines)).toBe(delimiter);
  });

  it('has to be told for a single column', () => {
    expect(() => sniffDelimiter(['a', '1'])).toThrow('--delimiter');
  });
});

describe('the order of dates', () => {
  const order = (...texts: string[]) => sniffDateOrder(texts.flatMap((text) => readWrittenTime(text) ?? []));

  it('shows in the values', () => {
    expect(order('2020-02-08 09:00')).toBe('year-first');
    expect(order('08/02/2020 09:00', '13/02/2020 09:00')).toBe('day-first');
    expect(order('02/08/2020 09:00', '02/13/2020 09:00')).toBe('month-first');
    expect(order('08.02.2020 09:00')).toBe('day-first');
    expect(order('-')).toBe('year-first');
  });

  it('has to be told where it does not, or where the values disagree', () => {
    expect(() => order('08/02/2020 09:00')).toThrow('--date-format');
    expect(() => order('13/02/2020 09:00', '02/13/2020 09:00')).toThrow('--date-format');
  });
});

describe('the decimal mark', () => {
  it.each([
    [['1.5', '2'], ',', '.'],
    [['1,5', '2'], ';', ','],
    [['12,345'], ';', ','],
    [['1.234,5'], ',', ','],
    [['1,234.5'], ';', '.'],
    [['1,234', '5.5'], ',', '.'],
    [[], ',', '.'],
  ])('of %j between %j is %j', (numbers, delimiter, mark) => {
    expect(sniffDecimalMark(numbers, delimiter)).toBe(mark);
  });

  it('has to be told where it could be either', () => {
    expect(() => sniffDecimalMark(['1,234'], ',')).toThrow('--decimal-mark');
  });
});

describe('the columns', () => {
  it('are found by their usual names, energy with its unit alone', () => {
    const header = [
      'Charge Point ID',
      'Location',
      'Start Time',
      'End Time',
      'Energy (kWh)',
      'Driver',
      'Duration',
    ];
    expect(mapColumns(header, [])).toEqual({ charger: 0, site: 1, start: 2, end: 3, energyKwh: 4 });
    expect(mapColumns(['charger', 'start', 'end', 'energy'], [])).toEqual({ charger: 0, start: 1, end: 2 });
  });

  it('are taken as told, whatever their names', () => {
    const told = readMapOption('charger=Unit, of whom,site=b,start=c,end=d,driver=e');
    expect(mapColumns(['Unit, of whom', 'b', 'c', 'd', 'e'], told)).toEqual({
      charger: 0,
      site: 1,
      start: 2,
      end: 3,
      driver: 4,
    });
  });

  it.each([
    ['charger', 'not of the form'],
    ['charger=', 'not of the form'],
    ['colour=a', 'none of charger'],
  ])('cannot be told as "%s"', (text, word) => {
    expect(() => readMapOption(text)).toThrow(word);
  });

  it('that are missing are named beside those that are there', () => {
    expect(() => mapColumns(['charger', 'start'], [])).toThrow(
      'Which column is end? Its columns are: "charger"',
    );
    expect(() => mapColumns(['a', 'start', 'end'], [['charger', 'b']])).toThrow('no column "b"');
    expect(() => mapColumns(['a', 'b'], readMapOption('charger=a,charger=b'))).toThrow('told twice');
    expect(() => mapColumns(['a', 'b'], readMapOption('energyKwh=a,energyWh=b'))).toThrow(
      'two columns for the energy',
    );
  });
});
