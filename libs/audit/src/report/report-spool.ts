import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** A file of a report that is whole. */
export interface SpooledFile {
  readonly path: string;
  readonly bytes: number;
  /** SHA-256, hexadecimal. */
  readonly sha256: string;
}

const UNFINISHED = '.unfinished-';
/** What a process that died has left is not touched before. */
const ABANDONED_AFTER_MS = 86_400_000;
const DIGEST = '.sha256';

/**
 * Where reports lie that were made: a folder for each, readable by its owner alone. A file has its name only once it is whole. What was
 * not asked for longest goes when there is too much.
 */
export class ReportSpool {
  constructor(
    private readonly directory: string,
    private readonly mostBytes: number,
  ) {}

  /** The file of a report; undefined where it is not there. */
  async find(report: string, file: string): Promise<SpooledFile | undefined> {
    const place = path.join(this.directory, report, file);
    try {
      const [{ size }, sha256] = await Promise.all([stat(place), readFile(`${place}${DIGEST}`, 'utf8')]);
      const now = new Date();
      await utimes(path.join(this.directory, report), now, now);
      return { path: place, bytes: size, sha256 };
    } catch (error) {
      if ((error as { code?: string }).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Writes a file as its content comes. */
  async write(
    report: string,
    file: string,
    content: AsyncIterable<string | Uint8Array>,
    signal?: AbortSignal,
  ): Promise<SpooledFile> {
    const folder = path.join(this.directory, report);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(this.directory, 0o700);
    const place = path.join(folder, file);
    const unfinished = `${place}${UNFINISHED}${randomUUID()}`;
    const hash = createHash('sha256');
    let bytes = 0;
    const counted = async function* () {
      for await (const part of content) {
        const piece = typeof part === 'string' ? Buffer.from(part) : part;
        hash.update(piece);
        bytes += piece.length;
        yield piece;
      }
    };
    try {
      await pipeline(Readable.from(counted()), createWriteStream(unfinished, { mode: 0o600 }), { signal });
      const sha256 = hash.digest('hex');
      await writeWhole(`${place}${DIGEST}`, sha256);
      await rename(unfinished, place);
      await this.makeRoom(report);
      return { path: place, bytes, sha256 };
    } finally {
      await rm(unfinished, { force: true });
    }
  }

  /** Removes what was not asked for longest, and never what was just written. */
  private async makeRoom(kept: string): Promise<void> {
    const folders = await Promise.all((await readdir(this.directory)).map((name) => this.folder(name)));
    let total = folders.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { name, bytes } of folders.sort((a, b) => a.usedMs - b.usedMs)) {
      if (total <= this.mostBytes) return;
      if (name === kept) continue;
      await rm(path.join(this.directory, name), { recursive: true, force: true });
      total -= bytes;
    }
  }

  private async folder(name: string): Promise<{ name: string; bytes: number; usedMs: number }> {
    const folder = path.join(this.directory, name);
    const files = await readdir(folder).catch(() => []);
    const sizes = await Promise.all(files.map((file) => this.sizeOf(path.join(folder, file))));
    const usedMs = await stat(folder).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
    return { name, bytes: sizes.reduce((sum, size) => sum + size, 0), usedMs };
  }

  private async sizeOf(file: string): Promise<number> {
    const found = await stat(file).catch(() => undefined);
    if (found == null) return 0;
    if (file.includes(UNFINISHED) && Date.now() - found.mtimeMs > ABANDONED_AFTER_MS)
      await rm(file, { force: true });
    return found.size;
  }
}

/** The bytes of a file from one to another. */
export function bytesOf(file: SpooledFile, range: { start: number; end: number }): Readable {
  return createReadStream(file.path, range);
}

async function writeWhole(place: string, text: string): Promise<void> {
  const unfinished = `${place}${UNFINISHED}${randomUUID()}`;
  await pipeline(Readable.from([text]), createWriteStream(unfinished, { mode: 0o600 }));
  await rename(unfinished, place);
}
