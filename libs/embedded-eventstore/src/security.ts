import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http2';
import { createSecureContext } from 'node:tls';
import { messageOf } from './errors';
import { StoreFailure } from './failure';
import type { GrpcServerSettings } from './grpc-server';
import { status, type CallError } from './grpc-status';
import { systemEvent, type LogWriter } from './log-writer';

/** How a server on TCP proves who it is, and whom it serves. */
export interface TlsSettings {
  /** The certificate, with those between it and its root, as PEM text. */
  certificate: string;
  /** Its key, as PEM text. */
  privateKey: string;
  /** Who may call. Without it everybody who can connect. */
  users?: readonly User[];
}

export interface User {
  username: string;
  password: string;
}

/** What a client asks before it says who it is. */
const OPEN_TO_ALL = /^\/event_store\.client\.(gossip|server_features)\./;

/** @throws StoreFailure BAD_CERTIFICATE */
export function checkCertificate({ certificate, privateKey }: TlsSettings): void {
  try {
    createSecureContext({ cert: certificate, key: privateKey });
  } catch (error) {
    throw new StoreFailure(
      'BAD_CERTIFICATE',
      `The certificate and its key cannot be used: ${messageOf(error)}`,
    );
  }
}

/** The book knows its users, as EventStoreDB's does: a stream for each, without the password. */
export async function recordUsers(writer: LogWriter, users: readonly User[]): Promise<void> {
  for (const { username } of users) {
    const data = Buffer.from(JSON.stringify({ loginName: username, groups: ['$admins'], disabled: false }));
    await writer.append({ stream: `$user-${username}`, expected: 'noStream' }, [
      systemEvent('$UserCreated', data),
    ]);
  }
}

const NOT_AUTHENTICATED: CallError = {
  code: status.UNAUTHENTICATED,
  details: 'Unknown user or wrong password',
  trailers: { exception: 'access-denied' },
};

/** Lets calls through that one of the users makes, by basic authentication. */
export function authentication(users: readonly User[]): GrpcServerSettings['refusalOf'] {
  const known = users.map(({ username, password }) =>
    digestOf(`Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`),
  );
  return (path, headers) =>
    OPEN_TO_ALL.test(path) || isKnown(known, headers) ? undefined : NOT_AUTHENTICATED;
}

/** Takes as long for any answer, whatever is given. */
function isKnown(known: readonly Buffer[], { authorization = '' }: IncomingHttpHeaders): boolean {
  const given = digestOf(authorization);
  return known.map((digest) => timingSafeEqual(digest, given)).includes(true);
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
