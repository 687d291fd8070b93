import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from '@chargebook/read-models';
import { TreeQueries } from '@chargebook/read-models';
import type { Checkpoint, SignerKey } from '@chargebook/transparency';
import { formatVerifierKey, generateSigner, introduceKey, signCheckpoint } from '@chargebook/transparency';
import type { Asked, AuditKey, StoredCheckpoint } from './audit-record';
import { AuditRecord } from './audit-record';
import { BookChangedError, grownFrom, treeAt } from './grown-tree';

/** Where a process has the book's private key. */
export interface KeyRing {
  /** The keys that are there: the one in use, then one that is about to follow it, if any. */
  signers(origin: string): Promise<readonly SignerKey[]>;
  /** Keeps a key on disk, before the book knows it. */
  keep(signer: SignerKey): Promise<void>;
  /** The kept key is the one in use from now on. */
  replace(): Promise<void>;
}

/** How signing goes: only what is refused needs somebody to look at it. */
export type SigningState =
  | { readonly kind: 'SIGNING' }
  /** This process has no key: it serves what others sign. */
  | { readonly kind: 'NO_KEY' }
  | { readonly kind: 'REFUSED'; readonly problem: string };

export interface KeeperEvents {
  onState?(state: SigningState): void;
  onFault?(error: unknown): void;
}

/** The key of this process is not the one with which the book's checkpoints are signed. */
export class OtherKeyError extends Error {
  constructor(
    readonly held: string,
    readonly booked: string,
  ) {
    super(
      `the book's checkpoints are signed with ${booked}; the key here is ${held}. Put the book's key in its place, or take ` +
        'the file away: without one, everything is served and nothing signed',
    );
    this.name = 'OtherKeyError';
  }
}

/** There is no checkpoint as far as that, and none could be made here and now. */
export class NoCheckpointError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'NoCheckpointError';
  }
}

/** Twice in every minute in which facts come. */
const LOOK_EVERY_MS = 30_000;
const LOOK_AGAIN_MS = 100;
const OTHERS_SIGN_WITHIN_MS = 10_000;
/** Told when a process without a key needs a checkpoint. */
const WANTED_CHANNEL = 'chargebook_checkpoint_wanted';

/**
 * Signs checkpoints, in whichever processes hold the book's key: one at a time, each larger than the last, and only where the
 * tree has grown out of what was signed before.
 */
