import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import type { TypedConnection } from './connection';
import { addConnectionOptions, serverOf } from './connection';
import { Failure } from './failures';
import { startProgress } from './import-sessions/progress';
import type { Surroundings } from './main';

/** How a server tells of a rebuild. */
interface Rebuild {
  readonly id: number;
  readonly projection: string;
  readonly sequence: number;
  readonly ofSequence: number;
  readonly switchedAt?: string;
  readonly differences?: readonly Difference[];
}

interface Difference {
  readonly table: string;
  readonly wrong: number;
  readonly missing: number;
  readonly examples: readonly object[];
}

type Typed = TypedConnection & { compare?: boolean };

/** Exit code: read models were not what the facts give. */
const DIFFERENT = 5;

const description = [
  'Make read models anew, from the facts.',
  'The server fills new tables beside those that serve and switches at once when they are complete; questions are answered and ' +
    'facts recorded all the time. Without a name, the ledger is made anew from the event store, and then everything from it.',
].join('\n\n');

const details = `
The token is read from --token-file, else from CHARGEBOOK_TOKEN, else from DATA_DIR/admin.token (./.chargebook).

With --compare the old rows are compared with the new ones, row for row, and the first differences are shown. For so long as that
takes, the read model stands still. What is shown has been mended by the rebuild.

Exit codes: 0 done; 1 failed, or not waited for (the server goes on); 2 wrong usage; 5 done, and rows were not as the facts give
them.

Example:
  chargebook rebuild sessions
`;

const lookEveryMs = 200;
/** A server that was restarted goes on with its rebuilds. */
const longestSilenceMs = 60_000;

/** Adds the command \`rebuild\`. */
export function addRebuild(
  parent: Command,
  surroundings: Surroundings,
  exitWith: (code: number) => void,
): void {
  const command = parent
    .command('rebuild')
    .summary('make read models anew, beside those that serve')
    .description(description)
    .argument('[projection]', 'such as ledger, registry, placements or sessions (default: all)')
    .option('--compare', 'tell which rows were not as the facts give them');
  addConnectionOptions(command)
    .addHelpText('after', details)
    .action(async (projection: string | undefined, typed: Typed) => {
      if (!(await runRebuild(projection, typed, surroundings))) exitWith(DIFFERENT);
    });
}

/** @returns whether the rows were as the facts give them, as far as is known */
async function runRebuild(
  projection: string | undefined,
  typed: Typed,
  surroundings: Surroundings,
): Promise<boolean> {
  const { stdout, stderr, env, nowMs, interrupted } = surroundings;
  const { url, token } = await serverOf(typed, env);
  const client = new RebuildClient(new URL('/rebuilds', url).href, token);
  const beganMs = nowMs();
  const asked = await client.request(projection, typed.compare);
  const facts = asked.reduce((sum, { ofSequence }) => sum + ofSequence, 0);
  const progress = startProgress(facts, stderr, 'facts');
  let done: readonly Rebuild[] = [];
  try {
    let shown = 0;
    for (let isDone = false; !isDone;) {
      if (interrupted?.aborted === true) throw new Failure('Not waited for any longer; the server goes on.');
      const now = await client.look(asked);
      const filled = now.reduce(
        (sum, one) => sum + (one.switchedAt == null ? one.sequence : one.ofSequence),
        0,
      );
      isDone = now.every(({ switchedAt }) => switchedAt != null);
      done = now;
      const reached = isDone ? facts : Math.max(shown, Math.min(filled, facts));
      progress.advance(reached - shown);
      shown = reached;
      if (!isDone) await delay(lookEveryMs, undefined, { signal: interrupted }).catch(() => undefined);
    }
  } finally {
    progress.stop();
  }
  const names = asked.map((rebuild) => rebuild.projection).join(', ');
  stdout.write(`Made anew in ${((nowMs() - beganMs) / 1_000).toFixed(1)} s: ${names}\n`);
  const differences = done.flatMap((rebuild) => rebuild.differences ?? []);
  for (const difference of differences) stdout.write(linesOf(difference));
  if (typed.compare === true && differences.length === 0)
    stdout.write('All rows were as the facts give them.\n');
  return differences.length === 0;
}

function linesOf({ table, wrong, missing, examples }: Difference): string {
  const counts = `${table}: ${String(wrong)} rows were not as the facts give them, ${String(missing)} were missing`;
  return [counts, ...examples.map((row) => `  ${JSON.stringify(row)}`), ''].join('\n');
}

class RebuildClient {
  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  /** Asks for rebuilds. @throws Failure in the server's own words */
  request(projection: string | undefined, compare: boolean | undefined): Promise<Rebuild[]> {
    return this.send({ method: 'POST', body: JSON.stringify({ projection, compare }) });
  }

  /** How rebuilds stand; waits for a server that is gone for a while. */
  async look(asked: readonly Rebuild[]): Promise<Rebuild[]> {
    const patience = AbortSignal.timeout(longestSilenceMs);
    for (;;) {
      try {
        const latest = await this.send({ method: 'GET' });
        return asked.map((rebuild) => latest.find(({ id }) => id === rebuild.id) ?? rebuild);
      } catch (error) {
        if (!(error instanceof Silence) || patience.aborted) throw error;
        await delay(lookEveryMs);
      }
    }
  }

  private async send(how: { method: string; body?: string }): Promise<Rebuild[]> {
    const headers: Record<string, string> = { authorization: `Bearer ${this.token}` };
    if (how.body != null) headers['content-type'] = 'application/json';
    const response = await fetch(this.url, { ...how, headers }).catch((error: unknown) => {
      throw new Silence(`Nothing answers at ${this.url} (${String(error)}). Is the server running?`);
    });
    const answer = (await response.json().catch(() => undefined)) as unknown;
    if (response.ok && Array.isArray(answer)) return answer as Rebuild[];
    const message = (answer as { errors?: { message: string }[] } | undefined)?.errors?.[0]?.message;
    if (response.status >= 500)
      throw new Silence(`${this.url} cannot answer now (HTTP status ${response.status}).`);
    throw new Failure(message ?? `${this.url} does not rebuild (HTTP status ${response.status}).`);
  }
}

/** No answer now; there may be one later. */
class Silence extends Failure {}
