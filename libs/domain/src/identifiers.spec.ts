import { describe, expect, it } from '@jest/globals';
import {
  backplateStream,
  chargerStream,
  circuitStream,
  deviceStream,
  isId,
  loadStream,
  operatorStream,
  siteStream,
} from './identifiers';

describe('an id', () => {
  it.each(['a', 'Z', '0', '.', '..', '-', 'EH-1.2:3_4', 'x'.repeat(64)])('%s is one', (text) => {
    expect(isId(text)).toBe(true);
  });
  it.each(['', 'x'.repeat(65), 'a b', ' a', 'a\n', 'a/b', 'a$b', 'å', 'a\u0000', '💡', 'a,b'])(
    '%j is none',
    (text) => {
      expect(isId(text)).toBe(false);
    },
  );
});

describe('streams', () => {
  it('are named by the thing that they are about', () => {
    expect([
      siteStream('a'),
      circuitStream('a'),
      backplateStream('a'),
      chargerStream('a'),
      operatorStream('a'),
    ]).toEqual(['site-a', 'circuit-a', 'backplate-a', 'charger-a', 'operator-a']);
  });
  it('of what comes by the minute are named by the month of UTC as well', () => {
    expect(deviceStream('a', '2026-05-31T23:59:59.999Z')).toBe('device-a-2026-05');
    expect(loadStream('a', '2026-06-01T00:00:00.000Z')).toBe('load-a-2026-06');
  });
});
