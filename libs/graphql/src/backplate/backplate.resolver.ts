import type { Instant } from '@chargebook/domain';
import type { BackplateRecord, PageRequest } from '@chargebook/read-models';
import { Args, Context, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { HistoryArgs } from '../history/history-field';
import { historyOf } from '../history/history-field';
import { connectionOf } from '../request/connection';
import type { AsOfArgs } from '../request/request-context';
import { RequestContext } from '../request/request-context';
import type { ConsumptionArgs, SessionsArgs } from '../session/session-fields';
import { consumptionOf, sessionsOf, timeZoneOfCircuit } from '../session/session-fields';

interface BackplatesArgs extends PageRequest {
  readonly site?: string | null;
  readonly circuit?: string | null;
  readonly empty?: boolean | null;
}

@Resolver('Backplate')
export class BackplateResolver {
  @Query()
  backplate(@Args('id') id: string, @Context() request: RequestContext) {
    return request.loaders.backplate.load(id);
  }

  @Query()
  async backplates(@Args() args: BackplatesArgs, @Context() request: RequestContext) {
    return connectionOf(await request.queries.registry.backplatePage(args, args));
  }

  @ResolveField()
  circuit(@Parent() { circuitId }: BackplateRecord, @Context() request: RequestContext) {
    return request.loaders.circuit.load(circuitId);
  }

  @ResolveField()
  async isPrimary(@Parent() { id, circuitId }: BackplateRecord, @Context() request: RequestContext) {
    return (await request.loaders.primaryBackplate(await request.asOf()).load(circuitId)) === id;
  }

  @ResolveField()
  async charger(
    @Parent() { id }: BackplateRecord,
    @Args() args: AsOfArgs,
    @Context() request: RequestContext,
  ) {
    const placement = await request.loaders.placementOnBackplate(await request.asOf(args)).load(id);
    return placement == null ? null : request.loaders.charger.load(placement.serial);
  }

  @ResolveField()
  async placements(
    @Parent() { id }: BackplateRecord,
    @Args() args: PageRequest & { knownAt?: Instant | null },
    @Context() request: RequestContext,
  ) {
    const cut = await request.cut(args.knownAt);
    return connectionOf(await request.queries.placements.page({ backplate: id }, cut, args));
  }

  @ResolveField()
  sessions(
    @Parent() { id }: BackplateRecord,
    @Args() args: SessionsArgs,
    @Context() request: RequestContext,
  ) {
    return sessionsOf({ axis: 'BACKPLATE', id }, args, request);
  }

  @ResolveField()
  async consumption(
    @Parent() { id, circuitId }: BackplateRecord,
    @Args() args: ConsumptionArgs,
    @Context() request: RequestContext,
  ) {
    return consumptionOf(
      { axis: 'BACKPLATE', id },
      args,
      await timeZoneOfCircuit(circuitId, request),
      request,
    );
  }

  @ResolveField()
  history(@Parent() { id }: BackplateRecord, @Args() args: HistoryArgs, @Context() request: RequestContext) {
    return historyOf({ axis: 'BACKPLATE', id }, args, request);
  }
}
