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
  async projections(@Context() request: RequestContext) {
    const { book, scope } = request.queries;
    const projections = await book.projections();
    // They name things of whichever operator.
    return scope.isWhole
      ? projections
      : projections.map((projection) => ({ ...projection, quarantined: [] }));
  }
}
