import type { Outcome, ReportedObservation } from '@chargebook/application';
import { RecordObservationsCommand } from '@chargebook/application';
import type { Placement, SessionRecord } from '@chargebook/read-models';
import { CommandBus } from '@nestjs/cqrs';
import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { GraphQLError } from 'graphql';
import { namedCharger } from '../charger/named-charger';
import { commandContext } from '../commands/commands';
import { RequestContext } from '../request/request-context';

const MOST_OBSERVATIONS = 500;

@Resolver('Session')
export class SessionResolver {
  constructor(private readonly commands: CommandBus) {}

  @Query()
  async session(@Args('id') id: string, @Context() request: RequestContext) {
    return request.queries.sessions.byId(id, await request.cut());
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
  charger(@Parent() { serial }: SessionRecord, @Context() request: RequestContext) {
    return namedCharger(serial, request);
  }

  @ResolveField()
  async backplate(@Parent() session: SessionRecord, @Context() request: RequestContext) {
    const placement = await placeOf(session, request);
    return placement == null ? null : request.loaders.backplate.load(placement.backplateId);
  }

  @ResolveField()
  async circuit(@Parent() session: SessionRecord, @Context() request: RequestContext) {
    const placement = await placeOf(session, request);
    return placement == null ? null : request.loaders.circuit.load(placement.circuitId);
  }

  @ResolveField()
  async site(@Parent() session: SessionRecord, @Context() request: RequestContext) {
    const placement = await placeOf(session, request);
    return placement == null ? null : request.loaders.site.load(placement.siteId);
  }
}

async function placeOf(
  { serial, startedAt }: SessionRecord,
  request: RequestContext,
): Promise<Placement | undefined> {
  return request.loaders.placementAt(await request.cut()).load({ serial, at: startedAt });
}
