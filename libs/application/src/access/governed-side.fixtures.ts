import type { EventStore } from '@chargebook/event-store';
import { Recorder } from '../recording/recorder';
import { Streams } from '../recording/streams';
import { Clock } from '../write-side.fixtures';
import type { Authoriser } from './authoriser';

export function recorderWith(store: EventStore, authoriser: Authoriser): Recorder {
  return new Recorder(store, new Streams(store), new Clock().read, { authoriser });
}
