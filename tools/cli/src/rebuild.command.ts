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
}

const description = [
  'Make read models anew, from the facts.',
  'The server fills new tables beside those that serve and switches at once when they are complete; questions are answered and ' +
    'facts recorded all the time. Without a name, the ledger is made anew from the event store, and then everything from it.',
].join('\n\n');

const details = `
The token is read from --token-file, else from CHARGEBOOK_TOKEN, else from DATA_DIR/admin.token (./.chargebook).

Exit codes: 0 done; 1 failed, or not waited for (the server goes on); 2 wrong usage.

Example:
  chargebook rebuild sessions
`;

const lookEveryMs = 200;
/** A server that was restarted goes on with its rebuilds. */
const longestSilenceMs = 60_000;

/** Adds the command \`rebuild\`. */
export function addRebuild(parent: Command, surroundings: Surroundings): void {
  const command = parent
    .command('rebuild')
    .summary('make read models anew, beside those that serve')
    .description(description)
    .argument('[projection]', 'such as ledger, registry, placements or sessions (default: all)');
  addConnectionOptions(command)
    .addHelpText('after', details)
    .action(async (projection: string | undefined, typed: TypedConnection) => {
      await runRebuild(projection, typed, surroundings);
    });
}

async function runRebuild(
  projection: string | undefined,
  typed: TypedConnection,
  surroundings: Surroundings,
) {
  const { stdout, stderr, env, nowMs, interrupted } = surroundings;
  const { url, token } = await serverOf(typed, env);
  const client = new RebuildClient(new URL('/rebuilds', url).href, token);
  const beganMs = nowMs();
  const asked = await client.request(projection);
  const facts = asked.reduce((sum, { ofSequence }) => sum + ofSequence, 0);
  const progress = startProgress(facts, stderr, 'facts');
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
}

class RebuildClient {
  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  /** Asks for rebuilds. @throws Failure in the server's own words */
  request(projection: string | undefined): Promise<Rebuild[]> {
    return this.send({ method: 'POST', body: JSON.stringify({ projection }) });
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
