import type { DomainEvent } from '@chargebook/domain';
import { CLOCK_TOLERANCE_MS, epochMsOf, summaryOf } from '@chargebook/domain';
import type { HistoryFact } from '@chargebook/read-models';
import { Context, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { RequestContext } from '../request/request-context';
import type { EntrySource } from './entry';
import { ledgerEntry } from './entry';

/** How long the sequence of a fact that was just recorded is waited for. */
const SEQUENCE_TIMEOUT_MS = 5_000;

@Resolver('HistoryEntry')
export class HistoryEntryResolver {
  @ResolveField()
  eventId(@Parent() { fact }: EntrySource): string {
    return fact.eventId;
  }

  @ResolveField()
  async sequence(@Parent() entry: EntrySource, @Context() request: RequestContext): Promise<string> {
    const recorded = await inLedger(entry, request);
    return String(recorded?.bookOrder ?? (await request.cut()) + 1);
  }

  @ResolveField()
  stream(@Parent() { fact }: EntrySource): string {
    return fact.stream;
  }

  @ResolveField()
  revision(@Parent() { fact }: EntrySource): string {
    return String(fact.revision);
  }

  @ResolveField()
  type(@Parent() { fact }: EntrySource): string {
    return fact.type;
  }

  @ResolveField()
  occurredAt(@Parent() { fact }: EntrySource): string {
    return fact.metadata.occurredAt;
  }

  @ResolveField()
  async recordedAt(@Parent() entry: EntrySource, @Context() request: RequestContext): Promise<string> {
    const recorded = await inLedger(entry, request);
    return (recorded ?? entry.fact).metadata.recordedAt;
  }

  @ResolveField()
  backdated(@Parent() { fact }: EntrySource): boolean {
    const { occurredAt, recordedAt } = fact.metadata;
    return epochMsOf(recordedAt) - epochMsOf(occurredAt) > CLOCK_TOLERANCE_MS;
  }

  @ResolveField()
  actor(@Parent() { fact }: EntrySource) {
    return fact.metadata.actor;
  }

  @ResolveField()
  channel(@Parent() { fact }: EntrySource): string {
    return fact.metadata.channel;
  }

  @ResolveField()
  reason(@Parent() { fact }: EntrySource): string | undefined {
    return fact.metadata.reason;
  }

  @ResolveField()
  schemaVersion(@Parent() { fact }: EntrySource): number {
    return fact.schemaVersion;
  }

  @ResolveField()
  deviceSequence(@Parent() { fact }: EntrySource): number | undefined {
    return fact.metadata.deviceSequence;
  }

  @ResolveField()
  deviceTime(@Parent() { fact }: EntrySource): string | undefined {
    return fact.metadata.deviceTime;
  }

  @ResolveField()
  commandId(@Parent() { fact }: EntrySource): string {
    return fact.metadata.commandId;
  }

  @ResolveField()
  correlationId(@Parent() { fact }: EntrySource): string {
    return fact.metadata.correlationId;
  }

  @ResolveField()
  causationId(@Parent() { fact }: EntrySource): string {
    return fact.metadata.causationId;
  }

  @ResolveField()
  async data(@Parent() { fact }: EntrySource, @Context() request: RequestContext): Promise<unknown> {
    // A reservation holds the whole move of its charger, also where that came from.
    if (fact.type !== 'BackplateReserved') return fact.data;
    const isOurs = (await request.loaders.charger.load(fact.data.charger)) != null;
    if (isOurs) return fact.data;
    const { move: _, ...rest } = fact.data;
    return rest;
  }

  @ResolveField()
  summary(@Parent() { fact }: EntrySource): string {
    return summaryOf(fact as DomainEvent);
  }

  @ResolveField()
  async charger(@Parent() entry: EntrySource, @Context() request: RequestContext) {
    const { charger } = await things(entry, request);
    return charger == null ? null : request.loaders.charger.load(charger);
  }

  @ResolveField()
  async backplate(@Parent() entry: EntrySource, @Context() request: RequestContext) {
    const { backplate } = await things(entry, request);
    return backplate == null ? null : request.loaders.backplate.load(backplate);
  }

  @ResolveField()
  async circuit(@Parent() entry: EntrySource, @Context() request: RequestContext) {
    const { circuit } = await things(entry, request);
    return circuit == null ? null : request.loaders.circuit.load(circuit);
  }

  @ResolveField()
  async site(@Parent() entry: EntrySource, @Context() request: RequestContext) {
    const { site } = await things(entry, request);
    return site == null ? null : request.loaders.site.load(site);
  }

  @ResolveField()
  async corrects(@Parent() { fact }: EntrySource, @Context() request: RequestContext) {
    const corrected =
      'corrects' in fact.data ? await request.loaders.fact.load(fact.data.corrects) : undefined;
    return corrected == null ? null : ledgerEntry(corrected);
  }

  @ResolveField()
  async correctedBy(@Parent() entry: EntrySource, @Context() request: RequestContext) {
    const sequence = entry.isOfLedger ? entry.fact.correctedBy : undefined;
    const correction = sequence == null ? undefined : await request.queries.history.bySequence(sequence);
    return correction == null ? null : ledgerEntry(correction);
  }
}

/** The fact as the ledger has it; undefined on a dry run. */
async function inLedger(entry: EntrySource, request: RequestContext): Promise<HistoryFact | undefined> {
  if (entry.isOfLedger) return entry.fact;
  if (entry.position == null) return undefined;
  await request.queries.book.headAfter(entry.position, SEQUENCE_TIMEOUT_MS);
  return request.loaders.fact.load(entry.fact.eventId);
}

interface Things {
  readonly charger?: string;
  readonly backplate?: string;
  readonly circuit?: string;
  readonly site?: string;
}

/** What an entry is about: what it names, and where that was when it happened. */
async function things(entry: EntrySource, request: RequestContext): Promise<Things> {
  const recorded = await inLedger(entry, request);
  if (recorded == null) return namedBy(entry.fact.data as Things);
  const { charger, backplate, circuit, site } = recorded.scope;
  const at = recorded.metadata.occurredAt;
  const cut = entry.cut ?? (await request.cut());
  if (charger != null && backplate == null) {
    const placement = await request.loaders.placementAt(cut).load({ serial: charger, at });
    return {
      charger,
      backplate: placement?.backplateId,
      circuit: placement?.circuitId,
      site: placement?.siteId,
    };
  }
  const wired =
    backplate == null || circuit != null
      ? undefined
      : await request.loaders.backplateSettings({ at, cut }).load(backplate);
  const onCircuit = circuit ?? wired?.circuit;
  const inSite =
    site ?? (onCircuit == null ? undefined : (await request.loaders.circuit.load(onCircuit))?.siteId);
  return { charger, backplate, circuit: onCircuit, site: inSite };
}

function namedBy({ charger, backplate, circuit, site }: Things): Things {
  return { charger, backplate, circuit, site };
}
