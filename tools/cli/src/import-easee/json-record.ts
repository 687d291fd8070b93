import type { LeftOut } from './left-out';

export type Json = Record<string, unknown>;

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value != null && !Array.isArray(value);
}

/** Reads the fields of a JSON object and remembers which, so that it can be told what was left out. */
export class JsonRecord {
  private readonly taken = new Set<string>();

  /** @param what how problems name it, such as \`charger EH1\` */
  constructor(
    private readonly fields: Json,
    public what: string,
    private readonly leftOut: LeftOut,
  ) {}

  text(name: string): string | undefined {
    const value = this.take(name);
    if (value == null || value === '') return undefined;
    if (typeof value === 'string' || typeof value === 'number') return String(value);
    return this.odd(name);
  }

  number(name: string): number | undefined {
    const value = this.take(name);
    if (value == null) return undefined;
    return typeof value === 'number' && Number.isFinite(value) ? value : this.odd(name);
  }

  boolean(name: string): boolean | undefined {
    const value = this.take(name);
    if (value == null) return undefined;
    return typeof value === 'boolean' ? value : this.odd(name);
  }

  /** An electric current that the book takes, in amperes. */
  amps(name: string): number | undefined {
    const value = this.number(name);
    return value == null || (value >= 0 && value <= 1000) ? value : this.odd(name);
  }

  /** The currents of the three phases, where all are told. */
  phaseAmps(prefix: string): { l1: number; l2: number; l3: number } | undefined {
    const [l1, l2, l3] = [this.amps(`${prefix}P1`), this.amps(`${prefix}P2`), this.amps(`${prefix}P3`)];
    return l1 == null || l2 == null || l3 == null ? undefined : { l1, l2, l3 };
  }

  /** An instant in its canonical spelling; one without an offset is UTC. */
  instant(name: string): string | undefined {
    const text = this.text(name);
    if (text == null) return undefined;
    const epochMs = Date.parse(/(Z|[+-]\d{2}:?\d{2})$/.test(text) ? text : `${text}Z`);
    return Number.isNaN(epochMs) ? this.odd(name) : new Date(epochMs).toISOString();
  }

  record(name: string): JsonRecord | undefined {
    const value = this.take(name);
    if (value == null) return undefined;
    return isRecord(value) ? new JsonRecord(value, this.what, this.leftOut) : this.odd(name);
  }

  records(name: string, what: string): JsonRecord[] {
    const value = this.take(name) ?? [];
    if (!Array.isArray(value)) return this.odd(name) ?? [];
    const records = value.filter(isRecord);
    if (records.length < value.length) this.odd(name);
    return records.map((record) => new JsonRecord(record, what, this.leftOut));
  }

  /** Counts what was not taken; nulls say nothing that could be left out. */
  finish(prefix = ''): void {
    for (const [name, value] of Object.entries(this.fields)) {
      const isNothing = value == null || (Array.isArray(value) && value.length === 0);
      if (!this.taken.has(name) && !isNothing) this.leftOut.field(prefix + name);
    }
  }

  /** Leaves it out as a whole. */
  ignore(reason: string): void {
    this.leftOut.problem(`${this.what}: ${reason}`);
  }

  private take(name: string): unknown {
    this.taken.add(name);
    return this.fields[name];
  }

  private odd(name: string): undefined {
    this.leftOut.problem(`${this.what}: ${name} cannot be read`);
    return undefined;
  }
}
