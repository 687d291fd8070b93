import type { Outcome, ReportedObservation } from '@chargebook/application';
import { RecordObservationsCommand } from '@chargebook/application';
import type { Placement } from '@chargebook/read-models';
import { CommandBus } from '@nestjs/cqrs';
import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { GraphQLError } from 'graphql';
import { namedCharger } from '../charger/named-charger';
import { commandContext } from '../commands/commands';
import { RequestContext } from '../request/request-context';
import type { KnownSession } from './session-fields';

const MOST_OBSERVATIONS = 500;

@Resolver('Session')
export class SessionResolver {
  constructor(private readonly commands: CommandBus) {}

  @Query()
  async session(@Args('id') id: string, @Context() request: RequestContext) {
    const cut = await request.cut();
    const session = await request.queries.sessions.byId(id, cut);
    return session && { ...session, cut };
  }

  @Mutation()
  recordObservations(
    @Args() { input, dryRun }: { input: { observations: ReportedObservation[] }; dryRun?: boolean | null },
    @Context() request: RequestContext,
  ): Promise<Outcome[]> {
    const { observations } = input;
    if (observations.length > MOST_OBSERVATIONS) {
      const message = `a batch holds at most ${String(MOST_OBSERVATIONS)} observations, not ${String(observations.length)}`;
      throw new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
    }
    const context = commandContext(request, { dryRun });
    return this.commands.execute(new RecordObservationsCommand(observations, context));
  }

  @ResolveField()
  charger(@Parent() { serial }: KnownSession, @Context() request: RequestContext) {
    return namedCharger(serial, request);
  }

  @ResolveField()
  async backplate(@Parent() session: KnownSession, @Context() request: RequestContext) {
    const placement = await placeOf(session, request);
    return placement == null ? null : request.loaders.backplate.load(placement.backplateId);
  }

  @ResolveField()
  async circuit(@Parent() session: KnownSession, @Context() request: RequestContext) {
    const placement = await placeOf(session, request);
    return placement == null ? null : request.loaders.circuit.load(placement.circuitId);
  }

  @ResolveField()
  async site(@Parent() session: KnownSession, @Context() request: RequestContext) {
    const placement = await placeOf(session, request);
    return placement == null ? null : request.loaders.site.load(placement.siteId);
  }
}

function placeOf(
  { serial, startedAt, cut }: KnownSession,
  request: RequestContext,
): Promise<Placement | undefined> {
  return request.loaders.placementAt(cut).load({ serial, at: startedAt });
}
