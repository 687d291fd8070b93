import type { Transaction } from '../database/database';

interface Entry<Row> {
  readonly row: Row;
  readonly fingerprint: string;
  /** Where the stored row is; absent for one that is new. */
  readonly ctid?: string;
  readonly knownFrom: number;
}

/**
 * Rows that are never changed but superseded: each holds from one sequence of the book up to another. They come in
 * groups that are replaced as wholes; what stays the same stays.
 */
export class VersionedRows<Row extends object> {
  private readonly groups = new Map<string, Entry<Row>[]>();
  private readonly closed: { ctid: string; knownTo: number }[] = [];
  private readonly superseded: object[] = [];

  constructor(
    private readonly table: string,
    private readonly groupOf: (row: Row) => string,
  ) {}

  /**
   * Loads the rows that hold now.
   *
   * @param where SQL condition on the table's columns
   */
  async load(
    transaction: Transaction,
    columns: readonly (keyof Row & string)[],
    where: string,
    values: readonly unknown[],
  ) {
    const rows = await transaction.query<Row & { ctid: string; known_from: number }>(
      `SELECT ctid::text, known_from, ${columns.join(', ')} FROM ${this.table} WHERE known_to IS NULL AND ${where}`,
      values,
    );
    for (const { ctid, known_from: knownFrom, ...rest } of rows) {
      const row = rest as unknown as Row;
      this.entries(this.groupOf(row)).push({ row, fingerprint: fingerprintOf(row), ctid, knownFrom });
    }
  }

  /** From a sequence on, these are the rows of a group. */
  replace(group: string, rows: readonly Row[], sequence: number): void {
    // There may be rows that are alike, as two readings of one instant are: each counts.
    const wanted = new Map<string, Row[]>();
    for (const row of rows) {
      const fingerprint = fingerprintOf(row);
      wanted.set(fingerprint, [...(wanted.get(fingerprint) ?? []), row]);
    }
    const stays: Entry<Row>[] = [];
    for (const entry of this.entries(group)) {
      if (wanted.get(entry.fingerprint)?.pop() != null) stays.push(entry);
      else this.close(entry, sequence);
    }
    for (const [fingerprint, alike] of wanted)
      stays.push(...alike.map((row) => ({ row, fingerprint, knownFrom: sequence })));
    this.groups.set(group, stays);
  }

  /** Writes what has changed since the rows were loaded. */
  async save(transaction: Transaction): Promise<void> {
    if (this.closed.length > 0) {
      await transaction.query(
        `UPDATE ${this.table} AS stored SET known_to = closed.known_to
         FROM unnest($1::tid[], $2::bigint[]) AS closed (id, known_to) WHERE stored.ctid = closed.id`,
        [this.closed.map((row) => row.ctid), this.closed.map((row) => row.knownTo)],
      );
    }
    const current = [...this.groups.values()].flatMap((entries) =>
      entries
        .filter((entry) => entry.ctid == null)
        .map(({ row, knownFrom }) => ({ ...row, known_from: knownFrom })),
    );
    const added = [...this.superseded, ...current];
    if (added.length === 0) return;
    await transaction.query(
      `INSERT INTO ${this.table} SELECT * FROM json_populate_recordset(null::${this.table}, $1::json)`,
      [JSON.stringify(added)],
    );
  }

  private close(entry: Entry<Row>, sequence: number): void {
    const { ctid, row, knownFrom } = entry;
    if (ctid != null) this.closed.push({ ctid, knownTo: sequence });
    else if (knownFrom < sequence)
      this.superseded.push({ ...row, known_from: knownFrom, known_to: sequence });
  }

  private entries(group: string): Entry<Row>[] {
    let entries = this.groups.get(group);
    if (entries == null) {
      entries = [];
      this.groups.set(group, entries);
    }
    return entries;
  }
}

function fingerprintOf(row: object): string {
  return JSON.stringify(
    Object.entries(row)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .filter(([, value]) => value != null),
  );
}
