import { randomUUID } from 'node:crypto';
import type { Channel, Instant, Requester } from '@chargebook/domain';
import { AccessDeniedError, CHANNELS, instantOf, isId } from '@chargebook/domain';
import { EventStoreUnavailableError } from '@chargebook/event-store';
import type { IncomingRequest, Queries } from '@chargebook/graphql';
import { positionOf, RequestContext } from '@chargebook/graphql';
import { DatabaseUnavailableError, ProjectionBehindError } from '@chargebook/read-models';
import { GraphQLError } from 'graphql';
import type { Credentials, Identity } from './credentials';
import { bearerToken } from './credentials';
import { IssuerUnavailableError } from './oidc';

const READ_AFTER_TIMEOUT_MS = 5_000;

/**
 * Who sends an HTTP request, and from what state of the book it is to be answered.
 *
 * Headers: `authorization: Bearer <token>`, `x-read-after: <position>`, `x-correlation-id`, `x-chargebook-channel`.
 */
export function identify(queriesFor: QueriesFor, credentials: Credentials) {
  return async ({ headers }: IncomingRequest): Promise<RequestContext> => {
    const { requester, partner } = await whoSends(headerOf(headers, 'authorization'), credentials);
    const now = instantOf(Date.now());
    const queries = queriesFor(requester, now);
    const correlationId = headerOf(headers, 'x-correlation-id') ?? randomUUID();
    if (!isId(correlationId))
      throw badHeader('x-correlation-id must be an id of 1 to 64 of A-Z a-z 0-9 . _ : -');
    return new RequestContext(queries, {
      actor: requester.actor,
      requester,
      partner,
      channel: channelOf(headerOf(headers, 'x-chargebook-channel')),
      correlationId,
      now,
      head: await headAfter(queries, headerOf(headers, 'x-read-after')),
    });
  };
}

/** What may be asked, within what may be seen. */
export type QueriesFor = (requester: Requester, now: Instant) => Queries;

async function whoSends(header: string | undefined, credentials: Credentials): Promise<Identity> {
  const token = bearerToken(header);
  if (token == null) throw unauthenticated(true);
  const identity = await credentials.whoIs(token).catch((error: unknown) => {
    if (error instanceof AccessDeniedError)
      throw new GraphQLError(error.message, { extensions: { code: error.code, http: { status: 403 } } });
    if (error instanceof EventStoreUnavailableError || error instanceof IssuerUnavailableError)
      throw notNow('SERVICE_UNAVAILABLE', 'it cannot be told who may do what');
    throw error;
  });
  if (identity == null) throw unauthenticated(false);
  return identity;
}

function headerOf(headers: IncomingRequest['headers'], name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function channelOf(name: string | undefined): Channel {
  if (name == null) return 'PARTNER_API';
  const channel = CHANNELS.find((known) => known === name && known !== 'SYSTEM');
  if (channel != null) return channel;
  throw badHeader(
    `x-chargebook-channel must be one of ${CHANNELS.filter((known) => known !== 'SYSTEM').join(', ')}`,
  );
}

async function headAfter(queries: Queries, header: string | undefined): Promise<number | undefined> {
  if (header == null) return undefined;
  try {
    return await queries.book.headAfter(positionOf(header), READ_AFTER_TIMEOUT_MS);
  } catch (error) {
    if (error instanceof GraphQLError) throw badHeader(`x-read-after: ${error.message}`);
    if (error instanceof DatabaseUnavailableError) throw notNow('SERVICE_UNAVAILABLE', error.message);
    if (!(error instanceof ProjectionBehindError)) throw error;
    throw notNow('PROJECTION_BEHIND', 'the read models have not reached that position within 5 s');
  }
}

function notNow(code: string, problem: string): GraphQLError {
  const message = `Nothing was done: ${problem}. Please try again.`;
  return new GraphQLError(message, { extensions: { code, http: { status: 503 } } });
}

function unauthenticated(isMissing: boolean): GraphQLError {
  const message = isMissing
    ? 'A credential is needed: send the header Authorization: Bearer <token>.'
    : 'The token is not known, or no longer valid.';
  return new GraphQLError(message, { extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } } });
}

function badHeader(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } } });
}
