import type { Database } from '../database/database';
import type { Progress } from '../projector/progress';

/** A fact that can be read from now on: what it is about, not what it says. */
export interface NewsItem {
  readonly sequence: number;
  readonly type: string;
  /** The command that led to it: its facts take effect together. */
  readonly commandId: string;
  /** `charger:C1`, `site:S1` and so on: the things that it names. */
  readonly things: readonly string[];
}

type Listener = (items: readonly NewsItem[]) => void;

const MOST_AT_ONCE = 2_000;
const LONGEST_WAIT_MS = 1_000;
const PAUSE_AFTER_FAULT_MS = 500;

/** What is added to the book, by whichever process: looked for once and told to all who listen. */
export class News {
  private readonly listeners = new Set<Listener>();
  private running: Promise<void> | undefined;
  private stopped = false;

  constructor(
    private readonly database: Database,
    private readonly progress: Progress,
  ) {}

  /**
   * Tells of every fact that becomes readable after this call has resolved, in order, at least once.
   *
   * @returns ends it
   */
  async listen(listener: Listener): Promise<() => void> {
    if (this.running == null) {
      const { sequence } = await this.progress.mark();
      this.running ??= this.run(sequence);
    }
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private async run(after: number): Promise<void> {
    let told = after;
    while (!this.stopped) {
      // Whatever comes while nobody listens is nobody's loss: each begins with a look of its own.
      const changed = this.progress.changed(LONGEST_WAIT_MS);
      try {
        const { sequence } = await this.progress.mark();
        while (told < sequence && this.listeners.size > 0) told = await this.tell(told, sequence);
        told = Math.max(told, sequence);
        await changed;
      } catch {
        // The database is out of reach, or too busy: what is new is told when it can be read.
        await new Promise((resolve) => setTimeout(resolve, PAUSE_AFTER_FAULT_MS));
      }
    }
  }

  private async tell(after: number, upTo: number): Promise<number> {
    const rows = await this.database.query<{
      sequence: number;
      type: string;
      command_id: string;
      charger: string | null;
      backplate: string | null;
      circuit: string | null;
      site: string | null;
    }>(
      `SELECT sequence, type, command_id, charger, backplate, circuit, site FROM ledger.fact
       WHERE sequence > $1 AND sequence <= $2 ORDER BY sequence LIMIT ${String(MOST_AT_ONCE)}`,
      [after, upTo],
    );
    const items = rows.map(({ sequence, type, command_id: commandId, ...named }) => ({
      sequence,
      type,
      commandId,
      things: Object.entries(named).flatMap(([scope, id]) => (id == null ? [] : [`${scope}:${id}`])),
    }));
    for (const listener of [...this.listeners]) listener(items);
    return rows.at(-1)?.sequence ?? upTo;
  }
}
