import type { Download, MadeReport, ReportArguments, ReportScope } from '@chargebook/audit';
import { linesIn, nameOfScope, readAskedReport } from '@chargebook/audit';
import type { Instant } from '@chargebook/domain';
import type { HistoryPoint, PageRequest, Placement } from '@chargebook/read-models';
import { PageRequestError } from '@chargebook/read-models';
import { Args, Context, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Connection } from '../request/connection';
import { connectionOf } from '../request/connection';
import { RequestContext } from '../request/request-context';
import type { EntrySource } from '../history/entry';
import { ledgerEntry } from '../history/entry';

/** Well within what an operation may take. */
const PATIENCE_MS = 20_000;
const MOST_PLACEMENTS = 1_000;

interface ReportArgs {
  readonly scope: object;
  readonly from: Instant;
  readonly to: Instant;
  readonly knownAt?: Instant | null;
  readonly asOfSequence?: string | null;
}

/** A report that is asked about; made once, where a field needs it. */
class ReportSource {
  private making: Promise<MadeReport> | undefined;

  constructor(
    readonly report: ReportArguments,
    private readonly request: RequestContext,
  ) {}

  made(): Promise<MadeReport> {
    this.making ??= this.request.queries.reports.made(this.report, PATIENCE_MS);
    return this.making;
  }
}

@Resolver('AuditReport')
export class AuditReportResolver {
  @Query()
  async auditReport(@Args() args: ReportArgs, @Context() request: RequestContext): Promise<ReportSource> {
    const { reports, scope } = request.queries;
    const report = await reports.resolve(readAskedReport(args), scope, request.identity.now);
    return new ReportSource(report, request);
  }

  @ResolveField()
  scope(@Parent() { report }: ReportSource): string {
    return nameOfScope(report.scope);
  }

  @ResolveField()
  from(@Parent() { report }: ReportSource): Instant {
    return report.from;
  }

  @ResolveField()
  to(@Parent() { report }: ReportSource): Instant {
    return report.to;
  }

  @ResolveField()
  knownAt(@Parent() { report }: ReportSource): Instant {
    return report.knownAt;
  }

  @ResolveField()
  asOfSequence(@Parent() { report }: ReportSource): string {
    return String(report.asOfSequence);
  }

  @ResolveField()
  async entries(
    @Parent() { report }: ReportSource,
    @Args() args: PageRequest,
    @Context() request: RequestContext,
  ): Promise<Connection<EntrySource>> {
    const { scope, from, to, asOfSequence } = report;
    const filter = { from, to, newestFirst: false };
    const page = await request.queries.history.page(pointOf(scope), filter, asOfSequence, args);
    return connectionOf({
      ...page,
      edges: page.edges.map(({ cursor, node }) => ({ cursor, node: ledgerEntry(node, asOfSequence) })),
    });
  }

  @ResolveField()
  async entryCount(@Parent() source: ReportSource): Promise<number> {
    return (await source.made()).summary.entryCount;
  }

  @ResolveField()
  async placements(@Parent() source: ReportSource, @Context() request: RequestContext): Promise<Placement[]> {
    const made = await source.made();
    if ((made.summary.lines.placement ?? 0) > MOST_PLACEMENTS)
      throw new PageRequestError(`there are more than ${String(MOST_PLACEMENTS)}: take a download`);
    const lines: Record<string, string>[] = [];
    for await (const line of linesIn(made, 'placement')) lines.push(line as Record<string, string>);
    const asOf = { at: source.report.to, cut: source.report.asOfSequence };
    const sites = await request.loaders.siteSettings(asOf).loadMany(lines.map(({ site = '' }) => site));
    return lines.map((line, nth) => placementOf(line, sites[nth]));
  }

  @ResolveField()
  async energyWattHours(@Parent() source: ReportSource): Promise<number | undefined> {
    return (await source.made()).summary.energyWattHours;
  }

  @ResolveField()
  async digest(@Parent() source: ReportSource): Promise<string> {
    return (await source.made()).summary.digest;
  }

  @ResolveField()
  async downloads(@Parent() source: ReportSource, @Context() request: RequestContext): Promise<Download[]> {
    return request.queries.reports.downloads(await source.made());
  }
}

function pointOf({ kind, id }: ReportScope): HistoryPoint {
  return { axis: kind.toUpperCase() as HistoryPoint['axis'], id: id ?? '' };
}

function placementOf(line: Readonly<Record<string, string>>, site: unknown): Placement {
  const { charger = '', backplate = '', circuit = '', site: siteId = '', from = '', until } = line;
  const { name = siteId } = site instanceof Error || site == null ? {} : (site as { name?: string });
  return {
    serial: charger,
    backplateId: backplate,
    circuitId: circuit,
    siteId,
    siteName: name,
    mountedAt: from,
    dismountedAt: until,
    recordedAt: line['recordedAt'] ?? '',
  };
}
