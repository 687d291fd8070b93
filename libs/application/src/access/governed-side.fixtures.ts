import type { EventStore } from '@chargebook/event-store';
import { Vault } from '../credential/vault';
import { Recorder } from '../recording/recorder';
import { Streams } from '../recording/streams';
import { Clock } from '../write-side.fixtures';
import type { Authoriser } from './authoriser';

/** A vault that forgets everything at the end of a spec. */
export class NamesInMemory extends Vault {
  readonly names = new Map<string, string>();

  keepName(actorId: string, name: string): Promise<void> {
    this.names.set(actorId, name);
    return Promise.resolve();
  }
}

export function recorderWith(store: EventStore, authoriser: Authoriser): Recorder {
  return new Recorder(store, new Streams(store), new Clock().read, { authoriser });
}
