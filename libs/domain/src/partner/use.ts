import type { UseCount } from './partner';

/** What a partner did to one asset on one day, and what is unusual about it. */
export interface PartnerUse extends UseCount {
  readonly day: string;
  readonly unusual: readonly UnusualUse[];
}

export type UnusualUse = 'SUDDEN_VOLUME' | 'NEW_ASSET';

interface CountedDay {
  readonly day: string;
  readonly counts: readonly UseCount[];
}

/** So much in a day is no sudden volume, whatever came before. */
const USUAL_IN_ANY_CASE = 200;
const SUDDEN_TIMES = 5;

/**
 * A partner's use by day and asset, oldest first. Unusual is a day on which an asset was asked for five times as often as on
 * any day before it, and an asset that was never touched before, once there is a day to compare with.
 *
 * @param counted what processes have told, in any order; what they tell of a day adds up
 */
export function partnerUse(counted: readonly CountedDay[]): PartnerUse[] {
  const days = new Map<string, Map<string, UseCount>>();
  for (const { day, counts } of counted) {
    const assets = days.get(day) ?? new Map<string, UseCount>();
    days.set(day, assets);
    for (const count of counts) assets.set(count.asset, sumOf(assets.get(count.asset), count));
  }
  const highest = new Map<string, number>();
  const found: PartnerUse[] = [];
  for (const day of [...days.keys()].sort()) {
    const counts = [...(days.get(day)?.values() ?? [])].sort((a, b) => (a.asset < b.asset ? -1 : 1));
    const isFirstDay = highest.size === 0;
    found.push(...counts.map((count) => ({ ...count, day, unusual: unusual(count, highest, isFirstDay) })));
    for (const count of counts)
      highest.set(count.asset, Math.max(highest.get(count.asset) ?? 0, totalOf(count)));
  }
  return found;
}

function unusual(count: UseCount, highest: ReadonlyMap<string, number>, isFirstDay: boolean): UnusualUse[] {
  if (isFirstDay) return [];
  const before = highest.get(count.asset);
  const isSudden = totalOf(count) > Math.max(USUAL_IN_ANY_CASE, SUDDEN_TIMES * (before ?? 0));
  return [
    ...(before == null ? (['NEW_ASSET'] as const) : []),
    ...(isSudden ? (['SUDDEN_VOLUME'] as const) : []),
  ];
}

function totalOf({ reads, commands, refusals }: UseCount): number {
  return reads + commands + refusals;
}

function sumOf(known: UseCount | undefined, count: UseCount): UseCount {
  if (known == null) return count;
  return {
    asset: count.asset,
    reads: known.reads + count.reads,
    commands: known.commands + count.commands,
    refusals: known.refusals + count.refusals,
  };
}
