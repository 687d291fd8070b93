import type { IssuedReceipt } from '@chargebook/application';
import type { PartnerState, PartnerWarning, Permission } from '@chargebook/domain';
import { DEFAULT_OPERATOR, openWarnings, partnerStatus, permissionsOf } from '@chargebook/domain';
import type { CredentialRecord, PageRequest, PartnerRecord } from '@chargebook/read-models';
import { Args, Context, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { connectionOf } from '../request/connection';
import { RequestContext } from '../request/request-context';

/** Who asks. */
@Resolver('Me')
export class MeResolver {
  @Query()
  me(@Context() request: RequestContext) {
    return request.identity.actor;
  }

  @ResolveField()
  operator(@Context() request: RequestContext) {
    return request.loaders.operator.load(request.identity.requester.operator ?? DEFAULT_OPERATOR);
  }

  @ResolveField()
  partner(@Context() request: RequestContext): PartnerRecord | null {
    const { requester, partner } = request.identity;
    return partner == null ? null : { id: requester.actor.id, state: partner };
  }

  @ResolveField()
  permissions(@Context() request: RequestContext): Permission[] {
    return permissionsOf(request.identity.requester, request.identity.now);
  }

  @ResolveField()
  warnings(@Context() request: RequestContext): readonly PartnerWarning[] {
    const { partner } = request.identity;
    return partner == null ? [] : openWarnings(partner);
  }
}

@Resolver('Partner')
export class PartnerResolver {
  @Query()
  partner(@Args('id') id: string, @Context() request: RequestContext) {
    return request.queries.partners.byId(id);
  }

  @Query()
  async partners(@Args() args: PageRequest, @Context() request: RequestContext) {
    return connectionOf(await request.queries.partners.page(args));
  }

  @ResolveField()
  name(@Parent() { id, state }: PartnerRecord): string {
    return state.name ?? id;
  }

  @ResolveField()
  status(@Parent() { state }: PartnerRecord) {
    return partnerStatus(state);
  }

  @ResolveField()
  grants(@Parent() { state }: PartnerRecord): PartnerState['grants'] {
    return state.grants;
  }

  @ResolveField()
  warnings(@Parent() { state }: PartnerRecord): PartnerState['warnings'] {
    return state.warnings;
  }

  @ResolveField()
  use(@Parent() { id }: PartnerRecord, @Context() request: RequestContext) {
    return request.queries.partners.use(id);
  }

  @ResolveField()
  revokedAt(@Parent() { state }: PartnerRecord) {
    return state.revoked?.at;
  }

  @ResolveField()
  revocationGround(@Parent() { state }: PartnerRecord) {
    return state.revoked?.ground;
  }
}

@Resolver('Credential')
export class CredentialResolver {
  @Query()
  async credentials(@Args() args: PageRequest, @Context() request: RequestContext) {
    return connectionOf(await request.queries.credentials.page(args));
  }

  @ResolveField()
  operator(@Parent() { operatorId }: CredentialRecord, @Context() request: RequestContext) {
    return operatorId == null ? null : request.loaders.operator.load(operatorId);
  }
}

@Resolver('IssuedCredential')
export class IssuedCredentialResolver {
  @ResolveField()
  id(@Parent() { issued }: IssuedReceipt): string {
    return issued.id;
  }

  @ResolveField()
  secret(@Parent() { issued }: IssuedReceipt): string {
    return issued.token;
  }
}
