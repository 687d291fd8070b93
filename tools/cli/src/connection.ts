import type { Command } from 'commander';
import { UsageError } from './failures';
import { GraphqlClient } from './graphql-client';
import type { Surroundings } from './main';
import { readToken } from './token';

/** Where a server is, as it was typed. */
export type TypedConnection = { url?: string; tokenFile?: string };

const defaultUrl = 'http://127.0.0.1:4000/graphql';

/** Adds the options that tell where the server is. */
export function addConnectionOptions(command: Command): Command {
  return command
    .option('--url <url>', `the server's GraphQL address (default: CHARGEBOOK_URL, else ${defaultUrl})`)
    .option('--token-file <path>', 'the file that holds the token');
}

/**
 * Where the server is that was typed or that the environment names, and the token for it.
 *
 * @throws UsageError, or Failure where there is no token
 */
export async function serverOf(
  typed: TypedConnection,
  env: NodeJS.ProcessEnv,
): Promise<{ url: URL; token: string }> {
  const told = typed.url ?? (env['CHARGEBOOK_URL'] || defaultUrl);
  const url = URL.canParse(told) ? new URL(told) : undefined;
  if (url == null || !['http:', 'https:'].includes(url.protocol)) {
    throw new UsageError(`"${told}" is no HTTP address.`);
  }
  return { url, token: await readToken(typed.tokenFile, env) };
}

/**
 * A client for the server that was typed or that the environment names.
 *
 * @param channel through which things are told: the book keeps it with each fact
 */
export async function connect(
  typed: TypedConnection,
  { env, interrupted }: Pick<Surroundings, 'env' | 'interrupted'>,
  channel = 'IMPORT',
): Promise<GraphqlClient> {
  const { url, token } = await serverOf(typed, env);
  return new GraphqlClient({ url: url.href, token, channel, interrupted });
}
