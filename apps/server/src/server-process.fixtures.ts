import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const houseRoot = fileURLToPath(new URL('../../../', import.meta.url));
const serverProgram = path.join(houseRoot, 'dist/server/main.js');
const cliProgram = path.join(houseRoot, 'tools/cli/bin/chargebook.mjs');
const START_TIMEOUT_MS = 60_000;

/** What became of a process. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** All that a program said until it ended. */
export interface Said extends Ended {
  readonly stdout: string;
  readonly stderr: string;
}

const folders: string[] = [];
const servers = new Set<ServerProcess>();

/** A new folder that `cleanUp` removes. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'chargebook-server-'));
  folders.push(folder);
  return folder;
}

/** Ends what a test file has started and removes its folders; to be called after all of its tests. */
export async function cleanUp(): Promise<void> {
  for (const server of servers) await server.stop();
  for (const folder of folders.splice(0)) {
    killPostmaster(folder);
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/** The server in a process of its own, as its users run it. */
export class ServerProcess {
  private output = '';
  private readonly child: ChildProcess;
  readonly ended: Promise<Ended>;

  private constructor(
    readonly dataDirectory: string,
    environment: Readonly<Record<string, string>>,
    args: string[],
  ) {
    this.child = spawnProgram(serverProgram, args, { DATA_DIR: dataDirectory, PORT: '0', ...environment });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
    this.ended = once(this.child, 'close').then(([code, signal]) => {
      servers.delete(this);
      return { code: code as number | null, signal: signal as NodeJS.Signals | null };
    });
    servers.add(this);
  }

  /** Starts it and waits until it says where it answers. */
  static async start(
    dataDirectory = path.join(temporaryFolder(), 'data'),
    environment: Readonly<Record<string, string>> = {},
    ...args: string[]
  ): Promise<ServerProcess> {
    const server = new ServerProcess(dataDirectory, environment, args);
    const gone = server.ended.then(() => 'gone');
    const patience = AbortSignal.timeout(START_TIMEOUT_MS);
    while (server.addressSaid() == null) {
      const isGone = (await Promise.race([gone, pause(20)])) === 'gone';
      if (isGone || patience.aborted) throw new Error(`the server did not start:\n${server.said}`);
    }
    return server;
  }

  /** Where it answers, such as `http://127.0.0.1:41234`. */
  get url(): string {
    return this.addressSaid() ?? '';
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get adminToken(): string {
    return readFileSync(this.adminTokenFile, 'utf8').trim();
  }

  get adminTokenFile(): string {
    return path.join(this.dataDirectory, 'admin.token');
  }

  /** All that it has written to stdout and stderr so far. */
  get said(): string {
    return this.output;
  }

  get postmasterPid(): number {
    return postmasterIn(this.dataDirectory) ?? 0;
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Asks it to stop, and waits until it has. */
  async stop(): Promise<Ended> {
    this.signal('SIGTERM');
    return this.ended;
  }

  /** Takes it away without a word. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended;
  }

  private addressSaid(): string | undefined {
    return /answers at (http:\/\/\S+)\n/.exec(this.output)?.[1];
  }
}

/** Starts the server where it is expected to give up, and waits for that. */
export function serverThatGivesUp(environment: Readonly<Record<string, string>>): Promise<Said> {
  return untilEnd(spawnProgram(serverProgram, [], { PORT: '0', ...environment }));
}

/** Runs the command line against a server. */
export function chargebook(server: ServerProcess, ...args: string[]): Promise<Said> {
  const environment = { CHARGEBOOK_URL: `${server.url}/graphql`, DATA_DIR: server.dataDirectory };
  return untilEnd(spawnProgram(cliProgram, args, environment));
}

export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM';
  }
}

/** Looks again and again until something is so. */
export async function eventually(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  patienceMs = 20_000,
): Promise<void> {
  const patience = AbortSignal.timeout(patienceMs);
  while (!(await isSo())) {
    if (patience.aborted) throw new Error(`in vain waited until ${what}`);
    await pause(20);
  }
}

function spawnProgram(program: string, args: string[], environment: Readonly<Record<string, string>>) {
  const { PATH = '', HOME = '', TMPDIR } = process.env;
  const around = { PATH, HOME, ...(TMPDIR == null ? {} : { TMPDIR }), LOG_LEVEL: 'warn' };
  return spawn(process.execPath, [program, ...args], {
    env: { ...around, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function untilEnd(child: ChildProcess): Promise<Said> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal, stdout, stderr };
}

/** The process id of the PostgreSQL that serves a data directory; undefined where none does. */
export function postmasterIn(dataDirectory: string): number | undefined {
  const file = path.join(dataDirectory, 'postgres/pgdata/postmaster.pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : undefined;
}

/** One that outlived its server, because the server was killed. */
function killPostmaster(folder: string): void {
  const pid = postmasterIn(path.join(folder, 'data'));
  if (pid != null && isRunning(pid)) process.kill(pid, 'SIGQUIT');
}
