import { describe, it } from '@jest/globals';
import { eventStoreContract } from './event-store.contract';
import { connectEventStore } from './eventstoredb';

const connectionString = process.env['EVENTSTORE_URL'];

if (connectionString == null) {
  describe('the event store contract: the store of EVENTSTORE_URL', () => {
    it('is not tried: no EVENTSTORE_URL is set', () => {
      process.stdout.write('EVENTSTORE_URL is not set: the contract runs against the embedded server only\n');
    });
  });
} else {
  eventStoreContract('the store of EVENTSTORE_URL', () => {
    const store = connectEventStore({ connectionString });
    return Promise.resolve({ store, stop: () => store.close() });
  });
}
