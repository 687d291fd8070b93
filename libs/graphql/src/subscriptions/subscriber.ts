import type { Instant } from '@chargebook/domain';
import type { NewsItem } from '@chargebook/read-models';
import { RequestContext } from '../request/request-context';

/** Where it is told what is added to the book. */
export interface NewsSource {
  listen(listener: (items: readonly NewsItem[]) => void): Promise<() => void>;
}

/** Something that is told, with the request in which its fields are answered. */
export interface Told<Value> {
  readonly value: Value;
  readonly request: RequestContext;
}

/** Who listens on a connection: identified anew for each thing that is told. */
export class Subscriber {
  constructor(
    readonly news: NewsSource,
    /** Throws where the credential is no longer good for anything. */
    private readonly identify: () => Promise<RequestContext>,
    /** Ends all that the connection listens to; its reason is told. */
    readonly signal: AbortSignal,
  ) {}

  /**
   * A request of now, or of an instant that is about to come.
   *
   * @param cut the sequence up to which the book is looked at; all that can be read unless told
   */
  async request(look: { readonly cut?: number; readonly notBefore?: Instant } = {}): Promise<RequestContext> {
    const { queries, identity } = await this.identify();
    const { cut, notBefore } = look;
    const now = notBefore != null && notBefore > identity.now ? notBefore : identity.now;
    return new RequestContext(queries, { ...identity, now, head: cut ?? (await queries.book.head()) });
  }
}

/** A source of a subscription that ends at once when nobody wants it any more, whatever it waits for. */
export function endable<Value>(
  signal: AbortSignal,
  run: (signal: AbortSignal) => AsyncGenerator<Value, void, undefined>,
): AsyncGenerator<Value, void, undefined> {
  const left = new AbortController();
  const source = run(AbortSignal.any([signal, left.signal]));
  const untilLeft = async (step: Promise<IteratorResult<Value, void>>) => {
    try {
      return await step;
    } catch (error) {
      if (left.signal.aborted) return { done: true, value: undefined } as const;
      throw error;
    }
  };
  return {
    next: () => untilLeft(source.next()),
    return: () => {
      left.abort();
      return untilLeft(source.return());
    },
    throw: (error: unknown) => source.throw(error),
    [Symbol.asyncIterator]() {
      return this;
    },
    [Symbol.asyncDispose]: async () => {
      left.abort();
      await untilLeft(source.return());
    },
  };
}
