import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Book, WriteSide } from '../write-side.fixtures';
import { eventsOf, nodeOn, startBook, verdictOn } from '../write-side.fixtures';
import { anId } from '../yard.fixtures';

let book: Book;
let node: WriteSide;

beforeAll(async () => {
  book = await startBook();
  node = nodeOn(book.store);
});
afterAll(async () => {
  await book.stop();
});

describe('registerOperator', () => {
  it('puts an operator on record, once', async () => {
    const id = anId('O');
    const outcome = await node.operator({ type: 'registerOperator', id, name: 'Harbour office' });

    expect(eventsOf(outcome)).toEqual([
      { type: 'OperatorRegistered', data: { operator: id, name: 'Harbour office' } },
    ]);
    const again = await node.operator({ type: 'registerOperator', id, name: 'Harbour office' });
    expect(verdictOn(again)).toBe('ALREADY_EXISTS');
  });

  it.each([
    ['x'.repeat(65), 'A name', 'INVALID_ID'],
    ['', 'A name', 'INVALID_ID'],
    ['a b', 'A name', 'INVALID_ID'],
    ['Ø', 'A name', 'INVALID_ID'],
    ['O-unnamed', ' ', 'INVALID_NAME'],
  ])('refuses "%s" named "%s": %s', async (id, name, code) => {
    expect(verdictOn(await node.operator({ type: 'registerOperator', id, name }))).toBe(code);
  });

  it('happens when it is told', async () => {
    const command = { type: 'registerOperator', id: anId('O'), name: 'Quay' } as const;
    expect(verdictOn(await node.operator(command, { occurredAt: '2026-05-01T00:00:00.000Z' }))).toBe(
      'INVALID_TIME',
    );
  });
});
