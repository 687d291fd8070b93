import { createHash } from 'node:crypto';
import type { ApolloServerPlugin } from '@apollo/server';
import type { Requester } from '@chargebook/domain';
import { GraphQLError } from 'graphql';
import type { RequestContext } from '../request/request-context';

type Role = Requester['role'];

/** The documents of the console, and who may send nothing else. */
export interface TrustedDocuments {
  /** Texts by their SHA-256 in hex. */
  readonly texts: ReadonlyMap<string, string>;
  /** Whether people may send these alone. */
  readonly isOnly: boolean;
}

/** How a document is named instead of being sent. */
interface NamedRequest {
  readonly query?: string | null;
  readonly extensions?: Readonly<Record<string, unknown>> | null;
}

/** They write programs of their own, or set the limits. */
const WITH_OWN_DOCUMENTS: readonly Role[] = ['PARTNER', 'DEVICE', 'AUDITOR', 'ADMIN'];

/** The store in which the server looks documents up by their hash. Nobody adds anything to it. */
export function storeOf({ texts }: TrustedDocuments) {
  return {
    get: (hash: string) => Promise.resolve(texts.get(hash.replace(/^apq:/, ''))),
    set: () => Promise.resolve(),
    delete: () => Promise.resolve(false),
  };
}

/** Refuses documents that are not the console's of those who may send no others, before they cost anything. */
export function trustedOnly(trusted: TrustedDocuments): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation: ({ source, contextValue }) => {
          const problem = problemWith(source, contextValue.identity.requester.role, trusted);
          if (problem != null) throw problem;
          return Promise.resolve();
        },
      }),
  };
}

/**
 * The text that is meant by a request over a WebSocket: its own, or the one that it names.
 *
 * @throws GraphQLError PERSISTED_QUERY_NOT_FOUND, DOCUMENT_NOT_TRUSTED
 */
export function textOf({ query, extensions }: NamedRequest, role: Role, trusted: TrustedDocuments): string {
  const hash = hashIn(extensions);
  const text = hash == null ? (query ?? '') : trusted.texts.get(hash);
  if (text == null)
    throw new GraphQLError('PersistedQueryNotFound', { extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } });
  const problem = problemWith(text, role, trusted);
  if (problem != null) throw problem;
  return text;
}

function problemWith(
  text: string,
  role: Role,
  { texts, isOnly }: TrustedDocuments,
): GraphQLError | undefined {
  if (!isOnly || WITH_OWN_DOCUMENTS.includes(role)) return undefined;
  if (texts.has(createHash('sha256').update(text).digest('hex'))) return undefined;
  const message = `Here a credential of role ${role} sends the console's documents only; for programs there are credentials of role PARTNER, DEVICE and AUDITOR.`;
  return new GraphQLError(message, { extensions: { code: 'DOCUMENT_NOT_TRUSTED', http: { status: 403 } } });
}

function hashIn(extensions: NamedRequest['extensions']): string | undefined {
  const named = extensions?.['persistedQuery'];
  if (typeof named !== 'object' || named == null || !('sha256Hash' in named)) return undefined;
  return typeof named.sha256Hash === 'string' ? named.sha256Hash : undefined;
}
