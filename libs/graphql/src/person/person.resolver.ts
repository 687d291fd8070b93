import type { Outcome } from '@chargebook/application';
import { EraseDriverCommand } from '@chargebook/application';
import type { Actor } from '@chargebook/domain';
import { CommandBus } from '@nestjs/cqrs';
import { Args, Context, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { CommandOptions } from '../commands/commands';
import { commandContext } from '../commands/commands';
import { RequestContext } from '../request/request-context';

@Resolver('Actor')
export class ActorResolver {
  constructor(private readonly commands: CommandBus) {}

  @Mutation()
  eraseDriver(
    @Args() { input, options }: { input: { driverReference: string }; options?: CommandOptions | null },
    @Context() request: RequestContext,
  ): Promise<Outcome> {
    return this.commands.execute(new EraseDriverCommand(input, commandContext(request, options)));
  }

  @ResolveField()
  name(@Parent() { id }: Actor, @Context() request: RequestContext) {
    return request.loaders.actorName.load(id);
  }
}
