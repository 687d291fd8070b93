import { Failure } from '../failures';

/** What a witness finds wrong, with the exit codes that tell it to scripts. */
export const VIOLATIONS = {
  /** The book ends before what was signed. */
  ROLLED_BACK: 3,
  /** Two different books were signed for one size. */
  FORKED: 4,
  /** Entries that were signed are other ones now. */
  REWRITTEN: 5,
  /** Not signed by a key that the witness trusts, or another book. */
  NOT_TRUSTED: 6,
  /** The witness's own copy cannot be what it wrote. */
  COPY_DAMAGED: 7,
} as const;

/** The book, or the copy of it, is not what it must be. */
export class Violation extends Failure {
  override name = 'Violation';

  constructor(
    readonly kind: keyof typeof VIOLATIONS,
    message: string,
  ) {
    super(message);
  }

  get exitCode(): number {
    return VIOLATIONS[this.kind];
  }
}
