/** Waits at most this long at a time: timers take no more. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What arrived, or why nothing did. */
export type Delivery<Item> = readonly Item[] | 'IN_TIME';

/** Collects what arrives until it is taken. */
export class Inbox<Item> {
  private items: Item[] = [];
  private wake: (() => void) | undefined;

  constructor(private readonly signal: AbortSignal) {}

  add(items: readonly Item[]): void {
    this.items.push(...items);
    this.wake?.();
  }

  /**
   * All that has arrived since it was asked last.
   *
   * @param mostMs how long to wait for something; IN_TIME when nothing came by then
   * @throws the signal's reason once that is given
   */
  async next(mostMs = Infinity): Promise<Delivery<Item>> {
    this.signal.throwIfAborted();
    if (this.items.length === 0) await this.arrival(mostMs);
    this.signal.throwIfAborted();
    const { items } = this;
    this.items = [];
    return items.length === 0 ? 'IN_TIME' : items;
  }

  private arrival(mostMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, Math.min(mostMs, LONGEST_TIMER_MS));
      const { signal } = this;
      const wake = (): void => {
        done();
      };
      this.wake = wake;
      signal.addEventListener('abort', wake);
      function done(): void {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        resolve();
      }
    });
  }
}
