import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from './failures';

/**
 * The credential to send: from the named file, else from CHARGEBOOK_TOKEN, else the one that the server left in its
 * data directory (DATA_DIR, by default ./.chargebook).
 *
 * @throws Failure naming the places that were looked at; never with the token in it
 */
export async function readToken(tokenFile: string | undefined, env: NodeJS.ProcessEnv): Promise<string> {
  const fromEnv = env['CHARGEBOOK_TOKEN']?.trim();
  if (tokenFile == null && fromEnv) return checked(fromEnv, 'CHARGEBOOK_TOKEN');
  const file = tokenFile ?? path.join(env['DATA_DIR'] ?? '.chargebook', 'admin.token');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const told = tokenFile == null ? ' Name one with --token-file or CHARGEBOOK_TOKEN.' : '';
    throw new Failure(
      `No token: cannot read ${file} (${(error as NodeJS.ErrnoException).code ?? 'unknown fault'}).${told}`,
    );
  }
  return checked(text.trim(), file);
}

function checked(token: string, origin: string): string {
  // What fits into a header; a stray line end would otherwise show up as an obscure fault of the connection.
  if (!/^[\x21-\x7e]+$/.test(token)) throw new Failure(`${origin} holds no token.`);
  return token;
}