export class CheckpointKeeper {
  private told: SigningState = { kind: 'NO_KEY' };

  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly events: KeeperEvents = {},
  ) {}

  get state(): SigningState {
    return this.told;
  }

  /**
   * Looks at the key before anything is signed. A book that has none yet is given the one that is here, or a new one.
   *
   * @param mayMake whether a key may be made
   * @throws OtherKeyError
   */
  async begin(mayMake: boolean): Promise<void> {
    await this.locked(async (transaction) => {
      const record = new AuditRecord(transaction);
      const origin = await record.origin();
      const booked = await record.keys();
      const held = await this.keys.signers(origin);
      if (booked.length === 0 && mayMake) {
        const first = held[0] ?? generateSigner(origin);
        if (held.length === 0) {
          await this.keys.keep(first);
          await this.keys.replace();
        }
        await addKey(transaction, { number: 1, signer: first });
        this.tell({ kind: 'SIGNING' });
      } else if (held.length > 0 && booked.length > 0) {
        await this.matching(held, booked);
        this.tell({ kind: 'SIGNING' });
      }
    });
  }

  /** Signs whenever the book has grown, until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    let wanted = (): void => undefined;
    const listening = this.database.listen(WANTED_CHANNEL, () => wanted(), signal);
    while (!signal.aborted) {
      const asked = new Promise<void>((resolve) => (wanted = resolve));
      await this.signWhatCame().catch((error: unknown) => this.events.onFault?.(error));
      const enough = new AbortController();
      const until = AbortSignal.any([signal, enough.signal]);
      const rested = pause(LOOK_EVERY_MS, undefined, { signal: until }).catch(() => undefined);
      await Promise.race([rested, asked]);
      enough.abort();
    }
    await listening;
  }

  /**
   * The first checkpoint that covers a sequence: one that is stored, or one that is made at once.
   *
   * @throws NoCheckpointError
   */
  async checkpointFor(sequence: number): Promise<StoredCheckpoint> {
    const record = new AuditRecord(this.database);
    const stored = await record.covering(sequence);
    if (stored != null) return stored;
    const signed = await this.sign().catch((error: unknown) => {
      if (!(error instanceof BookChangedError)) throw error;
      throw new NoCheckpointError(`No checkpoint can be signed: ${error.message}.`, { cause: error });
    });
    if (signed != null && signed.size >= sequence) return signed;
    if (signed != null)
      throw new NoCheckpointError(
        `The book has ${String(signed.size)} facts: none has the sequence ${String(sequence)}.`,
      );
    return this.wantedFromOthers(record, sequence);
  }

  /** Signs the book as it is, unless that is done. @returns the last checkpoint; undefined where there is no key here */
  async sign(): Promise<StoredCheckpoint | undefined> {
    try {
      const signed = await this.locked((transaction) => this.signIn(transaction));
      this.tell({ kind: signed == null ? 'NO_KEY' : 'SIGNING' });
      return signed;
    } catch (error) {
      if (error instanceof OtherKeyError || error instanceof BookChangedError)
        this.tell({ kind: 'REFUSED', problem: error.message });
      throw error;
    }
  }

  /**
   * Makes another key the book's. The present one signs it; where that is lost, nobody who knows it can follow.
   *
   * @param isLost the present key is lost
   * @returns the book's keys
   * @throws NoCheckpointError where there is no key here
   */
  async rotate(isLost = false): Promise<AuditKey[]> {
    const keys = await this.locked(async (transaction) => {
      const record = new AuditRecord(transaction);
      const origin = await record.origin();
      const booked = await record.keys();
      const former = isLost ? undefined : await this.present(transaction);
      if (former == null && !isLost)
        throw new NoCheckpointError('This process does not hold the book’s key: ask one that does.');
      if (isLost) await this.requireNone(origin);
      const last = former == null ? await record.latest() : await this.signIn(transaction);
      const next = generateSigner(origin);
      await this.keys.keep(next);
      const { size, root } = last ?? { size: 0, root: '' };
      const of: Checkpoint =
        last == null ? await treeAt(transaction, origin) : { origin, size, root: Buffer.from(root, 'hex') };
      const introduction = introduceKey(of, next, former);
      await addKey(transaction, { number: booked.length + 1, signer: next, introduction });
      return record.keys();
    });
    await this.keys.replace();
    this.tell({ kind: 'SIGNING' });
    return keys;
  }

  private async signWhatCame(): Promise<void> {
    if ((await new TreeQueries(this.database).size()) > 0) await this.sign();
  }

  private async signIn(transaction: Asked): Promise<StoredCheckpoint | undefined> {
    const signer = await this.present(transaction);
    if (signer == null) return undefined;
    const record = new AuditRecord(transaction);
    const last = await record.latest();
    const checkpoint = await grownFrom(last, transaction, signer.name);
    if (last?.size === checkpoint.size) return last;
    const note = signCheckpoint(checkpoint, signer);
    await transaction.query(
      'INSERT INTO audit.checkpoint (size, root, note, signed_at) VALUES ($1, $2, $3, clock_timestamp())',
      [checkpoint.size, Buffer.from(checkpoint.root).toString('hex'), note],
    );
    return record.latest();
  }

  /** The book's key, if it is here. @throws OtherKeyError where another one is */
  private async present(transaction: Asked): Promise<SignerKey | undefined> {
    const record = new AuditRecord(transaction);
    const held = await this.keys.signers(await record.origin());
    const booked = await record.keys();
    return held.length === 0 || booked.length === 0 ? undefined : this.matching(held, booked);
  }

  private async requireNone(origin: string): Promise<void> {
    const held = await this.keys.signers(origin);
    if (held.length > 0)
      throw new NoCheckpointError(
        'There is a key in its place: take that file away first, if it is of no use.',
      );
  }

  private async matching(held: readonly SignerKey[], booked: readonly AuditKey[]): Promise<SignerKey> {
    const present = booked.at(-1)?.key ?? '';
    const found = held.findIndex((signer) => formatVerifierKey(signer) === present);
    const signer = held[found];
    if (signer == null) throw new OtherKeyError(held[0] == null ? '' : formatVerifierKey(held[0]), present);
    // A process that rotated the key and died has left the new one beside the old.
    if (found > 0) await this.keys.replace();
    return signer;
  }

  /** Asks processes that hold the key, and waits for them. */
  private async wantedFromOthers(record: AuditRecord, sequence: number): Promise<StoredCheckpoint> {
    const patience = AbortSignal.timeout(OTHERS_SIGN_WITHIN_MS);
    await this.database.query(`SELECT pg_notify('${WANTED_CHANNEL}', '')`);
    while (!patience.aborted) {
      const stored = await record.covering(sequence);
      if (stored != null) return stored;
      await pause(LOOK_AGAIN_MS);
    }
    throw new NoCheckpointError('No process that holds the book’s key has signed in time: please try again.');
  }

  /** One process at a time. */
  private locked<Result>(job: (transaction: Asked) => Promise<Result>): Promise<Result> {
    return this.database.transaction(async (transaction) => {
      await transaction.query('SELECT id FROM audit.book FOR UPDATE');
      return job(transaction);
    });
  }

  private tell(state: SigningState): void {
    const before = this.told;
    this.told = state;
    const isSame =
      before.kind === state.kind &&
      (before.kind !== 'REFUSED' || state.kind !== 'REFUSED' || before.problem === state.problem);
    if (!isSame) this.events.onState?.(state);
  }
}

async function addKey(
  transaction: Asked,
  { number, signer, introduction }: { number: number; signer: SignerKey; introduction?: string },
): Promise<void> {
  await transaction.query(
    'INSERT INTO audit.key (number, key, since, introduction) VALUES ($1, $2, clock_timestamp(), $3)',
    [number, formatVerifierKey(signer), introduction ?? null],
  );
}
