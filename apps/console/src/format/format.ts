import { texts } from '../texts';

const locale = typeof navigator === 'undefined' ? 'en' : navigator.language;

const cached = new Map<string, Intl.DateTimeFormat>();

function dateFormat(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = zone + JSON.stringify(options);
  let format = cached.get(key);
  if (format == null) {
    format = new Intl.DateTimeFormat(locale, { ...options, timeZone: zone });
    cached.set(key, format);
  }
  return format;
}

const DAY: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short', year: 'numeric' };

/** A day and a time, to the minute. */
export function formatInstant(at: string | number, zone: string): string {
  return dateFormat(zone, { ...DAY, hour: '2-digit', minute: '2-digit' }).format(new Date(at));
}

/** With seconds and the zone's own short name, for where it must be exact. */
export function formatExactInstant(at: string | number, zone: string): string {
  const told = dateFormat(zone, {
    ...DAY,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  });
  return `${told.format(new Date(at))}, ${zone}`;
}

/** A message of the book's with its instants as people read them; in which zone is said beside it. */
export function withInstants(message: string, zone: string): string {
  return message.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z/g, (at) => formatInstant(at, zone));
}

export function formatDay(at: string | number, zone: string): string {
  return dateFormat(zone, DAY).format(new Date(at));
}

/** Without the year, for where there is little room. */
export function formatShortDay(at: string | number, zone: string): string {
  return dateFormat(zone, { day: 'numeric', month: 'short' }).format(new Date(at));
}

export function formatMonth(at: string | number, zone: string): string {
  return dateFormat(zone, { month: 'short', year: 'numeric' }).format(new Date(at));
}

export function formatYear(at: string | number, zone: string): string {
  return dateFormat(zone, { year: 'numeric' }).format(new Date(at));
}

export function formatTime(at: string | number, zone: string): string {
  return dateFormat(zone, { hour: '2-digit', minute: '2-digit' }).format(new Date(at));
}

const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });

export function formatCount(count: number): string {
  return whole.format(count);
}

export function formatNumber(value: number): string {
  return numbers.format(value);
}

/** A current; an absent one is said to be none, never shown as 0. */
export function formatAmps(amps: number | null | undefined): string {
  return amps == null ? texts.none : `${numbers.format(amps)} A`;
}

/** Three phases as one number where they are alike. */
export function formatPhases(amps: { l1: number; l2: number; l3: number } | null | undefined): string {
  if (amps == null) return texts.none;
  const { l1, l2, l3 } = amps;
  if (l1 === l2 && l2 === l3) return formatAmps(l1);
  return `${[l1, l2, l3].map((each) => numbers.format(each)).join(' / ')} A`;
}

export function formatEnergy(wattHours: number | null | undefined): string {
  return wattHours == null ? texts.none : `${numbers.format(wattHours / 1000)} kWh`;
}

export function formatBytes(bytes: number): string {
  return `${numbers.format(bytes / 1024)} KiB`;
}

/** How long something took, in its two largest units. */
export function formatSpan(fromMs: number, toMs: number): string {
  const minutes = Math.max(0, Math.round((toMs - fromMs) / 60_000));
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor((minutes % 1440) / 60);
  const { day, hour, minute } = texts.units;
  if (days > 0) return `${whole.format(days)} ${day} ${String(hours)} ${hour}`;
  return hours > 0
    ? `${String(hours)} ${hour} ${String(minutes % 60)} ${minute}`
    : `${String(minutes)} ${minute}`;
}

/** A word in capitals as people write it: `POWER_LOSS` is "power loss". */
export function wordsOf(name: string): string {
  return name.toLowerCase().replaceAll('_', ' ');
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
