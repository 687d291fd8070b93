import type { CircuitRecord } from '@chargebook/read-models';
import { Args, Context, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { HistoryArgs } from '../history/history-field';
import { historyOf } from '../history/history-field';
import type { AsOfArgs } from '../request/request-context';
import { RequestContext } from '../request/request-context';
import type { ConsumptionArgs, SessionsArgs } from '../session/session-fields';
import { consumptionOf, sessionsOf, timeZoneOfCircuit } from '../session/session-fields';

@Resolver('Circuit')
export class CircuitResolver {
  @Query()
  circuit(@Args('id') id: string, @Context() request: RequestContext) {
    return request.loaders.circuit.load(id);
  }

  @ResolveField()
  site(@Parent() { siteId }: CircuitRecord, @Context() request: RequestContext) {
    return request.loaders.site.load(siteId);
  }

  @ResolveField()
  parent(@Parent() { parentId }: CircuitRecord, @Context() request: RequestContext) {
    return parentId == null ? null : request.loaders.circuit.load(parentId);
  }

  @ResolveField()
  async fuseRatingAmps(
    @Parent() { id }: CircuitRecord,
    @Args() args: AsOfArgs,
    @Context() request: RequestContext,
  ) {
    return (await request.loaders.circuitSettings(await request.asOf(args)).load(id))?.fuseRatingAmps;
  }

  @ResolveField()
  async maxCurrentAmps(
    @Parent() { id }: CircuitRecord,
    @Args() args: AsOfArgs,
    @Context() request: RequestContext,
  ) {
    return (await request.loaders.circuitSettings(await request.asOf(args)).load(id))?.maxCurrentAmps;
  }

  @ResolveField()
  async offlineFallbackAmps(
    @Parent() { id }: CircuitRecord,
    @Args() args: AsOfArgs,
    @Context() request: RequestContext,
  ) {
    return (await request.loaders.circuitSettings(await request.asOf(args)).load(id))?.offlineFallbackAmps;
  }

  @ResolveField()
  async dynamicCurrentAmps(
    @Parent() { id }: CircuitRecord,
    @Args() args: AsOfArgs,
    @Context() request: RequestContext,
  ) {
    return request.queries.limits.dynamicCircuitCurrent(id, await request.asOf(args));
  }

  @ResolveField()
  async primaryBackplate(
    @Parent() { id }: CircuitRecord,
    @Args() args: AsOfArgs,
    @Context() request: RequestContext,
  ) {
    const backplate = await request.loaders.primaryBackplate(await request.asOf(args)).load(id);
    return backplate == null ? null : request.loaders.backplate.load(backplate);
  }

  @ResolveField()
  backplates(@Parent() { id }: CircuitRecord, @Context() request: RequestContext) {
    return request.loaders.backplatesOfCircuit.load(id);
  }

  @ResolveField()
  sessions(@Parent() { id }: CircuitRecord, @Args() args: SessionsArgs, @Context() request: RequestContext) {
    return sessionsOf({ axis: 'CIRCUIT', id }, args, request);
  }

  @ResolveField()
  async consumption(
    @Parent() { id }: CircuitRecord,
    @Args() args: ConsumptionArgs,
    @Context() request: RequestContext,
  ) {
    return consumptionOf({ axis: 'CIRCUIT', id }, args, await timeZoneOfCircuit(id, request), request);
  }

  @ResolveField()
  history(@Parent() { id }: CircuitRecord, @Args() args: HistoryArgs, @Context() request: RequestContext) {
    return historyOf({ axis: 'CIRCUIT', id }, args, request);
  }
}
