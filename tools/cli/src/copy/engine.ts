import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { EventStoreInUseError, startEmbeddedEventStore } from '@chargebook/embedded-eventstore';
import type { EventStoreAddress } from '@chargebook/event-store';
import { Failure } from '../failures';

/** An event store that is within reach, and what lets it go. */
export interface Engine {
  readonly address: EventStoreAddress;
  close(): Promise<void>;
}

const CONNECTION_STRING = /^(esdb|kurrentdb)(\+discover)?:\/\//;
const SOCKET = /^unix:/;

/**
 * The store at an address that was typed. One in a data directory is started here, or reached where its server has it.
 *
 * @throws Failure, EmbeddedEventStoreError
 */
export async function openSource(typed: string): Promise<Engine> {
  const elsewhere = engineElsewhere(typed);
  if (elsewhere != null) return elsewhere;
  const directory = eventsIn(typed);
  if (!existsSync(directory)) throw new Failure(`There is no book in ${typed}.`);
  try {
    return await startIn(directory);
  } catch (error) {
    if (!(error instanceof EventStoreInUseError)) throw error;
    const endpoint = await announcedEndpoint(typed);
    if (endpoint == null) throw error;
    return { address: { endpoint }, close: () => Promise.resolve() };
  }
}

/**
 * The store at an address that was typed; in a data directory it is started here, and made when it is not there.
 *
 * @throws Failure where a server runs on the data directory; EmbeddedEventStoreError
 */
export async function openTarget(typed: string): Promise<Engine> {
  const elsewhere = engineElsewhere(typed);
  if (elsewhere != null) return elsewhere;
  try {
    return await startIn(eventsIn(typed));
  } catch (error) {
    if (!(error instanceof EventStoreInUseError)) throw error;
    const process = error.pid == null ? '' : ` (process ${String(error.pid)})`;
    throw new Failure(`A server runs on ${typed}${process}: stop it first.`);
  }
}

function engineElsewhere(typed: string): Engine | undefined {
  const close = () => Promise.resolve();
  if (CONNECTION_STRING.test(typed)) return { address: { connectionString: typed }, close };
  return SOCKET.test(typed) ? { address: { endpoint: typed }, close } : undefined;
}

/** Where a server keeps the events of a data directory. */
function eventsIn(dataDirectory: string): string {
  return path.join(dataDirectory, 'events');
}

async function startIn(directory: string): Promise<Engine> {
  const engine = await startEmbeddedEventStore({ directory, isAppendOnly: true });
  return { address: { endpoint: engine.endpoint }, close: () => engine.stop() };
}

/** Where the server of a data directory says that its event store answers. */
async function announcedEndpoint(dataDirectory: string): Promise<string | undefined> {
  try {
    const text = await readFile(path.join(dataDirectory, 'engines.json'), 'utf8');
    return (JSON.parse(text) as { eventStore?: { endpoint?: string } }).eventStore?.endpoint;
  } catch {
    return undefined;
  }
}
