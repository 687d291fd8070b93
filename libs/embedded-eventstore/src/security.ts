import { createHash, timingSafeEqual } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import {
  ResponderBuilder,
  ServerCredentials,
  ServerInterceptingCall,
  ServerListenerBuilder,
  status,
  type Metadata,
  type ServerInterceptor,
} from '@grpc/grpc-js';
import { messageOf, typedError } from './errors';
import { StoreFailure } from './failure';
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
export function serverCredentialsOf(tls: TlsSettings | undefined): ServerCredentials {
  if (tls == null) return ServerCredentials.createInsecure();
  const [certificate, privateKey] = [Buffer.from(tls.certificate), Buffer.from(tls.privateKey)];
  try {
    createSecureContext({ cert: certificate, key: privateKey });
  } catch (error) {
    throw new StoreFailure(
      'BAD_CERTIFICATE',
      `The certificate and its key cannot be used: ${messageOf(error)}`,
    );
  }
  return ServerCredentials.createSsl(null, [{ cert_chain: certificate, private_key: privateKey }]);
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

/** Lets calls through that one of the users makes, by basic authentication. */
export function authentication(users: readonly User[]): ServerInterceptor {
  const known = users.map(({ username, password }) =>
    digestOf(`Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`),
  );
  return (method, call) => {
    if (OPEN_TO_ALL.test(method.path)) return new ServerInterceptingCall(call);
    const listener = new ServerListenerBuilder().withOnReceiveMetadata((metadata, next) => {
      if (isKnown(known, metadata)) next(metadata);
      else call.sendStatus(NOT_AUTHENTICATED);
    });
    const responder = new ResponderBuilder().withStart((next) => next(listener.build()));
    return new ServerInterceptingCall(call, responder.build());
  };
}

const NOT_AUTHENTICATED = typedError(status.UNAUTHENTICATED, 'Unknown user or wrong password', {
  exception: 'access-denied',
});

/** Takes as long for any answer, whatever is given. */
function isKnown(known: readonly Buffer[], metadata: Metadata): boolean {
  const given = digestOf(String(metadata.get('authorization')[0] ?? ''));
  return known.map((digest) => timingSafeEqual(digest, given)).includes(true);
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
