import { readFile } from 'node:fs/promises';
import type { Instant } from '@chargebook/domain';
import type { AccessScope, BookQueries, Database } from '@chargebook/read-models';
import { TreeQueries } from '@chargebook/read-models';
import type { JsonValue } from '@chargebook/transparency';
import { canonicalJson } from '@chargebook/transparency';
import { requireReport } from './report-access';
import type { AskedReport, ReportArguments } from './report-arguments';
import { nameOfReport, ReportRequestError } from './report-arguments';
import type { Download, FileKind, Workshop } from './report-files';
import { downloadsOf, REPORT, REPORT_FILE } from './report-files';
import { linesOfReport } from './report-lines';
import type { ReportSpool, SpooledFile } from './report-spool';
import type { MadeReport, ReportSummary } from './report-text';
import { ReportText } from './report-text';

const SUMMARY_FILE = 'summary.json';

/** How far the making of something is. */
export interface ReportProgress {
  readonly reachedSequence: number;
  readonly ofSequence: number;
}

/** It is being made, and this takes longer than who asks can wait. */
export class ReportInProgressError extends Error {
  constructor(readonly progress: ReportProgress) {
    const { reachedSequence, ofSequence } = progress;
    super(
      `The report is being made: it has reached fact ${String(reachedSequence)} of ${String(ofSequence)}. Ask again for the same.`,
    );
    this.name = 'ReportInProgressError';
  }
}

/** It cannot be told now as it will have to be told for ever: the message says why. */
export class ReportNotPossibleError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ReportNotPossibleError';
  }
}

interface Job {
  readonly done: Promise<SpooledFile>;
  progress: ReportProgress;
}

export interface ReportParts {
  /** For what takes long: no other requests wait for its connections. */
  readonly database: Database;
  readonly book: Pick<BookQueries, 'head' | 'cutAt' | 'wholeCut' | 'recordedAt' | 'latest'>;
  readonly spool: ReportSpool;
  /** The name of the book in its checkpoints. */
  readonly origin: () => Promise<string>;
  /** What is made from a report, beside the report itself. */
  readonly files: readonly FileKind[];
}

const MADE_AT_ONCE = 2;
const MOST_AWAITED = 100;
const CATCHING_UP_MS = 5_000;
const BEFORE_ALL_FACTS = '0001-01-01T00:00:00.000Z';

/** Makes reports, keeps them, and hands them out: each is made once. */
export class Reports {
  private readonly jobs = new Map<string, Job>();
  private readonly waiting: (() => void)[] = [];
  private readonly stopping = new AbortController();
  private underWay = 0;

  constructor(private readonly parts: ReportParts) {}

  /**
   * What a question means: the place in the book at which it is cut. Whoever may not have the report is refused.
   *
   * @throws ReportRequestError, ReportNotFoundError, AccessDeniedError
   */
  async resolve(asked: AskedReport, access: AccessScope, now: Instant): Promise<ReportArguments> {
    const { scope, from, to } = asked;
    await requireReport(access, scope, this.parts.database);
    if (asked.knownAt != null && asked.knownAt > now)
      throw new ReportRequestError('knownAt lies in the future: what will be known then is not known now.');
    const asOfSequence = await this.cutOf(asked);
    const knownAt = (await this.parts.book.recordedAt(asOfSequence)) ?? BEFORE_ALL_FACTS;
    return { origin: await this.parts.origin(), scope, from, to, asOfSequence, knownAt };
  }

  /**
   * The report, made if it is not there.
   *
   * @throws ReportInProgressError where it is not made in time; the making goes on
   * @throws ReportNotPossibleError
   */
  async made(report: ReportArguments, patienceMs: number): Promise<MadeReport> {
    const name = nameOfReport(report);
    const made = await this.fileIn(name, SUMMARY_FILE, report, patienceMs, () => this.make(name, report));
    const summary = JSON.parse(await readFile(made.path, 'utf8')) as ReportSummary;
    const file = await this.parts.spool.find(name, REPORT_FILE);
    if (file == null)
      throw new ReportInProgressError({ reachedSequence: 0, ofSequence: report.asOfSequence });
    return { arguments: report, name, summary, file };
  }

  /**
   * A file that is made from a report.
   *
   * @throws ReportInProgressError, ReportNotPossibleError
   */
  async file(report: MadeReport, kind: FileKind, patienceMs: number): Promise<SpooledFile> {
    const { file } = kind;
    if (file === REPORT_FILE) return report.file;
    return this.fileIn(report.name, file, report.arguments, patienceMs, () => this.fileOf(report, kind));
  }

  kindOf(file: string): FileKind | undefined {
    return [REPORT, ...this.parts.files].find((kind) => kind.file === file);
  }

  downloads(report: MadeReport): Download[] {
    return downloadsOf(report, [REPORT, ...this.parts.files]);
  }

