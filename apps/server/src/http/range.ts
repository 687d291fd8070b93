/** Bytes of a file, from one to another, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

const RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/;

/**
 * The one range that a header asks for (RFC 9110, 14.2). What cannot be read, or asks for several, is as if it were not there.
 */
export function rangeOf(
  header: string | string[] | undefined,
  bytes: number,
): ByteRange | 'UNSATISFIABLE' | undefined {
  const [, first = '', last = ''] = (typeof header === 'string' && RANGE.exec(header)) || [];
  if (first === '' && last === '') return undefined;
  if (first === '') {
    const length = Math.min(Number(last), bytes);
    return length === 0 ? 'UNSATISFIABLE' : { start: bytes - length, end: bytes - 1 };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return undefined;
  if (start >= bytes) return 'UNSATISFIABLE';
  return { start, end: last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1) };
}
