import { Readable } from 'node:stream';
import {
  AuditRecord,
  CheckpointKeeper,
  CosignatureRefusedError,
  NoCheckpointError,
  type AuditKey,
  type StoredCheckpoint,
} from '@chargebook/audit';
import type { EventStore } from '@chargebook/event-store';
import { Database, TreeQueries } from '@chargebook/read-models';
import { consistencyProof, rootOf, TreeRangeError } from '@chargebook/transparency';
import {
  BadRequestException,
  Body,
  ConflictException,
  Controller,
  Get,
  Headers,
  HttpCode,
  Inject,
  NotFoundException,
  Param,
  Post,
  Query,
  Res,
} from '@nestjs/common';
import { EVENT_STORE } from '../backup/backup.controller';
import { entriesBetween, leavesBetween, recountedTo } from '../transparency';
import { requireAdministrator } from './administrator';
import type { Credentials } from './credentials';
import { CREDENTIALS } from './operations.controller';
import { requireWholeBook } from './whole-book';

/** As much of Fastify's reply as is needed here. */
interface Reply {
  header(name: string, value: string): Reply;
  send(body: Readable | Uint8Array): PromiseLike<unknown>;
}

/** A checkpoint with all that is needed to check it. */
interface ToldCheckpoint extends StoredCheckpoint {
  readonly origin: string;
  readonly keys: readonly AuditKey[];
}

const LINES = 'application/x-ndjson';
const BYTES = 'application/octet-stream';

