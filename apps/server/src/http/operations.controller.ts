import { CheckpointKeeper } from '@chargebook/audit';
import { BookQueries } from '@chargebook/read-models';
import {
  Controller,
  Get,
  Header,
  Headers,
  Inject,
  ServiceUnavailableException,
  UnauthorizedException,
} from '@nestjs/common';
import type { Credentials } from './credentials';
import { bearerToken } from './credentials';
import { Metrics } from './metrics';

export const CREDENTIALS = Symbol('credentials');

/** For those who operate the server: is it alive, can it serve, how is it doing. */
@Controller()
export class OperationsController {
  constructor(
    @Inject(BookQueries) private readonly book: BookQueries,
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(CREDENTIALS) private readonly credentials: Credentials,
    @Inject(CheckpointKeeper) private readonly keeper: CheckpointKeeper,
  ) {}

  /** The process answers. */
  @Get('/healthz')
  healthz() {
    return { status: 'ok' };
  }

  /** Facts can be recorded and questions answered. */
  @Get('/readyz')
  async readyz() {
    try {
      await this.book.projections();
      // It serves all the same; what is wrong is for those who look into the log.
      return this.keeper.state.kind === 'REFUSED'
        ? { status: 'ok', checkpoints: 'REFUSED' }
        : { status: 'ok' };
    } catch {
      throw new ServiceUnavailableException('An engine is out of reach, or not ready yet.');
    }
  }

  @Get('/metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  async read(@Headers('authorization') authorization?: string): Promise<string> {
    const token = bearerToken(authorization);
    const identity = token == null ? undefined : await this.credentials.whoIs(token);
    if (identity?.requester.role !== 'ADMIN') {
      throw new UnauthorizedException(
        'An administrator’s credential is needed: send the header Authorization: Bearer <token>.',
      );
    }
    return this.metrics.text();
  }
}
