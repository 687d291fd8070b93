import { randomUUID } from 'node:crypto';
import type { NewFact } from '@chargebook/domain';

/** A fact that any stream takes, with an id of its own. */
export function aFact(changes: Partial<NewFact> = {}): NewFact {
  return {
    type: 'SiteRenamed',
    data: { site: 'S1', name: 'North yard' },
    eventId: randomUUID(),
    schemaVersion: 1,
    metadata: {
      occurredAt: '2026-05-04T10:00:00.000Z',
      recordedAt: '2026-05-04T10:00:00.500Z',
      actor: { kind: 'OPERATOR', id: 'fleet-desk' },
      channel: 'CONSOLE',
      commandId: randomUUID(),
      inputHash: '0'.repeat(64),
      correlationId: 'request-1',
      causationId: 'command-1',
    },
    ...changes,
  } as NewFact;
}
