// The store as the program uses it: its own adapter on top of the client's connection.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { NewFact } from '@chargebook/domain';
import { startEmbeddedEventStore } from '@chargebook/embedded-eventstore';
import { connectEventStore, type EventStore } from '@chargebook/event-store';
import type { Subject } from './event-store-subjects';

const AN_INSTANT = '2026-01-06T20:30:00.120Z';

/** A fact of about the size of the other subjects' events. */
function aFact(): NewFact {
  const fact = {
    type: 'SiteRenamed',
    data: { site: 'a3f0c0de', name: 'x'.repeat(100) },
    eventId: randomUUID(),
    schemaVersion: 1,
    metadata: {
      occurredAt: AN_INSTANT,
      recordedAt: AN_INSTANT,
      actor: { kind: 'OPERATOR', id: 'fleet-desk' },
      channel: 'CONSOLE',
      commandId: randomUUID(),
      inputHash: '0'.repeat(64),
      correlationId: 'request-1',
      causationId: 'command-1',
    },
  };
  return fact as NewFact;
}

/** Appends facts to streams of which it knows the revisions, as the program does. */
export function appender(store: EventStore): (stream: string, events: number) => Promise<void> {
  const revisions = new Map<string, number>();
  return async (stream, events) => {
    const facts = Array.from({ length: events }, aFact);
    const { revision } = await store.append(stream, facts, revisions.get(stream) ?? 'NO_STREAM');
    revisions.set(stream, revision);
  };
}

export async function overTheAdapter(): Promise<Subject> {
  const directory = await mkdtemp(path.join(tmpdir(), 'chargebook-bench-'));
  const server = await startEmbeddedEventStore({ directory });
  const store = connectEventStore({ endpoint: server.endpoint });
  const append = appender(store);
  let appended = 0;
  return {
    name: "over the program's own adapter",
    append: async (writer, events) => {
      await append(`charger-${String(writer)}`, events);
      appended += events;
    },
    catchUp: async () => {
      let seen = 0;
      for await (const { entries } of store.follow({
        signal: new AbortController().signal,
        batchSize: 20_000,
      })) {
        seen += entries.filter(({ content }) => 'fact' in content).length;
        if (seen >= appended) break;
      }
      return seen;
    },
    close: async () => {
      await store.close();
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
