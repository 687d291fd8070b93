export type { JsonValue } from './canonical-json';
export { canonicalJson } from './canonical-json';
export type { Checkpoint, OpenedCheckpoint } from './checkpoint';
export { formatCheckpoint, openCheckpoint, parseCheckpoint, signCheckpoint } from './checkpoint';
export type { Hash } from './hashes';
export { areSame, EMPTY_ROOT, HASH_BYTES, leafHash, nodeHash, sha256, sha256Hex } from './hashes';
export type { KeySpan } from './key-succession';
export { followKeys, introduceKey, openSucceeded } from './key-succession';
export type { ReadHash, Subtree } from './merkle-tree';
export {
  consistencyProof,
  coverOf,
  inclusionProof,
  isConsistent,
  isIncluded,
  rootOf,
  TreeBuilder,
  TreeRangeError,
} from './merkle-tree';
export type { OpenedNote, SignatureKind, SignerKey, VerifierKey } from './signed-note';
export {
  formatVerifierKey,
  generateSigner,
  NoteError,
  openNote,
  parseVerifierKey,
  pemOf,
  signatureOn,
  signerFromPem,
  signNote,
} from './signed-note';
export type { Tile, TilePlace } from './tiles';
export { growTiles, openTiles, readFromTiles, TILE_WIDTH } from './tiles';
export type { Finding, ToldEntry, ToldLeaves, Witnessed } from './witnessing';
export { firstDifference, hangsTogether, judge, leafOfTold } from './witnessing';
