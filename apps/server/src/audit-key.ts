import { mkdir, open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import type { KeyRing } from '@chargebook/audit';
import type { SignerKey } from '@chargebook/transparency';
import { pemOf, signerFromPem } from '@chargebook/transparency';

/** The file of the audit key cannot be used; the message says why. */
export class AuditKeyError extends Error {
  constructor(file: string, options: { cause: unknown }) {
    const { cause } = options;
    super(
      `AUDIT_KEY_FILE: ${file} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`,
      options,
    );
    this.name = 'AuditKeyError';
  }
}

/**
 * The book's private key in a file, readable by its owner alone. One that is to take its place lies beside it until the book
 * knows it. Read whenever it is needed, so that several processes with one data directory see a key that one of them rotated.
 */
export class AuditKeyFile implements KeyRing {
  private readonly next: string;

  constructor(private readonly file: string) {
    this.next = `${file}.next`;
  }

  async signers(origin: string): Promise<SignerKey[]> {
    const keys = await Promise.all([this.file, this.next].map((file) => signerIn(file, origin)));
    return keys.flatMap((key) => key ?? []);
  }

  async keep(signer: SignerKey): Promise<void> {
    await attempting(this.next, async () => {
      await mkdir(path.dirname(this.next), { recursive: true, mode: 0o700 });
      // Under its name only once it is whole.
      const unfinished = `${this.next}.part`;
      const handle = await open(unfinished, 'w', 0o600);
      try {
        await handle.writeFile(pemOf(signer));
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(unfinished, this.next);
    });
  }

  async replace(): Promise<void> {
    await attempting(this.file, async () => {
      await rename(this.next, this.file);
      const directory = await open(path.dirname(this.file), 'r');
      await directory.sync().finally(() => directory.close());
    });
  }
}

async function signerIn(file: string, origin: string): Promise<SignerKey | undefined> {
  return attempting(file, async () => {
    try {
      return signerFromPem(origin, 'BOOK', await readFile(file, 'utf8'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  });
}

async function attempting<Result>(file: string, job: () => Promise<Result>): Promise<Result> {
  try {
    return await job();
  } catch (error) {
    throw new AuditKeyError(file, { cause: error });
  }
}
