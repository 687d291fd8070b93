import { afterEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';

import { startTemporaryPostgres } from './index';
import type { EmbeddedPostgres } from './index';

const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function query(postgres: EmbeddedPostgres, sql: string): Promise<unknown[]> {
  const client = new pg.Client(postgres.connection);
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

describe('a temporary PostgreSQL', () => {
  it('answers queries', async () => {
    const postgres = await startTemporaryPostgres();
    undo.push(() => postgres.remove());
    expect(await query(postgres, 'SELECT current_database(), 1 + 1')).toEqual(['chargebook', 2]);
  });
});
