export type { AuditRow } from './checkpoints/audit-copy';
export { AuditCopy, OtherAuditError } from './checkpoints/audit-copy';
export type { AuditKey, Cosignature, StoredCheckpoint } from './checkpoints/audit-record';
export { AuditRecord, CosignatureRefusedError, spansOf } from './checkpoints/audit-record';
export type { KeeperEvents, KeyRing, SigningState } from './checkpoints/checkpoint-keeper';
export { CheckpointKeeper, NoCheckpointError, OtherKeyError } from './checkpoints/checkpoint-keeper';
export { BookChangedError } from './checkpoints/grown-tree';
export type { ConsistencyProof, InclusionProof } from './checkpoints/proof.queries';
export { ProofQueries } from './checkpoints/proof.queries';
export { requireReport } from './report/report-access';
export type { AskedReport, ReportArguments, ReportScope } from './report/report-arguments';
export {
  nameOfReport,
  nameOfScope,
  readAskedReport,
  ReportNotFoundError,
  ReportRequestError,
  toldScope,
} from './report/report-arguments';
export type { BundleParts, Signing } from './report/bundle';
export { bundleFile } from './report/bundle';
export { CSV_FILES } from './report/csv-files';
export { PDF_FILE } from './report/pdf/pdf-file';
export type { Download, FileKind, ReportFormat } from './report/report-files';
export type { LineKind } from './report/report-line';
export { linesOfReport } from './report/report-lines';
export type { SpooledFile } from './report/report-spool';
export { bytesOf, ReportSpool } from './report/report-spool';
export type { MadeReport, ReportSummary } from './report/report-text';
export { linesIn } from './report/report-text';
export type { ReportParts, ReportProgress } from './report/reports';
export { ReportInProgressError, ReportNotPossibleError, Reports } from './report/reports';
