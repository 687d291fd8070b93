import { hashes } from 'virtual:document-hashes';

/** What stands in a request for the text of a document. */
export interface ByHash {
  readonly persistedQuery: { readonly version: 1; readonly sha256Hash: string };
}

/** For the operation of that name; undefined where the server has to be told the text. */
export function extensionsOf(name: string | undefined): ByHash | undefined {
  const sha256Hash = name == null ? undefined : hashes[name];
  return sha256Hash == null ? undefined : { persistedQuery: { version: 1, sha256Hash } };
}