  private async fileOf(report: MadeReport, kind: FileKind): Promise<SpooledFile> {
    const { spool } = this.parts;
    const write: Workshop['write'] = (file, content) =>
      spool.write(report.name, file, content, this.stopping.signal);
    const workshop: Workshop = { write, file: (other) => this.fileOf(report, other) };
    const found = await spool.find(report.name, kind.file);
    return found ?? write(kind.file, kind.content(report, workshop));
  }

  /** Nothing more is made; what is half made is given up. */
  async stop(): Promise<void> {
    this.stopping.abort();
    for (const go of this.waiting.splice(0)) go();
    await Promise.allSettled([...this.jobs.values()].map(({ done }) => done));
  }

  private async cutOf({ knownAt, asOfSequence }: AskedReport): Promise<number> {
    const { book } = this.parts;
    const head = await book.head();
    if (asOfSequence != null) {
      if (asOfSequence > head)
        throw new ReportRequestError(
          `The book has ${String(head)} facts so far: it cannot be cut at ${String(asOfSequence)}.`,
        );
      return book.wholeCut(asOfSequence);
    }
    if (knownAt == null) return head;
    // What was recorded until then is to be in it, now and whenever it is asked for again.
    const latest = await book.latest(CATCHING_UP_MS);
    return book.cutAt(knownAt, latest);
  }

  private async fileIn(
    name: string,
    file: string,
    report: ReportArguments,
    patienceMs: number,
    make: () => Promise<SpooledFile>,
  ): Promise<SpooledFile> {
    const found = await this.parts.spool.find(name, file);
    if (found != null) return found;
    const place = `${name}/${file}`;
    const known = this.jobs.get(place);
    if (known == null && this.jobs.size >= MOST_AWAITED)
      throw new ReportNotPossibleError('Too many reports are being made: ask again when some of them are.');
    const job = known ?? this.begin(place, report, make);
    const patience = timer(patienceMs);
    try {
      const made = await Promise.race([job.done, patience.over]);
      if (made == null) throw new ReportInProgressError(job.progress);
      return made;
    } finally {
      patience.stop();
    }
  }

  private begin(place: string, report: ReportArguments, make: () => Promise<SpooledFile>): Job {
    const done = this.inTurn(make).finally(() => this.jobs.delete(place));
    // Whoever asks next begins anew; nobody may be left who listens.
    done.catch(() => undefined);
    const job = { done, progress: { reachedSequence: 0, ofSequence: report.asOfSequence } };
    this.jobs.set(place, job);
    return job;
  }

  private async inTurn(make: () => Promise<SpooledFile>): Promise<SpooledFile> {
    while (this.underWay >= MADE_AT_ONCE && !this.stopping.signal.aborted)
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.stopping.signal.throwIfAborted();
    this.underWay += 1;
    try {
      return await make();
    } finally {
      this.underWay -= 1;
      this.waiting.shift()?.();
    }
  }

  /** The summary comes last: where it is, the report is whole. */
  private async make(name: string, report: ReportArguments): Promise<SpooledFile> {
    const { database, spool } = this.parts;
    await requireTold(report, database);
    const writing = new ReportText((reachedSequence) => {
      const job = this.jobs.get(`${name}/${SUMMARY_FILE}`);
      if (job != null) job.progress = { ...job.progress, reachedSequence };
    });
    const { signal } = this.stopping;
    await spool.write(name, REPORT_FILE, writing.bytesOf(linesOfReport(report, database)), signal);
    const summary = canonicalJson(writing.summary() as unknown as JsonValue);
    return spool.write(name, SUMMARY_FILE, one(summary), signal);
  }
}

async function* one(text: string): AsyncGenerator<string, void, undefined> {
  yield await Promise.resolve(text);
}

/** @throws ReportNotPossibleError where the read models do not hold all that the report is to tell */
async function requireTold({ asOfSequence }: ReportArguments, database: Database): Promise<void> {
  const size = await new TreeQueries(database).size();
  if (size < asOfSequence)
    throw new ReportNotPossibleError(
      `The tree of hashes is being made: it has ${String(size)} of ${String(asOfSequence)} facts.`,
    );
  const aside = await database.query<{ thing: string }>(
    'SELECT thing FROM book.quarantine WHERE sequence <= $1 ORDER BY thing LIMIT 1',
    [asOfSequence],
  );
  if (aside[0] != null)
    throw new ReportNotPossibleError(
      'Something is set aside in the read models (see book.projections): a report would have to be told otherwise later.',
    );
}

function timer(durationMs: number): { readonly over: Promise<undefined>; stop(): void } {
  let timeout: NodeJS.Timeout | undefined;
  const over = new Promise<undefined>((resolve) => {
    if (durationMs <= 0) resolve(undefined);
    else
      timeout = setTimeout(() => {
        resolve(undefined);
      }, durationMs);
  });
  return {
    over,
    stop: () => {
      clearTimeout(timeout);
    },
  };
}
