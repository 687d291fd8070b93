import {
  ConflictException,
  Controller,
  ForbiddenException,
  Get,
  Headers,
  HttpCode,
  Inject,
  Post,
  UnauthorizedException,
} from '@nestjs/common';
import { bearerToken } from '../http/credentials';
import type { DemoProgress } from './demo-fleet';
import { DemoFleet } from './demo-fleet';

/** A demo fleet on an empty book, for the administrator. */
@Controller('demo')
export class DemoController {
  constructor(@Inject(DemoFleet) private readonly demo: DemoFleet) {}

  /** How far it is, and whether there is anything to fill. */
  @Get()
  async read(
    @Headers('authorization') authorization?: string,
  ): Promise<DemoProgress & { possible: boolean }> {
    const token = await this.adminToken(authorization);
    const isRunning = this.demo.progress.state === 'RUNNING';
    const possible = !isRunning && (await this.demo.isPossible(token));
    return { ...this.demo.progress, possible };
  }

  /** Begins to fill, goes on where that was broken off, or joins what is under way. */
  @Post()
  @HttpCode(202)
  async fill(@Headers('authorization') authorization?: string): Promise<DemoProgress> {
    const token = await this.adminToken(authorization);
    if (this.demo.progress.state !== 'RUNNING' && !(await this.demo.isPossible(token)))
      throw new ConflictException('The book holds something already: the demo fleet needs an empty one.');
    void this.demo.fill(token);
    return this.demo.progress;
  }

  private async adminToken(authorization: string | undefined): Promise<string> {
    const token = bearerToken(authorization);
    const kind = token == null ? undefined : await this.demo.kindOf(token).catch(() => undefined);
    if (token == null || kind == null)
      throw new UnauthorizedException(
        'A credential is needed: send the header Authorization: Bearer <token>.',
      );
    if (kind !== 'ADMIN') throw new ForbiddenException('Only the administrator may fill the book.');
    return token;
  }
}
