import type { Rebuild } from '@chargebook/read-models';
import { Rebuilds, UnknownProjectionError } from '@chargebook/read-models';
import {
  Body,
  Controller,
  ForbiddenException,
  Get,
  Headers,
  HttpCode,
  Inject,
  NotFoundException,
  Post,
  UnauthorizedException,
} from '@nestjs/common';
import type { Credentials } from './credentials';
import { bearerToken } from './credentials';
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
    await this.requireAdmin(authorization);
    return this.rebuilds.latest();
  }

  /** Asks for one projection, or for all; what is under way is joined. */
  @Post()
  @HttpCode(202)
  async request(
    @Body() body?: { projection?: unknown },
    @Headers('authorization') authorization?: string,
  ): Promise<Rebuild[]> {
    await this.requireAdmin(authorization);
    const projection = body?.projection;
    try {
      return await this.rebuilds.request(projection == null ? undefined : String(projection));
    } catch (error) {
      if (error instanceof UnknownProjectionError) throw new NotFoundException(error.message);
      throw error;
    }
  }

  private async requireAdmin(authorization: string | undefined): Promise<void> {
    const token = bearerToken(authorization);
    const identity = token == null ? undefined : await this.credentials.whoIs(token);
    if (identity == null)
      throw new UnauthorizedException(
        'A credential is needed: send the header Authorization: Bearer <token>.',
      );
    if (identity.requester.role !== 'ADMIN')
      throw new ForbiddenException('Only the administrator may make projections anew.');
  }
}
