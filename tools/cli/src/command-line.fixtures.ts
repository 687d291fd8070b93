import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { BookServer } from './book-server.fixtures';
import { run } from './main';

const fixtures = fileURLToPath(new URL('../fixtures/', import.meta.url));

/** A person at a terminal beside a book in memory, with a folder for files of their own. */
export class CommandLine {
  /** What the last command said. */
  out = '';
  /** What all commands complained about. */
  complaints = '';

  private constructor(
    readonly server: BookServer,
    private readonly folder: string,
  ) {}

  static async open(): Promise<CommandLine> {
    return new CommandLine(await BookServer.start(), mkdtempSync(path.join(tmpdir(), 'chargebook-cli-')));
  }

  async close(): Promise<void> {
    await this.server.stop();
    rmSync(this.folder, { recursive: true });
  }

  get book() {
    return this.server.book;
  }

  async run(args: string[], env: NodeJS.ProcessEnv = {}, interrupted?: AbortSignal): Promise<number> {
    this.out = '';
    return run(args, {
      stdout: { write: (text) => (this.out += text) },
      stderr: { write: (text) => (this.complaints += text) },
      env: { CHARGEBOOK_URL: this.server.url, CHARGEBOOK_TOKEN: BookServer.token, ...env },
      nowMs: () => Date.parse('2026-01-01T00:00:00Z'),
      version: '1.2.3',
      interrupted,
    });
  }

  /** Imports one of the made-up files, or any other by its full path. */
  async importFile(file: string, ...options: string[]): Promise<number> {
    return this.run(this.importArgs(file, ...options));
  }

  importArgs(file: string, ...options: string[]): string[] {
    return [
      'import',
      'sessions',
      path.resolve(fixtures, file),
      '--rejects',
      this.pathOf('rejects.csv'),
      ...options,
    ];
  }

  pathOf(name: string): string {
    return path.join(this.folder, name);
  }

  written(name: string, text: string): string {
    writeFileSync(this.pathOf(name), text);
    return this.pathOf(name);
  }

  rejects(): { line: string; reason: string; message: string; row: string }[] {
    return parse(readFileSync(this.pathOf('rejects.csv')), { columns: true });
  }

  /** Lines and reasons of the rejects. */
  reasons(): string[] {
    return this.rejects().map(({ line, reason }) => `${line} ${reason}`);
  }

  /** The sessions in the book as charger, site and span, in the order of their time. */
  sessions(): string[] {
    const inOrder = this.book.allSessions.toSorted((a, b) =>
      `${a.startedAt} ${a.charger}`.localeCompare(`${b.startedAt} ${b.charger}`),
    );
    return inOrder.map(
      ({ charger, siteId, startedAt, endedAt }) =>
        `${charger} ${siteId ?? '-'} ${startedAt} ${endedAt ?? ''}`,
    );
  }
}

/** The heading of the files that tests write themselves. */
export const heading = 'charger_id,location_id,start_time,end_time\n';
export const berlin = ['--time-zone', 'Europe/Berlin'];
