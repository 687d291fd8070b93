import type { Actor, Instant, LimitSource, Share, SourceSpan } from '@chargebook/domain';
import { earlier } from '@chargebook/domain';
import type { ChargerRecord, CircuitRecord, EffectiveLimitAnswer } from '@chargebook/read-models';
import { Args, Context, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { namedCharger } from '../charger/named-charger';
import type { AsOfArgs } from '../request/request-context';
import { RequestContext } from '../request/request-context';
import type { WhatIf } from './what-if';
import { suppositionsOf } from './what-if';

interface WhatIfArgs {
  readonly whatIf?: readonly WhatIf[] | null;
}

interface TimelineArgs extends WhatIfArgs {
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
    @Args() { whatIf, ...args }: AsOfArgs & WhatIfArgs,
    @Context() request: RequestContext,
  ) {
    const knownAt = earlier(args.knownAt ?? request.identity.now, request.identity.now);
    const asOf = await request.asOf(args);
    const suppositions = suppositionsOf(serial, whatIf ?? []);
    return suppositions.length === 0
      ? request.loaders.effectiveLimit(asOf, knownAt).load(serial)
      : request.queries.limits.effectiveLimitIf(serial, suppositions, asOf, knownAt);
  }

  @ResolveField()
  async limitTimeline(
    @Parent() { serial }: ChargerRecord,
    @Args() { from, to, knownAt, whatIf }: TimelineArgs,
    @Context() request: RequestContext,
  ) {
    const span = { from, to, cut: await request.cut(knownAt) };
    return request.queries.limits.timeline(serial, span, suppositionsOf(serial, whatIf ?? []));
  }
}

@Resolver('Circuit')
export class CircuitLimitResolver {
  @ResolveField()
  async contention(
    @Parent() { id }: CircuitRecord,
    @Args() args: AsOfArgs,
    @Context() request: RequestContext,
  ) {
    return request.queries.limits.contention(id, await request.asOf(args));
  }
}

@Resolver('Share')
export class ShareResolver {
  @ResolveField()
  charger(@Parent() { charger }: Share, @Context() request: RequestContext) {
    return namedCharger(charger, request);
  }

  @ResolveField()
  circuitId(@Parent() { circuit }: Share): string {
    return circuit;
  }
}

function nameOf({ kind, id }: Actor): string {
  return `${kind}:${id}`;
}
