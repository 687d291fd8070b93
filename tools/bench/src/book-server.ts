import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Linux counts so. */
const MS_PER_TICK = 10;

/** The server as its users run it, on a book of its own that goes with it. */
export class BookServer {
  private readonly agent = new Agent({ keepAlive: true });

  private constructor(
    private readonly child: ChildProcess,
    private readonly directory: string,
    readonly url: string,
    /** The administrator's. */
    readonly token: string,
    private readonly isTemporary: boolean,
  ) {}

  /** @param existing the data directory of a book that stays; else it is an empty one that goes with the server */
  static async start(existing?: string): Promise<BookServer> {
    const directory = existing ?? (await mkdtemp(path.join(tmpdir(), 'chargebook-bench-')));
    const child = spawn(process.execPath, ['dist/server/main.js'], {
      env: { ...process.env, DATA_DIR: directory, PORT: '0', LOG_LEVEL: 'error' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const url = await addressSaidBy(child);
    const token = (await readFile(path.join(directory, 'admin.token'), 'utf8')).trim();
    return new BookServer(child, directory, url, token, existing == null);
  }

  /** What the server's process has taken of the processor so far, in milliseconds. */
  async processorMs(): Promise<number> {
    const stat = await readFile(`/proc/${String(this.child.pid)}/stat`, 'utf8');
    const [user, system] = stat.slice(stat.lastIndexOf(')')).split(' ').slice(12, 14).map(Number);
    return ((user ?? 0) + (system ?? 0)) * MS_PER_TICK;
  }

  /** Memory of the server's process that is no file's, in MB. The engine of events is in it, PostgreSQL is not. */
  async memoryMegabytes(): Promise<number> {
    const status = await readFile(`/proc/${String(this.child.pid)}/status`, 'utf8');
    return Number(/RssAnon:\s+(\d+) kB/.exec(status)?.[1]) / 1_024;
  }

  /** Waits until the read models hold all that is told by now; `facts` says how many those are, where more may be to come. */
  async caughtUp(facts?: number): Promise<void> {
    for (;;) {
      const { data } = JSON.parse(await this.ask('{ book { projections { lagFacts sequence } } }')) as {
        data: { book: { projections: { lagFacts: string; sequence: string }[] } };
      };
      const { projections } = data.book;
      const isThere = ({ lagFacts, sequence }: (typeof projections)[number]) =>
        lagFacts === '0' && (facts == null || sequence === String(facts));
      if (projections.length > 0 && projections.every(isThere)) return;
      await pause(20);
    }
  }

  /** Sends a document, as the administrator unless told. @throws Error with what was answered, where that has errors */
  ask(query: string, variables: object = {}, token = this.token): Promise<string> {
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const sent = request(
        `${this.url}/graphql`,
        { method: 'POST', agent: this.agent, headers },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (part: string) => (text += part));
          response.on('end', () => {
            if (response.statusCode === 200 && !text.includes('"errors"')) resolve(text);
            else reject(new Error(text.slice(0, 500)));
          });
        },
      );
      sent.on('error', reject);
      sent.end(JSON.stringify({ query, variables }));
    });
  }

  async stop(): Promise<void> {
    this.agent.destroy();
    this.child.kill('SIGTERM');
    await once(this.child, 'exit');
    if (this.isTemporary) await rm(this.directory, { recursive: true, force: true });
  }
}

async function addressSaidBy(child: ChildProcess): Promise<string> {
  let said = '';
  for await (const chunk of child.stdout ?? []) {
    said += String(chunk);
    const address = /answers at (http:\S+)/.exec(said)?.[1];
    if (address == null) continue;
    child.stdout?.resume();
    return address;
  }
  throw new Error(`the server did not start: ${said}`);
}
