import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { EmbeddedEventStoreOptions } from './embedded-eventstore';

const SCRIPT = path.join(import.meta.dirname, 'server-process.mjs');

/** What the process said: where it listens, or why it does not. */
export interface ServerGreeting {
  endpoint?: string;
  name?: string;
  code?: string;
  pid?: number;
  message?: string;
}

/** A store served by another process. */
export interface ServerProcess {
  pid: number;
  greeting: ServerGreeting;
  /** Resolves when the process is gone. */
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** Starts a process; `shellSetup` is run in its shell before, e.g. to limit what it may write. */
export async function spawnServer(
  options: EmbeddedEventStoreOptions,
  shellSetup = 'true',
): Promise<ServerProcess> {
  const command = `${shellSetup}; exec "$0" "$@"`;
  const argv = ['-c', command, process.execPath, SCRIPT, JSON.stringify(options)];
  const child = spawn('/bin/sh', argv, { stdio: ['ignore', 'pipe', 'ignore'] });
  const gone = once(child, 'exit');
  const line = await firstLine(child);
  if (line == null || child.pid == null) throw new Error('The server process ended without a word');
  return {
    pid: child.pid,
    greeting: JSON.parse(line) as ServerGreeting,
    kill: async (signal) => {
      child.kill(signal);
      await gone;
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string | undefined> {
  if (child.stdout == null) return undefined;
  for await (const line of createInterface(child.stdout)) return line;
  return undefined;
}
