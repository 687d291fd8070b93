import type { Operation } from 'urql';
import { getOperationName, makeOperation } from 'urql';
import { hashes } from 'virtual:document-hashes';

interface ByHash {
  readonly persistedQuery: { readonly version: 1; readonly sha256Hash: string };
}

function extensionsOf(name: string | undefined): ByHash | undefined {
  const sha256Hash = name == null ? undefined : hashes[name];
  return sha256Hash == null ? undefined : { persistedQuery: { version: 1, sha256Hash } };
}

/** An operation that is sent as the hash of its text, which the server knows already. */
export function operationByHash(operation: Operation): Operation {
  const extensions = extensionsOf(getOperationName(operation.query));
  return extensions == null
    ? operation
    : makeOperation(operation.kind, { ...operation, extensions }, operation.context);
}

/** What is sent for a document that does not go the usual way: without its text, where the server knows it. */
export function requestByHash(document: string): {
  readonly query?: string;
  readonly extensions?: ByHash & Record<string, unknown>;
} {
  const extensions = extensionsOf(/(?:query|mutation|subscription) (\w+)/.exec(document)?.[1]);
  return extensions == null ? { query: document } : { extensions: { ...extensions } };
}
