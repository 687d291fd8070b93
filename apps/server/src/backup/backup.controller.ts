import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { AuditCopy, CheckpointKeeper, OtherKeyError } from '@chargebook/audit';
import type { EventStore } from '@chargebook/event-store';
import { VaultCopy } from '@chargebook/read-models';
import {
  BadRequestException,
  Body,
  ConflictException,
  Controller,
  Get,
  Headers,
  HttpCode,
  Inject,
  Post,
  Res,
} from '@nestjs/common';
import { requireAdministrator } from '../http/administrator';
import type { Credentials } from '../http/credentials';
import { CREDENTIALS } from '../http/operations.controller';
import { backupOf } from './backup';
import { BackupDamagedError } from './backup-format';
import type { Restored } from './restore';
import { OtherBookError, restore } from './restore';

export const EVENT_STORE = Symbol('event store');
export const BACKUP_TYPE = 'application/x-ndjson';

/** As much of Fastify's reply as is needed here. */
interface Reply {
  header(name: string, value: string): Reply;
  send(body: Readable): PromiseLike<unknown>;
}

/** The whole book out of the server, and into an empty one; for the administrator. */
@Controller()
export class BackupController {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(VaultCopy) readonly vault: VaultCopy,
    @Inject(AuditCopy) readonly audit: AuditCopy,
    @Inject(CheckpointKeeper) private readonly keeper: CheckpointKeeper,
    @Inject(CREDENTIALS) private readonly credentials: Credentials,
  ) {}

  @Get('/backup')
  async backup(@Res() reply: Reply, @Headers('authorization') authorization?: string): Promise<void> {
    await requireAdministrator(this.credentials, authorization, 'save the book');
    const text = backupOf(this.store, this, new Date().toISOString());
    await reply.header('content-type', BACKUP_TYPE).send(Readable.from(text, { objectMode: false }));
  }

  @Post('/restore')
  @HttpCode(200)
  async restore(
    @Body() body: unknown,
    @Headers('authorization') authorization?: string,
  ): Promise<Restored & { readonly hasItsKey: boolean }> {
    await requireAdministrator(this.credentials, authorization, 'restore the book');
    if (!(body instanceof Readable)) throw new BadRequestException(`Send the backup as ${BACKUP_TYPE}.`);
    try {
      const restored = await restore(linesOf(body), this.store, this);
      return { ...restored, hasItsKey: await this.hasItsKey() };
    } catch (error) {
      if (error instanceof BackupDamagedError) throw new BadRequestException(error.message);
      if (error instanceof OtherBookError) throw new ConflictException(error.message);
      throw error;
    }
  }

  /** Whether the key that is here is the one of the book that was restored. */
  private async hasItsKey(): Promise<boolean> {
    try {
      await this.keeper.begin(false);
      return this.keeper.state.kind !== 'NO_KEY';
    } catch (error) {
      if (error instanceof OtherKeyError) return false;
      throw error;
    }
  }
}

/** Lines are lost that come before somebody asks for the first one: so nothing is read until then. */
async function* linesOf(body: Readable): AsyncGenerator<string, void, undefined> {
  yield* createInterface({ input: body, crlfDelay: Infinity });
}
