import { CannotVerifyError, verifyBundle } from '@chargebook/verifier';
import { browserCryptography, NoSignaturesError } from './browser-cryptography';
import { filesInTar, gunzip, TarError } from './tar';

export interface ToVerify {
  readonly file: Blob;
  /** Keys that were named for this bundle. */
  readonly named: readonly string[];
  /** Keys that were trusted before; those of other books do not count. */
  readonly remembered: readonly string[];
}

export interface Finding {
  readonly where: string;
  readonly what: string;
}

/** What became of verifying a bundle. */
export type Verdict =
  | { readonly kind: 'unreadable'; readonly message: string }
  | { readonly kind: 'noSignatures' }
  | {
      readonly kind: 'verified';
      /** None: everything holds. */
      readonly findings: readonly Finding[];
      readonly isKeyNamed: boolean;
      /** Keys of its book that were trusted. */
      readonly keys: readonly string[];
      readonly book: string;
      /** Facts in the tree that the checkpoint signs. */
      readonly treeSize: number;
      /** Such as `charger:CB-1`, or `book`. */
      readonly scope: string;
      readonly from: string;
      readonly to: string;
      readonly asOfSequence: number;
      readonly entries: number;
    };

/** Verifies a bundle as it was downloaded; nothing is asked of anybody. */
export async function verdictOn({ file, named, remembered }: ToVerify): Promise<Verdict> {
  try {
    const files = filesInTar(await gunzip(file));
    const origin = new TextDecoder().decode(files.get('checkpoint') ?? new Uint8Array()).split('\n')[0] ?? '';
    const keys = [...named, ...remembered.filter((key) => key.startsWith(`${origin}+`))];
    const open = (name: string) => {
      const bytes = files.get(name);
      return bytes == null ? undefined : [bytes];
    };
    const found = await verifyBundle({ open }, { keys }, browserCryptography);
    const { from, to, asOfSequence, scope } = found.manifest.report;
    const [kind = 'book', id] = Object.entries(scope)[0] ?? [];
    return {
      kind: 'verified',
      findings: found.findings,
      isKeyNamed: found.isKeyNamed,
      keys,
      book: found.checkpoint.origin,
      treeSize: found.checkpoint.size,
      scope: id === true || id == null ? kind : `${kind}:${id}`,
      from,
      to,
      asOfSequence,
      entries: found.entries,
    };
  } catch (error) {
    if (error instanceof NoSignaturesError) return { kind: 'noSignatures' };
    const isKnown = error instanceof CannotVerifyError || error instanceof TarError;
    return { kind: 'unreadable', message: isKnown ? error.message : 'it is not a packed archive (.tar.gz)' };
  }
}
