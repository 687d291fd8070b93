import type { Actor } from '@chargebook/domain';

/** An idempotency key: one per actor. */
export interface CommandKey {
  readonly actorKind: string;
  readonly actorId: string;
  readonly commandId: string;
}

/** What a key was used for. */
export interface CommandUse {
  readonly inputHash: string;
  /** The stream that was given the command's facts, where that is known. */
  readonly stream?: string;
}

/** Where keys were used before, on whichever stream of the book; it may be some moments behind. */
export interface CommandIndex {
  find(key: CommandKey): Promise<CommandUse | undefined>;
}

const MOST_KEYS_KEPT = 20_000;

/** Where keys were used: what this node has recorded lately, and what an index over the whole book tells. */
export class CommandKeys {
  private readonly lately = new Map<string, CommandUse>();

  constructor(private readonly index: CommandIndex | undefined) {}

  async find(key: KnownKey & { readonly actor: Actor }): Promise<CommandUse | undefined> {
    const { commandId, actor } = key;
    const known = this.lately.get(nameOf(key.keyOwner, commandId));
    return known ?? this.index?.find({ actorKind: actor.kind, actorId: actor.id, commandId });
  }

  remember({ keyOwner, commandId }: KnownKey, use: CommandUse): void {
    this.lately.set(nameOf(keyOwner, commandId), use);
    if (this.lately.size <= MOST_KEYS_KEPT) return;
    const oldest = this.lately.keys().next();
    if (!oldest.done) this.lately.delete(oldest.value);
  }
}

interface KnownKey {
  readonly commandId: string;
  /** Absent where the key is anybody's. */
  readonly keyOwner?: Actor;
}

/** A key as one text. */
export function nameOf(keyOwner: Actor | undefined, commandId: string): string {
  return JSON.stringify([keyOwner?.kind, keyOwner?.id, commandId]);
}
