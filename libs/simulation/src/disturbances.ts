import { Chance } from './chance';
import type { FleetOptions } from './fleet-options';
import type { SpanMs } from './step';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './step';

/** When a site had no power. */
export function powerCutsOf(options: FleetOptions, site: string, builtMs: number): SpanMs[] {
  const chance = new Chance(options.seed, 'power', site);
  return spansOf(chance, { fromMs: builtMs + DAY_MS, untilMs: options.untilMs }, 150, () =>
    chance.logNormal(25 * MINUTE_MS, 0.9),
  );
}

/** When a charger did not reach anybody; the last span may last still. */
export function offlineSpansOf(
  options: FleetOptions,
  charger: string,
  life: SpanMs,
  isOffline: boolean,
): SpanMs[] {
  const chance = new Chance(options.seed, 'offline', charger);
  const untilMs = options.untilMs - DAY_MS;
  const spans = spansOf(chance, { fromMs: life.fromMs, untilMs }, 90, () =>
    chance.logNormal(50 * MINUTE_MS, 1.2),
  );
  return isOffline ? [...spans, { fromMs: untilMs + 20 * HOUR_MS }] : spans;
}

/** When a charger had a fault; the last span may last still. */
export function faultsOf(options: FleetOptions, charger: string, life: SpanMs, isFaulty: boolean): SpanMs[] {
  const chance = new Chance(options.seed, 'fault', charger);
  const untilMs = options.untilMs - DAY_MS;
  const spans = spansOf(chance, { fromMs: life.fromMs, untilMs }, 300, () =>
    chance.logNormal(3 * HOUR_MS, 0.8),
  );
  return isFaulty ? [...spans, { fromMs: untilMs + 21 * HOUR_MS }] : spans;
}

/** Spans that begin so many days apart on average; one ends before the next begins. */
function spansOf(
  chance: Chance,
  { fromMs, untilMs }: Required<SpanMs>,
  daysBetween: number,
  lengthMs: () => number,
): Required<SpanMs>[] {
  const spans: Required<SpanMs>[] = [];
  let atMs = fromMs;
  for (;;) {
    atMs += -Math.log(1 - chance.unit()) * daysBetween * DAY_MS;
    const end = atMs + Math.max(MINUTE_MS, lengthMs());
    if (end >= untilMs) return spans;
    spans.push({ fromMs: inSeconds(atMs), untilMs: inSeconds(end) });
    atMs = end + HOUR_MS;
  }
}

export function inSeconds(atMs: number): number {
  return Math.floor(atMs / SECOND_MS) * SECOND_MS;
}
