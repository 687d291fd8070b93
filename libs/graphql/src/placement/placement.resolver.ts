import type { Instant } from '@chargebook/domain';
import { CLOCK_TOLERANCE_MS, epochMsOf } from '@chargebook/domain';
import type { PageRequest, Placement, Relocation } from '@chargebook/read-models';
import { Args, Context, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { connectionOf } from '../request/connection';
import { RequestContext } from '../request/request-context';

@Resolver('Placement')
export class PlacementResolver {
  @ResolveField()
  charger(@Parent() { serial }: Placement, @Context() request: RequestContext) {
    return request.loaders.charger.load(serial);
  }

  @ResolveField()
  backplate(@Parent() { backplateId }: Placement, @Context() request: RequestContext) {
    return request.loaders.backplate.load(backplateId);
  }

  @ResolveField()
  circuit(@Parent() { circuitId }: Placement, @Context() request: RequestContext) {
    return request.loaders.circuit.load(circuitId);
  }

  @ResolveField()
  site(@Parent() { siteId }: Placement, @Context() request: RequestContext) {
    return request.loaders.site.load(siteId);
  }
}

interface RelocationsArgs extends PageRequest {
  readonly site?: string | null;
  readonly charger?: string | null;
  readonly from?: Instant | null;
  readonly to?: Instant | null;
  readonly knownAt?: Instant | null;
}

@Resolver('Relocation')
export class RelocationResolver {
  @Query()
  async relocations(@Args() args: RelocationsArgs, @Context() request: RequestContext) {
    const cut = await request.cut(args.knownAt);
    return connectionOf(await request.queries.placements.relocations(args, cut, args));
  }

  @ResolveField()
  charger(@Parent() { serial }: Relocation, @Context() request: RequestContext) {
    return request.loaders.charger.load(serial);
  }

  @ResolveField()
  backdated(@Parent() { movedAt, recordedAt }: Relocation): boolean {
    return epochMsOf(recordedAt) - epochMsOf(movedAt) > CLOCK_TOLERANCE_MS;
  }
}
