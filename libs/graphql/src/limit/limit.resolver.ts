import type { LimitSource } from '@chargebook/domain';
import type { EffectiveLimitAnswer } from '@chargebook/read-models';
import { Context, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { RequestContext } from '../request/request-context';

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
  setBy(@Parent() { setBy }: LimitSource): string | undefined {
    return setBy == null ? undefined : `${setBy.kind}:${setBy.id}`;
  }
}