/** For witnesses: checkpoints, the tree of hashes, and what its leaves stand for. An auditor's credential is enough. */
@Controller('audit')
export class TransparencyController {
  private readonly record: AuditRecord;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(CheckpointKeeper) private readonly keeper: CheckpointKeeper,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CREDENTIALS) private readonly credentials: Credentials,
  ) {
    this.record = new AuditRecord(database);
  }

  /** The last checkpoint, or the first that covers a sequence: one is made where there is none. */
  @Get('checkpoint')
  async checkpoint(
    @Query('covering') covering?: string,
    @Headers('authorization') authorization?: string,
  ): Promise<ToldCheckpoint> {
    await this.requireReader(authorization);
    const last = covering == null ? await this.record.latest() : undefined;
    const checkpoint = last ?? (await this.checkpointFor(covering == null ? 0 : wholeNumber(covering)));
    return { ...checkpoint, origin: await this.record.origin(), keys: await this.record.keys() };
  }

  /** The hashes of a tile, 32 bytes each: 256 of subtrees of 256^tier leaves. */
  @Get('tiles/:tier/:index')
  async tile(
    @Param('tier') tier: string,
    @Param('index') index: string,
    @Res() reply: Reply,
    @Headers('authorization') authorization?: string,
  ): Promise<void> {
    await this.requireReader(authorization);
    const hashes = await new TreeQueries(this.database).tile(wholeNumber(tier, 5), wholeNumber(index));
    if (hashes.length === 0) throw new NotFoundException('The tree has no such tile.');
    await reply.header('content-type', BYTES).send(Buffer.from(hashes));
  }

  /** The leaves of the tree from an index to before another, 32 bytes each. */
  @Get('leaves')
  async leaves(
    @Query('from') from: string,
    @Query('to') to: string,
    @Res() reply: Reply,
    @Headers('authorization') authorization?: string,
  ): Promise<void> {
    await this.requireReader(authorization);
    const leaves = leavesBetween(this.database, wholeNumber(from), wholeNumber(to));
    await reply.header('content-type', BYTES).send(Readable.from(leaves, { objectMode: false }));
  }

  /** The root of the tree when it had so many leaves, from its tiles as they are now; hexadecimal. */
  @Get('root')
  async root(@Query('size') size: string, @Headers('authorization') authorization?: string) {
    await this.requireReader(authorization);
    const tree = new TreeQueries(this.database);
    const leaves = wholeNumber(size);
    if (leaves > (await tree.size()))
      throw new NotFoundException(`The tree has no ${String(leaves)} leaves.`);
    return { root: hex(await rootOf(leaves, tree.readHash)) };
  }

  /** Proves that the tree only grew; hashes are hexadecimal. */
  @Get('consistency')
  async consistency(
    @Query('from') from: string,
    @Query('to') to: string,
    @Headers('authorization') authorization?: string,
  ) {
    await this.requireReader(authorization);
    const tree = new TreeQueries(this.database);
    const size = wholeNumber(to);
    if (size > (await tree.size())) throw new NotFoundException(`The tree has no ${String(size)} leaves.`);
    try {
      return { hashes: (await consistencyProof(wholeNumber(from), size, tree.readHash)).map(hex) };
    } catch (error) {
      if (error instanceof TreeRangeError) throw new BadRequestException(error.message);
      throw error;
    }
  }

  /** Entries of the ledger after a sequence up to another: lines of JSON with `head` and `content`. */
  @Get('entries')
  async entries(
    @Query('after') after: string,
    @Query('to') to: string,
    @Res() reply: Reply,
    @Headers('authorization') authorization?: string,
  ): Promise<void> {
    await this.requireReader(authorization);
    const lines = entriesBetween(this.database, wholeNumber(after), wholeNumber(to));
    await reply.header('content-type', LINES).send(Readable.from(lines, { objectMode: false }));
  }

  /** The same up to a sequence from the event store, counted again; `ledger` names columns of facts that differ there. */
  @Get('recount')
  async recount(
    @Query('to') to: string,
    @Res() reply: Reply,
    @Headers('authorization') authorization?: string,
  ): Promise<void> {
    await this.requireReader(authorization);
    const lines = recountedTo(this.store, this.database, wholeNumber(to));
    await reply.header('content-type', LINES).send(Readable.from(lines, { objectMode: false }));
  }

  /** Takes what a witness says to a checkpoint. */
  @Post('cosignatures')
  @HttpCode(204)
  async cosign(
    @Body() body?: { size?: unknown; witness?: unknown; line?: unknown },
    @Headers('authorization') authorization?: string,
  ): Promise<void> {
    await this.requireReader(authorization);
    const { size, witness, line } = body ?? {};
    if (!Number.isSafeInteger(size) || typeof witness !== 'string' || typeof line !== 'string')
      throw new BadRequestException('Send size, witness (name+id+key) and line.');
    try {
      await this.record.cosign(size as number, witness, line);
    } catch (error) {
      if (error instanceof CosignatureRefusedError) throw new BadRequestException(error.message);
      throw error;
    }
  }

  /** Makes another key the book's; the present one signs it, unless it is lost. */
  @Post('rotate-key')
  @HttpCode(200)
  async rotate(
    @Body() body?: { isLost?: unknown },
    @Headers('authorization') authorization?: string,
  ): Promise<readonly AuditKey[]> {
    await requireAdministrator(this.credentials, authorization, 'rotate the book’s key');
    try {
      return await this.keeper.rotate(body?.isLost === true);
    } catch (error) {
      if (error instanceof NoCheckpointError) throw new ConflictException(error.message);
      throw error;
    }
  }

  private async requireReader(authorization: string | undefined): Promise<void> {
    await requireWholeBook(this.credentials, authorization, 'follow the book');
  }

  private async checkpointFor(sequence: number): Promise<StoredCheckpoint> {
    try {
      return await this.keeper.checkpointFor(sequence);
    } catch (error) {
      if (error instanceof NoCheckpointError) throw new NotFoundException(error.message);
      throw error;
    }
  }
}

const hex = (hash: Uint8Array) => Buffer.from(hash).toString('hex');

/** @throws BadRequestException */
function wholeNumber(text: string | undefined, most = Number.MAX_SAFE_INTEGER): number {
  const number = /^(0|[1-9]\d{0,15})$/.test(text ?? '') ? Number(text) : NaN;
  if (Number.isSafeInteger(number) && number <= most) return number;
  throw new BadRequestException('Sizes, indexes and sequences are whole numbers.');
}
