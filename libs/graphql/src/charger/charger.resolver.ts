import type { Behaviour, ChargerState, Instant } from '@chargebook/domain';
import { DEFAULT_OPERATOR } from '@chargebook/domain';
import type { ChargerFilter, ChargerOrder, ChargerRecord, PageRequest } from '@chargebook/read-models';
import { chargersBehaving } from '@chargebook/read-models';
import { Args, Context, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { HistoryArgs } from '../history/history-field';
import { historyOf } from '../history/history-field';
import { ledgerEntry } from '../history/entry';
import { connectionOf } from '../request/connection';
import type { AsOfArgs } from '../request/request-context';
import { RequestContext } from '../request/request-context';
import type { ConsumptionArgs, SessionsArgs } from '../session/session-fields';
import { consumptionOf, sessionsOf } from '../session/session-fields';

interface ChargersArgs extends PageRequest {
  readonly filter?: (ChargerFilter & { behaviour?: Behaviour | null }) | null;
  readonly orderBy?: ChargerOrder | null;
}

@Resolver('Charger')
export class ChargerResolver {
  @Query()
  charger(@Args('serial') serial: string, @Context() request: RequestContext) {
    return request.loaders.charger.load(serial);
  }

  @Query()
  async chargers(
    @Args() { filter: told, orderBy, ...args }: ChargersArgs,
    @Context() request: RequestContext,
  ) {
    const { behaviour, ...narrowed } = told ?? {};
    const filter = { ...narrowed, orderBy };
    const { queries } = request;
    // So that a list lacks nothing of what the answer says that the book holds.
    await request.cut();
    const page =
      behaviour == null
        ? await queries.registry.chargerPage(filter, args)
        : await chargersBehaving(behaviour, filter, args, queries, await request.asOf());
    return connectionOf(page);
  }

  @ResolveField()
  async placement(
    @Parent() { serial }: ChargerRecord,
    @Args() args: AsOfArgs,
    @Context() request: RequestContext,
  ) {
    return request.loaders.placementOfCharger(await request.asOf(args)).load(serial);
  }

  @ResolveField()
  async placements(
    @Parent() { serial }: ChargerRecord,
    @Args() args: PageRequest & { knownAt?: Instant | null },
    @Context() request: RequestContext,
  ) {
    const cut = await request.cut(args.knownAt);
    return connectionOf(await request.queries.placements.page({ charger: serial }, cut, args));
  }

  @ResolveField()
  async ongoingSession(
    @Parent() { serial }: ChargerRecord,
    @Args() args: AsOfArgs,
    @Context() request: RequestContext,
  ) {
    const asOf = await request.asOf(args);
    const session = await request.loaders.ongoingSession(asOf).load(serial);
    return session && { ...session, cut: asOf.cut };
  }

  @ResolveField()
  sessions(
    @Parent() { serial }: ChargerRecord,
    @Args() args: SessionsArgs,
    @Context() request: RequestContext,
  ) {
    return sessionsOf({ axis: 'CHARGER', id: serial }, args, request);
  }

  @ResolveField()
  async consumption(
    @Parent() { serial }: ChargerRecord,
    @Args() args: ConsumptionArgs,
    @Context() request: RequestContext,
  ) {
    const zone = await request.queries.placements.timeZoneOfCharger(serial, await request.asOf());
    return consumptionOf({ axis: 'CHARGER', id: serial }, args, zone, request);
  }

  @ResolveField()
  async lastEvent(
    @Parent() { serial }: ChargerRecord,
    @Args() { knownAt }: Pick<AsOfArgs, 'knownAt'>,
    @Context() request: RequestContext,
  ) {
    const cut = await request.cut(knownAt);
    const fact = await request.loaders.lastEvent(cut).load(serial);
    return fact && ledgerEntry(fact, cut);
  }

  @ResolveField()
  history(
    @Parent() { serial }: ChargerRecord,
    @Args() args: HistoryArgs,
    @Context() request: RequestContext,
  ) {
    return historyOf({ axis: 'CHARGER', id: serial }, args, request);
  }
}

/** What can be set on a charger, as of an instant. */
@Resolver('Charger')
export class ChargerSettingsResolver {
  @ResolveField()
  async protocol(
    @Parent() charger: ChargerRecord,
    @Args() args: AsOfArgs,
    @Context() request: RequestContext,
  ) {
    return (await settingsOf(charger, args, request))?.protocol;
  }

  @ResolveField()
  async phaseMode(
    @Parent() charger: ChargerRecord,
    @Args() args: AsOfArgs,
    @Context() request: RequestContext,
  ) {
    return (await settingsOf(charger, args, request))?.phaseMode;
  }

  @ResolveField()
  async singlePhase(
    @Parent() charger: ChargerRecord,
    @Args() args: AsOfArgs,
    @Context() request: RequestContext,
  ) {
    return (await settingsOf(charger, args, request))?.singlePhase;
  }

  @ResolveField()
  async enabled(
    @Parent() charger: ChargerRecord,
    @Args() args: AsOfArgs,
    @Context() request: RequestContext,
  ) {
    return (await settingsOf(charger, args, request))?.enabled;
  }

  @ResolveField()
  async powered(
    @Parent() charger: ChargerRecord,
    @Args() args: AsOfArgs,
    @Context() request: RequestContext,
  ) {
    return (await settingsOf(charger, args, request))?.powered;
  }

  @ResolveField()
  async chargePlan(
    @Parent() charger: ChargerRecord,
    @Args() args: AsOfArgs,
    @Context() request: RequestContext,
  ) {
    return (await request.loaders.chargePlan(await request.asOf(args)).load(charger.serial))?.plan;
  }

  @ResolveField()
  async scheduleOverridden(
    @Parent() charger: ChargerRecord,
    @Args() args: AsOfArgs,
    @Context() request: RequestContext,
  ): Promise<boolean> {
    const overridden = (await settingsOf(charger, args, request))?.overriddenSession;
    const ongoing = await request.loaders.sessionUnderWay(await request.asOf(args)).load(charger.serial);
    return overridden != null && overridden === ongoing?.id;
  }

  @ResolveField()
  async online(
    @Parent() { serial }: ChargerRecord,
    @Args() args: AsOfArgs,
    @Context() request: RequestContext,
  ) {
    return request.loaders.isOnline(await request.asOf(args)).load(serial);
  }

  @ResolveField()
  async operator(
    @Parent() charger: ChargerRecord,
    @Args() args: AsOfArgs,
    @Context() request: RequestContext,
  ) {
    const settings = await settingsOf(charger, args, request);
    return request.loaders.operator.load(settings?.operator ?? DEFAULT_OPERATOR);
  }
}

async function settingsOf(
  { serial }: ChargerRecord,
  args: AsOfArgs,
  request: RequestContext,
): Promise<ChargerState | undefined> {
  return request.loaders.chargerSettings(await request.asOf(args)).load(serial);
}
