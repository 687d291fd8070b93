import type { Instant } from '@chargebook/domain';
import { epochMsOf } from '@chargebook/domain';
import type { EffectiveLimitAnswer, NewsItem } from '@chargebook/read-models';
import { GraphQLError } from 'graphql';
import { Inbox } from './inbox';
import type { Subscriber, Told } from './subscriber';
import { endable } from './subscriber';

/** What comes often and never touches a limit. */
const IDLE: ReadonlySet<string> = new Set(['EnergyReadingRecorded', 'SessionFiguresAmended']);
/** Who was slow is told the latest of these and not all that was in between. */
const MOST_AT_ONCE = 50;

interface Look extends Told<EffectiveLimitAnswer> {
  /** The things on whose facts the limit depends. */
  readonly things: ReadonlySet<string>;
}

/**
 * The effective limit of a charger now, and whenever it becomes another one: by what is recorded, after each command, and
 * by itself, at the instant of the change.
 */
export function limitChanges(charger: string, subscriber: Subscriber) {
  return endable(subscriber.signal, (signal) => changes(charger, subscriber, signal));
}

async function* changes(
  charger: string,
  subscriber: Subscriber,
  signal: AbortSignal,
): AsyncGenerator<Told<EffectiveLimitAnswer>, void, undefined> {
  const inbox = new Inbox<NewsItem>(signal);
  const unlisten = await subscriber.news.listen((items) => {
    inbox.add(items);
  });
  try {
    let last = await look(charger, subscriber);
    yield last;
    for (;;) {
      const wakeAt = changesBy(last.value);
      const news = await inbox.next(wakeAt == null ? Infinity : epochMsOf(wakeAt) - Date.now());
      const looks = news === 'IN_TIME' ? [{ notBefore: wakeAt }] : cutsOf(news, last.things);
      for (const each of looks) {
        const next = await look(charger, subscriber, each);
        const isNew = contentOf(next.value) !== contentOf(last.value);
        last = next;
        if (isNew) yield next;
      }
    }
  } finally {
    unlisten();
  }
}

async function look(
  charger: string,
  subscriber: Subscriber,
  at: { readonly cut?: number; readonly notBefore?: Instant } = {},
): Promise<Look> {
  const request = await subscriber.request(at);
  if ((await request.loaders.charger.load(charger)) == null)
    throw new GraphQLError(`There is no charger ${charger}.`, { extensions: { code: 'NOT_FOUND' } });
  const { limit, things } = await request.queries.limits.watched(
    charger,
    await request.asOf(),
    request.identity.now,
  );
  return { value: limit, things, request };
}

/** Where in the book the limit may have become another one: after each command that told something about these things. */
function cutsOf(news: readonly NewsItem[], things: ReadonlySet<string>): { readonly cut: number }[] {
  const touching = news.filter(
    ({ type, things: named }) => !IDLE.has(type) && named.some((thing) => things.has(thing)),
  );
  const last = touching.filter(({ commandId }, index) => touching[index + 1]?.commandId !== commandId);
  return last.slice(-MOST_AT_ONCE).map(({ sequence }) => ({ cut: sequence }));
}

/** When the answer will be another one if nothing happens. */
function changesBy({ at, nextChangeAt, sources }: EffectiveLimitAnswer): Instant | undefined {
  const ends = [nextChangeAt, ...sources.map(({ until }) => until)];
  return ends
    .filter((end): end is Instant => end != null && end > at)
    .sort()
    .at(0);
}

/** All that is told but for when it was looked at; the sentence speaks of today and tomorrow. */
function contentOf({
  at: _at,
  knownAt: _knownAt,
  explanation: _explanation,
  ...content
}: EffectiveLimitAnswer) {
  return JSON.stringify(content);
}
