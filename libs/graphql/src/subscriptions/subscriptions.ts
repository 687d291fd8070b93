import type { HistoryPoint } from '@chargebook/read-models';
import type { ExecutionArgs, ExecutionResult } from 'graphql';
import { createSourceEventStream, execute } from 'graphql';
import { warningsFor } from '../access/warnings';
import { historyAdditions } from './history-additions';
import { limitChanges } from './limit-changes';
import type { Subscriber, Told } from './subscriber';
import { endable } from './subscriber';

type Source<Args> = (args: Args, subscriber: Subscriber) => AsyncGenerator<Told<unknown>, void, undefined>;

function field<Args>(source: Source<Args>) {
  return {
    subscribe: (_root: unknown, args: Args, subscriber: Subscriber) => source(args, subscriber),
    resolve: ({ value }: Told<unknown>) => value,
  };
}

interface HistoryAddedArgs {
  readonly axis: HistoryPoint['axis'];
  readonly id: string;
  readonly after?: string | null;
}

export const subscriptionResolvers = {
  effectiveLimitChanged: field<{ readonly charger: string }>(({ charger }, subscriber) =>
    limitChanges(charger, subscriber),
  ),
  historyAdded: field<HistoryAddedArgs>(({ axis, id, after }, subscriber) =>
    historyAdditions({ axis, id }, after == null ? undefined : Number(after), subscriber),
  ),
};

/** Subscribes; each thing that is told is answered in a request of its own, as of the book at that time. */
export async function subscribe(
  args: ExecutionArgs,
): Promise<AsyncIterable<ExecutionResult> | ExecutionResult> {
  const source = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in source)) return source;
  const told = source as AsyncGenerator<Told<unknown>, void, undefined>;
  const { signal } = args.contextValue as Subscriber;
  return endable(signal, (left) => answers(args, told, left));
}

async function* answers(
  args: ExecutionArgs,
  told: AsyncGenerator<Told<unknown>, void, undefined>,
  left: AbortSignal,
): AsyncGenerator<ExecutionResult, void, undefined> {
  const leave = () => void told.return();
  left.addEventListener('abort', leave);
  try {
    for await (const each of told) {
      const result = await execute({ ...args, contextValue: each.request, rootValue: each });
      const warned = warningsFor(each.request);
      yield warned == null ? result : { ...result, extensions: { ...result.extensions, ...warned } };
    }
    left.throwIfAborted();
  } finally {
    left.removeEventListener('abort', leave);
  }
}
