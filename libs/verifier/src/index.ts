export type { Bundle, Cryptography, Finding, Manifest, ReportHeader, Verification } from './verify.mjs';
export { CannotVerifyError, verifyBundle } from './verify.mjs';
