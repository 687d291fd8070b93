import { describe, expect, it } from '@jest/globals';
import type { Batch, FollowOptions, Position } from '@chargebook/event-store';
import { writtenAs } from '../book.fixtures';
import { UnreadFacts } from './unread-facts';

const CONTENT = { unreadable: { eventId: '', stream: '', revision: 0, type: '', problem: '' } };
/** A thousand bytes of the store for each fact. */
const FACT = 1_000n;

/** A store that grows, and remembers what was read of it. */
class GrowingStore {
  read = 0;

  constructor(public facts: number) {}

  head(): Promise<Position | undefined> {
    return Promise.resolve(this.facts === 0 ? undefined : BigInt(this.facts) * FACT);
  }

  async *follow({ after = 0n, signal }: FollowOptions): AsyncGenerator<Batch> {
    for (let next = Number(after / FACT); next < this.facts && !signal.aborted;) {
      const some = Math.min(1_000, this.facts - next);
      next += some;
      this.read += some;
      const position = BigInt(next) * FACT;
      yield {
        entries: Array.from({ length: some }, () => ({
          position,
          written: writtenAs(CONTENT),
          content: CONTENT,
        })),
        position,
      };
    }
    if (!signal.aborted)
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve);
      });
  }
}

const ledgerAt = (sequence: number) => ({
  sequence,
  position: sequence === 0 ? undefined : BigInt(sequence) * FACT,
});

describe('facts that are not taken in yet', () => {
  it('are counted once, however often it is asked, as the ledger goes on and the store grows', async () => {
    const store = new GrowingStore(7_000);
    const unread = new UnreadFacts(store);
    expect(await unread.after(ledgerAt(0))).toEqual({ count: 7_000, isAll: true });
    expect(await unread.after(ledgerAt(2_500))).toEqual({ count: 4_500, isAll: true });
    store.facts = 7_300;
    expect(await unread.after(ledgerAt(7_000))).toEqual({ count: 300, isAll: true });
    expect(await unread.after(ledgerAt(7_300))).toEqual({ count: 0, isAll: true });
    expect(store.read).toBe(7_300);
  });

  it('are counted by all who ask at once together', async () => {
    const store = new GrowingStore(3_000);
    const unread = new UnreadFacts(store);
    const asked = await Promise.all(Array.from({ length: 20 }, () => unread.after(ledgerAt(1_000))));
    expect(new Set(asked.map(({ count }) => count))).toEqual(new Set([2_000]));
    expect(store.read).toBe(2_000);
  });

  it('are counted so far at once, and further when it is asked again', async () => {
    const unread = new UnreadFacts(new GrowingStore(25_000));
    expect(await unread.after(ledgerAt(0))).toEqual({ count: 10_000, isAll: false });
    expect(await unread.after(ledgerAt(4_000))).toEqual({ count: 16_000, isAll: false });
    expect(await unread.after(ledgerAt(4_000))).toEqual({ count: 21_000, isAll: true });
  });

  it('are counted from where the ledger is when it has passed what was counted, or was put back', async () => {
    const store = new GrowingStore(500);
    const unread = new UnreadFacts(store);
    expect(await unread.after(ledgerAt(100))).toEqual({ count: 400, isAll: true });
    store.facts = 2_000;
    expect(await unread.after(ledgerAt(1_500))).toEqual({ count: 500, isAll: true });
    expect(await unread.after(ledgerAt(10))).toEqual({ count: 1_990, isAll: true });
    store.facts = 50;
    expect(await unread.after(ledgerAt(10))).toEqual({ count: 40, isAll: true });
    store.facts = 0;
    expect(await unread.after(ledgerAt(0))).toEqual({ count: 0, isAll: true });
  });

  it('are all there where the store ends with what is no fact', async () => {
    const store = new GrowingStore(40);
    const unread = new UnreadFacts({
      head: () => Promise.resolve(45n * FACT),
      follow: (options) => store.follow(options),
    });
    expect(await unread.after(ledgerAt(10))).toEqual({ count: 30, isAll: true });
    expect(await unread.after(ledgerAt(40))).toEqual({ count: 0, isAll: true });
  });
});
