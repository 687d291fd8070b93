import type { WrittenEvent } from '@chargebook/event-store';

/** What a fact itself names; the axes on which it stands without looking at placements. */
export interface FactScope {
  readonly charger?: string;
  readonly backplate?: string;
  readonly circuit?: string;
  readonly site?: string;
  readonly operator?: string;
  readonly partner?: string;
}

const CHARGER_STREAM = /^(?:charger-(.+)|device-(.+)-\d{4}-\d{2})$/;
const OTHER_STREAM = /^(backplate|circuit|site|operator|partner)-(.+)$/;
const LOAD_STREAM = /^load-(.+)-\d{4}-\d{2}$/;

/**
 * What a fact names. A charger that is merely mentioned, as in a reservation of a place, does not make it one of the
 * charger's own facts.
 */
export function scopeOf({ stream, data }: { readonly stream: string; readonly data: unknown }): FactScope {
  const named = (key: string) => {
    const value = (data as Readonly<Record<string, unknown>> | null)?.[key];
    return typeof value === 'string' ? value : undefined;
  };
  const ofCharger = CHARGER_STREAM.exec(stream);
  const other = ofCharger == null ? OTHER_STREAM.exec(stream) : null;
  const own = (kind: keyof FactScope) => (other?.[1] === kind ? other[2] : undefined);
  return {
    charger: ofCharger?.[1] ?? ofCharger?.[2],
    backplate: own('backplate') ?? named('backplate'),
    circuit: own('circuit') ?? named('circuit') ?? LOAD_STREAM.exec(stream)?.[1],
    site: own('site') ?? named('site'),
    operator: own('operator') ?? named('operator'),
    partner: own('partner') ?? named('partner'),
  };
}

/**
 * The names under which a fact counts in the tree of hashes, from the event as it was written. Whatever changes here changes
 * leaves of books that exist, and breaks every checkpoint that was ever signed: it may only grow by streams that are new.
 */
export function thingsNamed(written: WrittenEvent): string[] {
  return Object.entries(scopeOf(written)).flatMap(([kind, id]) =>
    id == null ? [] : [`${kind}:${id as string}`],
  );
}
