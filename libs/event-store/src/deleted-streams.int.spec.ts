import { describe, expect, it } from '@jest/globals';
import { startEmbeddedEventStore } from '@chargebook/embedded-eventstore';
import { faultOf } from './conditions.fixtures';
import { DisturbedStore } from './disturbed-store.fixtures';
import { aFact } from './envelope.fixtures';
import { WrongExpectedRevisionError } from './event-store';
import { following } from './following.fixtures';

const ground = new DisturbedStore((directory) => startEmbeddedEventStore({ directory }));

describe('an empty store', () => {
  it('has no head, and nothing to follow until the first fact', async () => {
    expect(await ground.witness.head()).toBeUndefined();
    const follower = following(ground.witness, {});

    const { position } = await ground.witness.append(ground.aStream(), [aFact()], 'NO_STREAM');

    expect(await follower.until((entries) => entries.length === 1)).toMatchObject([{ position }]);
    await follower.end();
  });
});

/** The book deletes nothing; others who have the store could. */
describe('a stream that somebody deleted', () => {
  it('reads as none', async () => {
    const stream = ground.aStream();
    await ground.witness.append(stream, [aFact()], 'NO_STREAM');
    const client = await ground.aBareClient(ground.endpoint);

    await client.deleteStream(stream);

    expect(await ground.witness.read(stream)).toStrictEqual([]);
  });

  it('reads as none and takes nothing more when it was deleted for ever', async () => {
    const stream = ground.aStream();
    await ground.witness.append(stream, [aFact()], 'NO_STREAM');
    const client = await ground.aBareClient(ground.endpoint);

    await client.tombstoneStream(stream);

    expect(await ground.witness.read(stream)).toStrictEqual([]);
    for (const expected of ['NO_STREAM', 0] as const) {
      expect(await faultOf(ground.witness.append(stream, [aFact()], expected))).toBeInstanceOf(
        WrongExpectedRevisionError,
      );
    }
  });
});
