/** Gives the bytes of a bundle's files. */
export interface Bundle {
  /** @returns undefined where there is no such file */
  open(name: string): Iterable<Uint8Array> | undefined;
}

export interface Cryptography {
  /** SHA-256. */
  hash(whole: string | Uint8Array): Uint8Array;
  /** The same, of what comes in parts. */
  hasher(): { update(part: Uint8Array): unknown; digest(): Uint8Array };
  /** Whether a message is signed so by an Ed25519 key of 32 bytes. */
  isSigned(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean | Promise<boolean>;
}

/** Something that does not hold. */
export interface Finding {
  /** File, line and place in the book. */
  readonly where: string;
  readonly what: string;
}

/** The first line of a report. */
export interface ReportHeader {
  readonly kind: 'report';
  readonly format: 'chargebook-report/1' | 'chargebook-report/2';
  /** The origin of its checkpoints. */
  readonly book: string;
  readonly scope: Readonly<Record<string, string | true>>;
  readonly from: string;
  readonly to: string;
  readonly asOfSequence: number;
}

export interface Manifest {
  readonly report: ReportHeader;
  /** SHA-256 of the lines of facts, hexadecimal. */
  readonly digest: string;
  /** How many facts name the report's thing at its cut. */
  readonly chain: number;
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
}

export interface Verification {
  /** None: everything holds. */
  readonly findings: readonly Finding[];
  /** Without a key that is known from elsewhere, anybody could have signed. */
  readonly isKeyNamed: boolean;
  readonly checkpoint: { readonly origin: string; readonly size: number; readonly root: Uint8Array };
  readonly manifest: Manifest;
  /** How many facts stand in the report. */
  readonly entries: number;
}

/** The bundle cannot be read as one. */
export class CannotVerifyError extends Error {}

/**
 * Verifies a bundle.
 *
 * @param trusted keys of the book, and of witnesses who must have signed, as `name+id+key`
 * @throws CannotVerifyError
 */
export function verifyBundle(
  bundle: Bundle,
  trusted: { readonly keys?: readonly string[]; readonly witnesses?: readonly string[] },
  cryptography: Cryptography,
): Promise<Verification>;
