import type { Rebuild } from '@chargebook/read-models';
import { Rebuilds, UnknownProjectionError } from '@chargebook/read-models';
import { Body, Controller, Get, Headers, HttpCode, Inject, NotFoundException, Post } from '@nestjs/common';
import { requireAdministrator } from './administrator';
import type { Credentials } from './credentials';
import { CREDENTIALS } from './operations.controller';

/** The new making of projections beside those that serve, for the administrator. */
@Controller('rebuilds')
export class RebuildsController {
  constructor(
    @Inject(Rebuilds) private readonly rebuilds: Rebuilds,
    @Inject(CREDENTIALS) private readonly credentials: Credentials,
  ) {}

  /** The last rebuild of each projection that had one, and how far it is. */
  @Get()
  async read(@Headers('authorization') authorization?: string): Promise<Rebuild[]> {
    await requireAdministrator(this.credentials, authorization, 'make projections anew');
    return this.rebuilds.latest();
  }

  /** Asks for one projection, or for all; what is under way is joined. With `compare` the answer to `read` tells what was different. */
  @Post()
  @HttpCode(202)
  async request(
    @Body() body?: { projection?: unknown; compare?: unknown },
    @Headers('authorization') authorization?: string,
  ): Promise<Rebuild[]> {
    await requireAdministrator(this.credentials, authorization, 'make projections anew');
    const projection = body?.projection;
    try {
      return await this.rebuilds.request(
        projection == null ? undefined : String(projection),
        body?.compare === true,
      );
    } catch (error) {
      if (error instanceof UnknownProjectionError) throw new NotFoundException(error.message);
      throw error;
    }
  }
}
