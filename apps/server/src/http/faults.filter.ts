import { AccessDeniedError } from '@chargebook/domain';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { Catch, HttpException, HttpStatus } from '@nestjs/common';

/** As much of Fastify's reply as is needed here. */
interface Reply {
  status(code: number): Reply;
  header(name: string, value: string): Reply;
  send(body: string): unknown;
}

/** A fault with a code of its own, and what else is to be known of it. */
export class CodedException extends HttpException {
  constructor(
    status: number,
    readonly code: string,
    message: string,
    readonly details?: Readonly<Record<string, unknown>>,
  ) {
    super(message, status);
  }
}

/**
 * What goes wrong before GraphQL sees a request, such as a body that is no JSON, is answered in GraphQL's form, so that
 * a client has one form of error to read.
 */
@Catch(HttpException, AccessDeniedError)
export class HttpFaults implements ExceptionFilter<HttpException | AccessDeniedError> {
  catch(exception: HttpException | AccessDeniedError, host: ArgumentsHost): Error | undefined {
    if (host.getType<string>() === 'graphql') return exception;
    const status = exception instanceof AccessDeniedError ? 403 : exception.getStatus();
    const error = {
      message: exception.message,
      extensions: { code: codeOf(exception), ...detailsOf(exception) },
    };
    host
      .switchToHttp()
      .getResponse<Reply>()
      .status(status)
      .header('content-type', 'application/json; charset=utf-8')
      .send(JSON.stringify({ errors: [error] }));
    return undefined;
  }
}

function codeOf(exception: HttpException | AccessDeniedError): string {
  if (exception instanceof AccessDeniedError || exception instanceof CodedException) return exception.code;
  const status = exception.getStatus();
  return status === 401 ? 'UNAUTHENTICATED' : (HttpStatus[status] ?? 'INTERNAL_SERVER_ERROR');
}

function detailsOf(exception: Error): object {
  const details = exception instanceof CodedException ? exception.details : undefined;
  return details == null ? {} : { details };
}
