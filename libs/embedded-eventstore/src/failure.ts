/** Why a store cannot be served; crosses from the worker to the caller as plain data. */
export type FailureCode =
  'IN_USE' | 'DAMAGED' | 'UNWRITABLE' | 'ADDRESS_IN_USE' | 'BAD_CERTIFICATE' | 'FAILED';

export class StoreFailure extends Error {
  constructor(
    readonly code: FailureCode,
    message: string,
    /** The process that has the store, where that is known. */
    readonly pid?: number,
  ) {
    super(message);
    this.name = 'StoreFailure';
  }
}
