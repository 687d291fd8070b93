/** Wall times in IANA zones, without a library: what the browser knows of zones is enough. */

const formats = new Map<string, Intl.DateTimeFormat>();

function partsIn(zone: string, at: number): number {
  let format = formats.get(zone);
  if (format == null) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formats.set(zone, format);
  }
  const told = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(
    told['year'] ?? 0,
    (told['month'] ?? 1) - 1,
    told['day'] ?? 1,
    told['hour'] ?? 0,
    told['minute'] ?? 0,
    told['second'] ?? 0,
  );
}

/** How far a zone is ahead of UTC at an instant, in milliseconds. */
export function offsetMs(zone: string, at: number): number {
  return partsIn(zone, at) - Math.floor(at / 1000) * 1000;
}

/** The wall time of an instant, in the form of a `datetime-local` field: `2026-05-04T10:00`. */
export function wallTimeOf(instant: string | number, zone: string): string {
  const at = typeof instant === 'number' ? instant : Date.parse(instant);
  return new Date(partsIn(zone, at)).toISOString().slice(0, 16);
}

/**
 * The instant of a wall time such as `2026-05-04T10:00`. A time that the clock skips is moved forward by the gap, one
 * that comes twice is the first.
 *
 * @returns undefined where the text is no wall time
 */
export function instantOfWallTime(wallTime: string, zone: string): string | undefined {
  const wall = Date.parse(`${wallTime}Z`);
  if (Number.isNaN(wall)) return undefined;
  const dayMs = 86_400_000;
  const before = wall - offsetMs(zone, wall - dayMs);
  const after = wall - offsetMs(zone, wall + dayMs);
  const fits = [before, after].filter((at) => partsIn(zone, at) === wall);
  // In a gap neither fits; the offset before it is the one that moves the time forward.
  return new Date(fits.length > 0 ? Math.min(...fits) : before).toISOString();
}

/** The zone of whoever looks. */
export function zoneOfMine(): string {
  mine ??= Intl.DateTimeFormat().resolvedOptions().timeZone;
  return mine;
}

/** Asked of the browser once: it takes its time, and each instant that is shown wants to know. */
let mine: string | undefined;

/** All zones that the browser knows, for a list to choose from. */
export function knownZones(): readonly string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];
}
