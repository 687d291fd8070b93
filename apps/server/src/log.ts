import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';
import { pino } from 'pino';

/** Structured logs, one JSON object a line; credentials never appear in them. */
export function createLogger(level: string): Logger {
  return pino({ level, base: undefined, redact: ['req.headers.authorization', 'headers.authorization'] });
}

/** What a request fails with is told by who answers it (most often it is the client's mistake), a busy port by main. */
const TOLD_ELSEWHERE: readonly unknown[] = ['ExceptionsHandler', 'NestApplication'];

/** What Nest says of its own start and stop is of interest to those who look for details only. */
export function nestLogger(log: Logger): LoggerService {
  return {
    log: (message: unknown) => {
      log.debug(String(message));
    },
    warn: (message: unknown) => {
      log.warn(String(message));
    },
    error: (message: unknown, ...details: unknown[]) => {
      log[TOLD_ELSEWHERE.includes(details.at(-1)) ? 'debug' : 'error']({ details }, String(message));
    },
    debug: (message: unknown) => {
      log.trace(String(message));
    },
    verbose: (message: unknown) => {
      log.trace(String(message));
    },
  };
}
