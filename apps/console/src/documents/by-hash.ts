import type { Operation } from 'urql';
import { getOperationName, makeOperation } from 'urql';
import type { ByHash } from './extensions-of';
import { extensionsOf } from './extensions-of';

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
