import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';

/** The client as it comes, without the adapter. */
export function bareClient(endpoint: string): EventStoreDBClient {
  return new EventStoreDBClient({ endpoint }, { insecure: true });
}

export const anEvent = (sizeBytes = 10) =>
  jsonEvent({ type: 'Tried', data: { text: 'x'.repeat(sizeBytes) } });

/** A process of its own, for what would end that of the tests. */
export interface Outsider {
  /** Waits for a line of its output. */
  said(line: string): Promise<void>;
  /** Lets its next `await told()` end. */
  tell(): void;
  /** Waits for its end. */
  ended(): Promise<{ readonly exitCode: number | null; readonly complaint: string }>;
  stop(): Promise<unknown>;
}

const OUTSIDER_PRELUDE = `
import { createInterface } from 'node:readline';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const told = () => input.next();
const say = (line) => console.log(line);
const bareClient = (endpoint) => new EventStoreDBClient({ endpoint }, { insecure: true });
const anEvent = (sizeBytes = 10) => jsonEvent({ type: 'Tried', data: { text: 'x'.repeat(sizeBytes) } });
`;

/** Runs a script with the bare client in a process of its own. It has `bareClient`, `anEvent`, `say` and `told`. */
export function startOutsider(script: string): Outsider {
  const process_ = spawn(process.execPath, ['--input-type=module', '-e', OUTSIDER_PRELUDE + script], {
    cwd: path.dirname(fileURLToPath(import.meta.url)),
    stdio: 'pipe',
  });
  const lines = new Set<string>();
  const output = createInterface({ input: process_.stdout });
  output.on('line', (line) => lines.add(line));
  let complaint = '';
  process_.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const end = new Promise<number | null>((resolve) => process_.on('close', resolve));
  return {
    async said(line) {
      if (lines.has(line)) return;
      await new Promise<void>((resolve, reject) => {
        output.on('line', (next) => {
          if (next === line) resolve();
        });
        end.then(() => {
          reject(new Error(`it ended before it said ${line}: ${complaint}`));
        }, reject);
      });
    },
    tell() {
      process_.stdin.write('\n');
    },
    async ended() {
      return { exitCode: await end, complaint };
    },
    stop() {
      process_.kill();
      return end;
    },
  };
}
