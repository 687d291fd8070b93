import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedEventStore } from '@chargebook/embedded-eventstore';
import { eventStoreContract } from './event-store.contract';
import { connectEventStore } from './eventstoredb';

eventStoreContract('the embedded server', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'chargebook-contract-'));
  const server = await startEmbeddedEventStore({ directory });
  const store = connectEventStore({ endpoint: server.endpoint });
  return {
    store,
    async stop() {
      await store.close();
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
});
