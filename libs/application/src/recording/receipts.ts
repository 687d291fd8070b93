import type { DomainEvent, Fact, FactMetadata, Lifeline, NewFact } from '@chargebook/domain';
import { refuse } from '@chargebook/domain';
import type { Position } from '@chargebook/event-store';
import type { Outcome, Receipt, SettledCommand, UnrecordedFact } from './command-context';
import { nameOf } from './command-keys';
import { eventIdOf } from './identity';
import type { Loaded } from './streams';

/** A command's key as one text; absent where the sender gave none, so that it cannot come again. */
export function keyNameOf({ context, keyOwner, commandId }: SettledCommand): string | undefined {
  return context.commandId == null ? undefined : nameOf(keyOwner, commandId);
}

/** The facts among some that a command's key has led to. */
export function factsOf({ commandId, context, keyOwner }: SettledCommand, recorded: readonly Fact[]): Fact[] {
  if (context.commandId == null) return [];
  return recorded.filter(
    ({ metadata: { commandId: key, actor } }) =>
      key === commandId && (keyOwner == null || (actor.id === keyOwner.id && actor.kind === keyOwner.kind)),
  );
}

/** The facts of a life that a command's key has led to. */
export function factsIn(settled: SettledCommand, life: Lifeline<unknown>): Fact[] {
  return factsOf(settled, life.recordedNamed(commandIdOf, settled.commandId));
}

function commandIdOf({ metadata }: Fact): string {
  return metadata.commandId;
}

export function invalidKey({ commandId, context }: SettledCommand): Outcome {
  const refusal = refuse('INVALID_ID', 'A commandId is 1 to 64 of A-Z a-z 0-9 . _ : - .', {});
  return { ...refusal, commandId, dryRun: context.dryRun };
}

export function reuse({ commandId, context }: SettledCommand): Outcome {
  const message = `The commandId ${commandId} was used for another command; a new command needs a key of its own.`;
  return { ...refuse('IDEMPOTENCY_KEY_REUSED', message, { commandId }), commandId, dryRun: context.dryRun };
}

export function receipt(
  { commandId, context }: SettledCommand,
  facts: Receipt['facts'],
  notices: Receipt['notices'],
): Receipt {
  return { commandId, dryRun: context.dryRun, facts, notices };
}

export function newFacts(
  events: readonly DomainEvent[],
  target: Loaded<unknown>,
  settled: SettledCommand,
): NewFact[] {
  return events.map((event, index) => newFact(event, target, settled, index));
}

/** An event as it is written after the state of a stream on which it was decided. */
function newFact(
  event: DomainEvent,
  { stream, revision }: Loaded<unknown>,
  settled: SettledCommand,
  index: number,
): NewFact {
  const told = { ...event, schemaVersion: 1, metadata: metadataOf(settled) };
  return { ...told, eventId: eventIdOf(told, { stream, expectedRevision: revision, index }) };
}

function metadataOf({ commandId, inputHash, context, moment }: SettledCommand): FactMetadata {
  return {
    occurredAt: moment.occurredAt,
    recordedAt: moment.now,
    actor: context.actor,
    channel: context.channel,
    commandId,
    inputHash,
    correlationId: context.correlationId,
    causationId: commandId,
    reason: context.reason,
    deviceSequence: context.deviceSequence,
    deviceTime: context.deviceTime,
  };
}

/** @param parts how many of the facts would be written after which stream, in order */
export function unrecorded(
  facts: readonly NewFact[],
  parts: readonly { readonly target: Loaded<unknown>; readonly events: readonly DomainEvent[] }[],
): UnrecordedFact[] {
  const places = parts.flatMap(({ target: { stream, revision }, events }) =>
    events.map((_, index) => ({ stream, revision: revision + 1 + index })),
  );
  return facts.map((fact, index) => ({ ...fact, ...(places[index] ?? { stream: '', revision: 0 }) }));
}

/** Positions grow by at least one from event to event, so counting back keeps the order within the stream. */
export function recordedFacts(
  facts: readonly NewFact[],
  { stream, revision }: Loaded<unknown>,
  position: Position,
): Fact[] {
  return facts.map((fact, index) => ({
    ...fact,
    stream,
    revision: revision + 1 + index,
    bookOrder: Number(position) - (facts.length - 1 - index),
  }));
}

export function contended({ commandId, context }: SettledCommand, stream: string, attempts: number): Outcome {
  const message = 'Others kept changing the same thing: nothing was recorded, please try again.';
  return {
    ...refuse('CONFLICT', message, { stream, attempts }),
    commandId,
    dryRun: context.dryRun,
  };
}
