import type { Readable } from 'node:stream';
import type { MadeReport, ReportArguments } from '@chargebook/audit';
import {
  bytesOf,
  nameOfReport,
  NoCheckpointError,
  readAskedReport,
  ReportInProgressError,
  ReportNotFoundError,
  ReportNotPossibleError,
  ReportRequestError,
} from '@chargebook/audit';
import type { IncomingRequest, RequestContext, UseCounter } from '@chargebook/graphql';
import { Body, Controller, Get, HttpException, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { GraphQLError } from 'graphql';
import { CodedException } from './faults.filter';
import { rangeOf } from './range';

/** Who sends a request, as for GraphQL. */
export type Identify = (request: IncomingRequest) => Promise<RequestContext>;
export const REPORT_PARTS = Symbol('report parts');

export interface ReportHttpParts {
  readonly identify: Identify;
  readonly useCounter: UseCounter;
}

/** As much of Fastify's reply as is needed here. */
interface Reply {
  status(code: number): Reply;
  header(name: string, value: string): Reply;
  send(body?: Readable | string): PromiseLike<unknown>;
}

/** So long a request waits for a report; the making goes on after that. */
const PATIENCE_MS = 15_000;
const SHORT_PATIENCE_MS = 500;
const RETRY_AFTER_SECONDS = 1;

/** Reports as files, which can be gone on with where a download was cut. Who may have them is asked at each request. */
@Controller('audit/reports')
export class ReportsController {
  constructor(@Inject(REPORT_PARTS) private readonly parts: ReportHttpParts) {}

  /** Begins to make a report, if it is not there, and tells how far it is: 200 when it is made, 202 until then. */
  @Post()
  async make(@Body() body: unknown, @Req() request: IncomingRequest, @Res() reply: Reply): Promise<void> {
    const { context, report } = await this.asked(request, body);
    const name = nameOfReport(report);
    const { knownAt, asOfSequence } = report;
    try {
      const made = await context.queries.reports.made(report, SHORT_PATIENCE_MS);
      const { ranges: _, ...summary } = made.summary;
      await answer(reply.status(200), {
        name,
        state: 'MADE',
        knownAt,
        asOfSequence,
        ...summary,
        downloads: context.queries.reports.downloads(made),
      });
    } catch (error) {
      if (!(error instanceof ReportInProgressError)) throw told(error);
      const progress = { name, state: 'MAKING', knownAt, asOfSequence, progress: error.progress };
      await answer(reply.status(202).header('retry-after', String(RETRY_AFTER_SECONDS)), progress);
    }
  }

  @Get(':name/:file')
  async download(
    @Param('name') name: string,
    @Param('file') file: string,
    @Query() query: Readonly<Record<string, unknown>>,
    @Req() request: IncomingRequest,
    @Res() reply: Reply,
  ): Promise<void> {
    const { context, report } = await this.asked(request, { ...query, scope: scopeIn(query['scope']) });
    const kind = context.queries.reports.kindOf(file);
    if (kind == null || nameOfReport(report) !== name)
      throw new CodedException(404, 'NOT_FOUND', 'There is no such report: ask for it by auditReport.');
    const found = await this.made(context, report, async (made) => {
      if (!kind.isFor(made))
        throw new CodedException(404, 'NOT_FOUND', `The report has nothing to be told in ${file}.`);
      return context.queries.reports.file(made, kind, PATIENCE_MS);
    });
    const etag = `"${found.sha256}"`;
    reply.header('etag', etag).header('accept-ranges', 'bytes').header('cache-control', 'private, no-cache');
    const { headers } = request;
    if (headers['if-none-match'] === etag) return void (await reply.status(304).send());
    const wanted = headers['if-range'] == null || headers['if-range'] === etag ? headers['range'] : undefined;
    const range = rangeOf(wanted, found.bytes);
    if (range === 'UNSATISFIABLE') {
      reply.header('content-range', `bytes */${String(found.bytes)}`);
      throw new CodedException(416, 'RANGE_NOT_SATISFIABLE', `The file has ${String(found.bytes)} bytes.`);
    }
    const { start, end } = range ?? { start: 0, end: found.bytes - 1 };
    if (range != null)
      reply
        .status(206)
        .header('content-range', `bytes ${String(start)}-${String(end)}/${String(found.bytes)}`);
    reply
      .header('content-type', kind.mediaType)
      .header('content-length', String(end - start + 1))
      .header('content-disposition', `attachment; filename="${file}"`);
    await reply.send(bytesOf(found, { start, end }));
  }

  private async made<Result>(
    { queries }: RequestContext,
    report: ReportArguments,
    use: (made: MadeReport) => Promise<Result>,
  ): Promise<Result> {
    try {
      return await use(await queries.reports.made(report, PATIENCE_MS));
    } catch (error) {
      throw told(error);
    }
  }

  /** What somebody asks for, who may have it. */
  private async asked(
    request: IncomingRequest,
    asked: unknown,
  ): Promise<{ context: RequestContext; report: ReportArguments }> {
    const context = await this.parts.identify(request).catch((error: unknown) => {
      throw told(error);
    });
    const { queries, identity } = context;
    const partner = identity.requester.role === 'PARTNER' ? identity.requester.actor.id : undefined;
    try {
      const { scope, ...rest } = readAskedReport(asked);
      const report = await queries.reports.resolve({ scope, ...rest }, queries.scope, identity.now);
      const asset = scope.id == null ? 'BOOK' : `${scope.kind.toUpperCase()}:${scope.id}`;
      if (partner != null) this.parts.useCounter.count(partner, asset, 'reads');
      return { context, report };
    } catch (error) {
      if (partner != null) this.parts.useCounter.count(partner, 'BOOK', 'refusals');
      throw told(error);
    }
  }
}

async function answer(reply: Reply, body: object): Promise<void> {
  await reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(body));
}

/** `charger:CB-1` as `{charger: "CB-1"}`. */
function scopeIn(text: unknown): unknown {
  if (typeof text !== 'string') return undefined;
  const at = text.indexOf(':');
  return at < 0 ? { [text]: true } : { [text.slice(0, at)]: text.slice(at + 1) };
}

/** What goes wrong with reports, as HTTP says it. */
function told(error: unknown): unknown {
  if (error instanceof HttpException) return error;
  if (error instanceof ReportRequestError) return new CodedException(400, 'BAD_USER_INPUT', error.message);
  if (error instanceof ReportNotFoundError) return new CodedException(404, 'NOT_FOUND', error.message);
  if (error instanceof ReportInProgressError)
    return new CodedException(503, 'REPORT_IN_PROGRESS', error.message, { ...error.progress });
  if (error instanceof ReportNotPossibleError || error instanceof NoCheckpointError)
    return new CodedException(503, 'REPORT_NOT_POSSIBLE', error.message);
  if (!(error instanceof GraphQLError)) return error;
  const { code, http } = error.extensions as { code?: string; http?: { status?: number } };
  return new CodedException(http?.status ?? 400, code ?? 'BAD_REQUEST', error.message);
}
