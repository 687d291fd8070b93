import type { Transaction } from '../database/database';

interface Entry<Row> {
  readonly row: Row;
  /** Where the stored row is; absent for one that is new. */
  readonly ctid?: string;
  readonly knownFrom: number;
}

/**
 * Rows that are never changed but superseded: each holds from one sequence of the book up to another. They come in
 * groups that are replaced as wholes; what stays the same stays. Two rows of a group may be alike: each counts.
 */
export class VersionedRows<Row extends object> {
  private readonly groups = new Map<string, Entry<Row>[]>();
  private readonly closed: { ctid: string; knownTo: number }[] = [];
  private readonly superseded: object[] = [];

  constructor(
    private readonly table: string,
    private readonly columns: readonly (keyof Row & string)[],
    private readonly groupOf: (row: Row) => string,
  ) {}

  /**
   * Loads the rows that hold now.
   *
   * @param where SQL condition on the table's columns
   */
  async load(transaction: Transaction, where: string, values: readonly unknown[]) {
    const rows = await transaction.query<Row & { ctid: string; known_from: number }>(
      `SELECT ctid::text, known_from, ${this.columns.join(', ')} FROM ${this.table} WHERE known_to IS NULL AND ${where}`,
      values,
    );
    for (const { ctid, known_from: knownFrom, ...rest } of rows) {
      const row = rest as unknown as Row;
      this.entries(this.groupOf(row)).push({ row, ctid, knownFrom });
    }
  }

  /** From a sequence on, these are the rows of a group; those that stay the same are best given in the same order. */
  replace(group: string, rows: readonly Row[], sequence: number): void {
    const entries = this.entries(group);
    let same = 0;
    for (let entry = entries[0], row = rows[0]; entry != null && row != null;) {
      if (!this.areAlike(entry.row, row)) break;
      same += 1;
      [entry, row] = [entries[same], rows[same]];
    }
    const others = new Map<string, Entry<Row>[]>();
    for (const entry of entries.splice(same)) {
      const fingerprint = this.fingerprintOf(entry.row);
      others.set(fingerprint, [...(others.get(fingerprint) ?? []), entry]);
    }
    for (const row of rows.slice(same)) {
      entries.push(others.get(this.fingerprintOf(row))?.shift() ?? { row, knownFrom: sequence });
    }
    for (const entry of [...others.values()].flat()) this.close(entry, sequence);
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

  private areAlike(a: Row, b: Row): boolean {
    return this.columns.every((column) => (a[column] ?? null) === (b[column] ?? null));
  }

  private fingerprintOf(row: Row): string {
    return JSON.stringify(this.columns.map((column) => row[column] ?? null));
  }
}
