import type { Outcome, Receipt, Rejection } from '@chargebook/application';
import type { Notice } from '@chargebook/domain';
import type { TimedLimitEffect } from '@chargebook/read-models';
import { PageRequestError } from '@chargebook/read-models';
import { Args, Context, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { EntrySource } from '../history/entry';
import { RequestContext } from '../request/request-context';
import { isRejection } from './commands';
import { noticesOf } from './effects';

const LARGEST_EFFECTS = 100;

@Resolver('CommandResult')
export class CommandResultResolver {
  @ResolveField()
  __resolveType(outcome: Outcome): string {
    if (isRejection(outcome)) return 'Rejection';
    return 'issued' in outcome ? 'IssuedCredential' : 'Receipt';
  }
}

@Resolver('Receipt')
export class ReceiptResolver {
  @ResolveField()
  events(@Parent() { facts, position }: Receipt): EntrySource[] {
    return facts.map((fact) => ({ fact, position }));
  }

  @ResolveField()
  async effects(
    @Parent() receipt: Receipt,
    @Args('first') first: number | null,
    @Context() request: RequestContext,
  ): Promise<TimedLimitEffect[]> {
    const size = first ?? LARGEST_EFFECTS;
    if (size < 0 || size > LARGEST_EFFECTS) {
      throw new PageRequestError(`first is from 0 to ${String(LARGEST_EFFECTS)}`);
    }
    return (await request.effectsOf(receipt)).slice(0, size);
  }

  /** What the decision found, and what may surprise about its effects. */
  @ResolveField()
  notices(@Parent() receipt: Receipt, @Context() request: RequestContext): Promise<Notice[]> {
    return noticesOf(receipt, request);
  }

  @ResolveField()
  async effectCount(@Parent() receipt: Receipt, @Context() request: RequestContext): Promise<number> {
    return (await request.effectsOf(receipt)).length;
  }
}

@Resolver('LimitEffect')
export class LimitEffectResolver {
  @ResolveField()
  charger(@Parent() { charger }: TimedLimitEffect, @Context() request: RequestContext) {
    return request.loaders.charger.load(charger);
  }

  @ResolveField()
  before(@Parent() { before, knownAt }: TimedLimitEffect) {
    return { ...before, knownAt };
  }

  @ResolveField()
  after(@Parent() { after, knownAt }: TimedLimitEffect) {
    return { ...after, knownAt };
  }
}

@Resolver('Rejection')
export class RejectionResolver {
  @ResolveField()
  details(@Parent() { details }: Rejection): unknown {
    return details;
  }
}
