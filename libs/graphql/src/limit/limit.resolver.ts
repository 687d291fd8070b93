import type { Actor, Instant, LimitSource, SourceSpan } from '@chargebook/domain';
import { earlier } from '@chargebook/domain';
import type { ChargerRecord, EffectiveLimitAnswer } from '@chargebook/read-models';
import { Args, Context, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { AsOfArgs } from '../request/request-context';
import { RequestContext } from '../request/request-context';

interface TimelineArgs {
  readonly from: Instant;
  readonly to: Instant;
  readonly knownAt?: Instant | null;
}

@Resolver('EffectiveLimit')
export class EffectiveLimitResolver {
  @ResolveField()
  charger(@Parent() { charger }: EffectiveLimitAnswer, @Context() request: RequestContext) {
    return request.loaders.charger.load(charger);
  }
}

@Resolver('LimitSource')
export class LimitSourceResolver {
  @ResolveField()
  setBy(@Parent() { setBy }: LimitSource): string {
    return nameOf(setBy);
  }
}

@Resolver('SourceSpan')
export class SourceSpanResolver {
  @ResolveField()
  setBy(@Parent() { setBy }: SourceSpan): string {
    return nameOf(setBy);
  }
}

/** Over time, and as it would be. */
@Resolver('Charger')
export class ChargerLimitResolver {
  @ResolveField()
  async effectiveLimit(
    @Parent() { serial }: ChargerRecord,
    @Args() args: AsOfArgs,
    @Context() request: RequestContext,
  ) {
    const knownAt = earlier(args.knownAt ?? request.identity.now, request.identity.now);
    return request.loaders.effectiveLimit(await request.asOf(args), knownAt).load(serial);
  }

  @ResolveField()
  async limitTimeline(
    @Parent() { serial }: ChargerRecord,
    @Args() { from, to, knownAt }: TimelineArgs,
    @Context() request: RequestContext,
  ) {
    return request.queries.limits.timeline(serial, from, to, await request.cut(knownAt));
  }
}

function nameOf({ kind, id }: Actor): string {
  return `${kind}:${id}`;
}
