import { DEFAULT_OPERATOR } from '@chargebook/domain';
import { Context, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { RequestContext } from '../request/request-context';

@Resolver('Book')
export class BookResolver {
  @Query()
  book(): object {
    return {};
  }

  @ResolveField()
  async head(@Context() request: RequestContext): Promise<string> {
    return String(await request.cut());
  }

  @ResolveField()
  projections(@Context() request: RequestContext) {
    return request.queries.book.projections();
  }
}

@Resolver('Me')
export class MeResolver {
  @Query()
  me(@Context() request: RequestContext) {
    return request.identity.actor;
  }

  @ResolveField()
  operator(@Context() request: RequestContext) {
    return request.loaders.operator.load(DEFAULT_OPERATOR);
  }

  /** The administrator may do everything. */
  @ResolveField()
  permissions(): string[] {
    return [
      'READ_STATE',
      'READ_HISTORY',
      'CONTROL_LIMITS',
      'CONTROL_PLAN',
      'MANAGE_ASSETS',
      'RECORD_OBSERVATIONS',
    ];
  }
}
