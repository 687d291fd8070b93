import { messageOf } from './errors';
import type { Store } from './store';

/** What is committed at once: within what LMDB takes in one transaction, and without making the first wait long. */
const MAX_COMMIT_WRITES = 1024;
const MAX_COMMIT_BYTES = 32 * 1024 * 1024;

interface WaitingWrite {
  sizeBytes: number;
  write: () => unknown;
  resolve: (result: never) => void;
  reject: (error: unknown) => void;
}

/** A write's own result, or its own error: neither concerns the others that are committed with it. */
type Attempt = { result: unknown } | { error: unknown };

/**
 * Commits writes in the order in which they come. While one commit is under way to the disk the next are collected, and
 * go together.
 */
export class CommitQueue {
  private waiting: WaitingWrite[] = [];
  private isRunning = false;

  constructor(
    private readonly store: Store,
    /** Called when the store can no longer be written at all. */
    private readonly onBroken: (reason: string) => void,
  ) {}

  /** Runs `write` in a transaction. Resolves when it is on disk; rejects when it threw, or the disk failed. */
  async commit<T>(sizeBytes: number, write: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.waiting.push({ sizeBytes, write, resolve, reject });
      if (!this.isRunning) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    // What comes in the same turn of the event loop belongs to the same commit.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) await this.commitSome(this.takeSome());
    this.isRunning = false;
  }

  private takeSome(): WaitingWrite[] {
    let sizeBytes = 0;
    const end = this.waiting.findIndex((write, index) => {
      sizeBytes += write.sizeBytes;
      return index > 0 && (index >= MAX_COMMIT_WRITES || sizeBytes > MAX_COMMIT_BYTES);
    });
    return this.waiting.splice(0, end === -1 ? this.waiting.length : end);
  }

  private async commitSome(writes: readonly WaitingWrite[]): Promise<void> {
    try {
      const attempts = await this.store.transaction(() => writes.map(attempt));
      attempts.forEach((outcome, index) => {
        if ('error' in outcome) writes[index]?.reject(outcome.error);
        else writes[index]?.resolve(outcome.result as never);
      });
    } catch (error) {
      for (const { reject } of writes) reject(error);
      await this.beginAnew();
    }
  }

  /** A full disk fails a commit and may take the next; but where LMDB had to give up its state, only a new one goes on. */
  private async beginAnew(): Promise<void> {
    try {
      await this.store.reopen();
    } catch (error) {
      this.onBroken(`After a write that failed the store cannot be opened: ${messageOf(error)}`);
    }
  }
}

function attempt({ write }: WaitingWrite): Attempt {
  try {
    return { result: write() };
  } catch (error) {
    return { error };
  }
}
