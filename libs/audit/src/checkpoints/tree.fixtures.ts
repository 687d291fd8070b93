import { generateKeyPairSync } from 'node:crypto';
import type { TemporaryPostgres } from '@chargebook/embedded-postgres';
import { startTemporaryPostgres } from '@chargebook/embedded-postgres';
import { Database, migrate, migrationsFolder } from '@chargebook/read-models';
import type { SignerKey } from '@chargebook/transparency';
import { growTiles, leafHash, pemOf, signerFromPem } from '@chargebook/transparency';
import type { KeyRing } from './checkpoint-keeper';

/** A database with a tree of hashes in it, over no book. */
export class TestTree {
  private leaves: Uint8Array[] = [];

  private constructor(
    readonly database: Database,
    private readonly postgres: TemporaryPostgres,
  ) {}

  static async start(): Promise<TestTree> {
    const postgres = await startTemporaryPostgres();
    const database = new Database(postgres.connection);
    await migrate(database, migrationsFolder());
    return new TestTree(database, postgres);
  }

  /** Grows the tree by leaves that say how they are called. */
  async grow(count: number, called = 'leaf'): Promise<void> {
    const more = Array.from({ length: count }, (_, nth) =>
      leafHash(`${called} ${String(this.leaves.length + nth)}`),
    );
    await this.become([...this.leaves, ...more]);
  }

  /** Puts another tree in its place. @returns the leaves before */
  async become(leaves: readonly Uint8Array[]): Promise<readonly Uint8Array[]> {
    const before = this.leaves;
    this.leaves = [...leaves];
    const tiles = growTiles(0, [], leaves);
    await this.database.transaction(async (transaction) => {
      await transaction.query('TRUNCATE ledger.entry, ledger.tile');
      await transaction.query(
        `INSERT INTO ledger.entry SELECT n, '{}', '{}', null, now() FROM generate_series(1, $1) AS n`,
        [leaves.length],
      );
      await transaction.query(
        'INSERT INTO ledger.tile SELECT * FROM unnest($1::integer[], $2::bigint[], $3::bytea[])',
        [tiles.map(({ tier }) => tier), tiles.map(({ index }) => index), tiles.map(({ hashes }) => hashes)],
      );
    });
    return before;
  }

  /** Begins a book of its own: another name, without keys and checkpoints, over no facts. */
  async renew(): Promise<void> {
    await this.become([]);
    await this.database.query('TRUNCATE audit.cosignature, audit.checkpoint, audit.key');
    await this.database.query(`UPDATE audit.book SET id = replace(gen_random_uuid()::text, '-', '')`);
  }

  async stop(): Promise<void> {
    await this.database.close();
    await this.postgres.remove();
  }
}

/** Keys in memory, as a file has them. */
export class KeysInMemory implements KeyRing {
  present: string | undefined;
  next: string | undefined;
  /** Fails where a crash would have left the new key beside the old. */
  crashesBeforeReplacing = false;

  static withAnother(): KeysInMemory {
    const keys = new KeysInMemory();
    const { privateKey } = generateKeyPairSync('ed25519');
    keys.present = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    return keys;
  }

  signers(origin: string): Promise<SignerKey[]> {
    const pems = [this.present, this.next].flatMap((pem) => pem ?? []);
    return Promise.resolve(pems.map((pem) => signerFromPem(origin, 'BOOK', pem)));
  }

  keep(signer: SignerKey): Promise<void> {
    this.next = pemOf(signer);
    return Promise.resolve();
  }

  replace(): Promise<void> {
    if (this.crashesBeforeReplacing) return Promise.reject(new Error('the process is gone'));
    this.present = this.next;
    this.next = undefined;
    return Promise.resolve();
  }
}
