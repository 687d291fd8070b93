let readAfter: bigint | undefined;

/** What this tab recorded is in everything that it reads from then on. */
export function readAtLeast(position: string): void {
  const told = BigInt(position);
  if (readAfter == null || told > readAfter) readAfter = told;
}

/** Headers of every request; a command does not wait for what was recorded before. */
export function headersFor(token: string, options: { waits: boolean }): Record<string, string> {
  const headers: Record<string, string> = {
    authorization: `Bearer ${token}`,
    'x-chargebook-channel': 'CONSOLE',
  };
  if (options.waits && readAfter != null) headers['x-read-after'] = String(readAfter);
  return headers;
}
