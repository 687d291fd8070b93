export type { AuditKey, Cosignature, StoredCheckpoint } from './checkpoints/audit-record';
export { AuditRecord, CosignatureRefusedError, spansOf } from './checkpoints/audit-record';
export type { KeeperEvents, KeyRing, SigningState } from './checkpoints/checkpoint-keeper';
export {
  BookChangedError,
  CheckpointKeeper,
  NoCheckpointError,
  OtherKeyError,
} from './checkpoints/checkpoint-keeper';
export type { ConsistencyProof, InclusionProof } from './checkpoints/proof.queries';
export { ProofQueries } from './checkpoints/proof.queries';
