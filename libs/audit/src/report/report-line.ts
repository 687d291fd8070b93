import type { JsonValue } from '@chargebook/transparency';
import { canonicalJson } from '@chargebook/transparency';

/** What lines of a report tell of, in the order in which they stand there. */
export const LINE_KINDS = [
  'report',
  'fact',
  'omitted',
  'correction',
  'asset',
  'placement',
  'control',
  'limit',
  'session',
  'energy',
  'access',
  'erasure',
  'completeness',
  'end',
] as const;
export type LineKind = (typeof LINE_KINDS)[number];

/** A line of a report: canonical JSON, whose member `kind` is its kind. */
export interface ReportLine {
  readonly kind: LineKind;
  /** Without the line's end. */
  readonly text: string;
  /** Of a line about energy. */
  readonly energyWattHours?: number;
}

/** What is null is left out, as is what is undefined. */
export function lineOf(kind: LineKind, told: Readonly<Record<string, JsonValue | undefined>>): ReportLine {
  const line: Record<string, JsonValue> = {};
  // In their order they are written fastest.
  for (const name of [...Object.keys(told), 'kind'].sort()) {
    const value = name === 'kind' ? kind : told[name];
    if (value != null) line[name] = value;
  }
  return { kind, text: canonicalJson(line) };
}

export function* inGroups<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}
