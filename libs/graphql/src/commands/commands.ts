import type { CommandContext, Outcome, Rejection } from '@chargebook/application';
import type { Instant } from '@chargebook/domain';
import type { RequestContext } from '../request/request-context';

/** Options that every mutation takes. */
export interface CommandOptions {
  readonly commandId?: string | null;
  readonly occurredAt?: Instant | null;
  readonly reason?: string | null;
  readonly dryRun?: boolean | null;
}

export function commandContext(request: RequestContext, options?: CommandOptions | null): CommandContext {
  const { actor, requester, channel, correlationId } = request.identity;
  return {
    actor,
    requester,
    channel,
    correlationId,
    commandId: options?.commandId ?? undefined,
    occurredAt: options?.occurredAt ?? undefined,
    reason: options?.reason ?? undefined,
    dryRun: options?.dryRun ?? false,
  };
}

export function isRejection(outcome: Outcome): outcome is Rejection {
  return outcome.refused === true;
}
