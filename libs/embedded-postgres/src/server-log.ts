import { copyFile, open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

import type { Account } from './account';
import { errnoOf } from './errors';

const maxLogBytes = 8 * 1024 * 1024;
const sizeCheckMs = 60_000;
const tailBytes = 4_000;

/**
 * What the server says, in a file and not through us: the server outlives a killed supervisor, and must not then write
 * into a broken pipe. At most two files of about 8 MiB: `<file>` and the one before it, `<file>.1`.
 */
export class ServerLog {
  readonly #timer: NodeJS.Timeout;

  private constructor(
    private readonly file: string,
    private readonly handle: FileHandle,
  ) {
    this.#timer = setInterval(() => void this.#turnOver().catch(() => undefined), sizeCheckMs).unref();
  }

  static async open(file: string, owner?: Account): Promise<ServerLog> {
    const handle = await open(file, 'a+', 0o600);
    // When root goes, the cluster's own user must still be able to write on.
    if (owner != null) await handle.chown(owner.uid, owner.gid);
    const log = new ServerLog(file, handle);
    await log.#turnOver();
    return log;
  }

  /** For the server's stderr. */
  get fd(): number {
    return this.handle.fd;
  }

  /** A mark from which `since` reads on, in bytes. */
  async mark(): Promise<number> {
    return (await this.handle.stat()).size;
  }

  /** What was said after the mark, its last 4 kB at most. */
  async since(markBytes: number): Promise<string> {
    const { size } = await this.handle.stat();
    const from = Math.max(markBytes <= size ? markBytes : 0, size - tailBytes);
    const { buffer, bytesRead } = await this.handle.read(Buffer.alloc(size - from), 0, size - from, from);
    return buffer.toString('utf8', 0, bytesRead).trim();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.handle.close();
  }

  /** The server keeps the file open, so that it is copied and cut off; its appends go on at the new end. */
  async #turnOver(): Promise<void> {
    if ((await this.handle.stat()).size < maxLogBytes) return;
    try {
      await copyFile(this.file, `${this.file}.1`);
    } catch (error) {
      // A full disk is no reason to let the log grow on.
      if (errnoOf(error) !== 'ENOSPC') throw error;
    }
    await this.handle.truncate(0);
  }
}
