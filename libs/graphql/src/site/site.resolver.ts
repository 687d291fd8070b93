import type { PageRequest, SiteRecord } from '@chargebook/read-models';
import { Args, Context, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { HistoryArgs } from '../history/history-field';
import { historyOf } from '../history/history-field';
import { connectionOf } from '../request/connection';
import type { AsOfArgs } from '../request/request-context';
import { RequestContext } from '../request/request-context';
import type { ConsumptionArgs, SessionsArgs } from '../session/session-fields';
import { consumptionOf, sessionsOf } from '../session/session-fields';

@Resolver('Site')
export class SiteResolver {
  @Query()
  site(@Args('id') id: string, @Context() request: RequestContext) {
    return request.loaders.site.load(id);
  }

  @Query()
  async sites(@Args() args: PageRequest & { search?: string | null }, @Context() request: RequestContext) {
    return connectionOf(await request.queries.registry.sitePage(args.search, args));
  }

  @ResolveField()
  async ratedCurrentAmps(
    @Parent() { id }: SiteRecord,
    @Args() args: AsOfArgs,
    @Context() request: RequestContext,
  ) {
    const settings = await request.loaders.siteSettings(await request.asOf(args)).load(id);
    return settings?.ratedCurrentAmps;
  }

  @ResolveField()
  operator(@Parent() { operatorId }: SiteRecord, @Context() request: RequestContext) {
    return request.loaders.operator.load(operatorId);
  }

  @ResolveField()
  circuits(@Parent() { id }: SiteRecord, @Context() request: RequestContext) {
    return request.loaders.circuitsOfSite.load(id);
  }

  @ResolveField()
  async chargers(
    @Parent() { id }: SiteRecord,
    @Args() args: PageRequest & AsOfArgs,
    @Context() request: RequestContext,
  ) {
    const page = await request.queries.placements.chargersInSite(id, await request.asOf(args), args);
    const edges = await Promise.all(
      page.edges.map(async ({ cursor, node }) => ({
        cursor,
        node: await request.loaders.charger.load(node),
      })),
    );
    return connectionOf({ ...page, edges });
  }

  @ResolveField()
  sessions(@Parent() { id }: SiteRecord, @Args() args: SessionsArgs, @Context() request: RequestContext) {
    return sessionsOf({ axis: 'SITE', id }, args, request);
  }

  @ResolveField()
  consumption(
    @Parent() { id, timeZone }: SiteRecord,
    @Args() args: ConsumptionArgs,
    @Context() request: RequestContext,
  ) {
    return consumptionOf({ axis: 'SITE', id }, args, timeZone, request);
  }

  @ResolveField()
  history(@Parent() { id }: SiteRecord, @Args() args: HistoryArgs, @Context() request: RequestContext) {
    return historyOf({ axis: 'SITE', id }, args, request);
  }
}
