import type { HistoryPoint, NewsItem } from '@chargebook/read-models';
import type { EntrySource } from '../history/entry';
import { ledgerEntry } from '../history/entry';
import type { RequestContext } from '../request/request-context';
import { Inbox } from './inbox';
import type { Subscriber, Told } from './subscriber';
import { endable } from './subscriber';

/**
 * The entries of a thing's history in the order in which the book learns them: from the newest on, or all after a
 * sequence.
 */
export function historyAdditions(point: HistoryPoint, after: number | undefined, subscriber: Subscriber) {
  return endable(subscriber.signal, (signal) => additions(point, after, subscriber, signal));
}

async function* additions(
  point: HistoryPoint,
  after: number | undefined,
  subscriber: Subscriber,
  signal: AbortSignal,
): AsyncGenerator<Told<EntrySource>, void, undefined> {
  const inbox = new Inbox<NewsItem>(signal);
  const unlisten = await subscriber.news.listen((items) => {
    inbox.add(items);
  });
  try {
    let request = await subscriber.request();
    let told = after ?? (await request.cut());
    if (after == null) {
      const newest = await request.queries.history.page(point, { newestFirst: true }, told, { first: 1 });
      for (const { node } of newest.edges) yield { value: ledgerEntry(node), request };
    }
    for (;;) {
      for await (const entry of entriesAfter(point, told, request)) {
        signal.throwIfAborted();
        yield { value: entry, request };
      }
      told = Math.max(told, await request.cut());
      await inbox.next();
      request = await subscriber.request();
    }
  } finally {
    unlisten();
  }
}

async function* entriesAfter(
  point: HistoryPoint,
  after: number,
  request: RequestContext,
): AsyncGenerator<EntrySource, void, undefined> {
  const cut = await request.cut();
  for (let told = after; told < cut;) {
    const { facts, upTo } = await request.queries.history.recordedAfter(point, told, cut);
    yield* facts.map(ledgerEntry);
    told = upTo;
  }
}
