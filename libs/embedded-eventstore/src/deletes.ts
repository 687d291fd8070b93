import { status, type sendUnaryData } from '@grpc/grpc-js';
import { faultOf } from './append-limits';
import { refusalError } from './single-writes';
import { messageOf, wrongExpectedVersionError } from './errors';
import type { WriteOutcome } from './log-writer';
import type { StreamTarget } from './requests';
import { deletedResponse } from './responses';

/** Answers a delete or a tombstone; unlike an append's, its refusals are errors of the call. */
export async function serveDelete(
  { stream, expected }: StreamTarget,
  answer: sendUnaryData<Buffer>,
  write: () => Promise<WriteOutcome>,
): Promise<void> {
  const fault = faultOf({ stream, expected }, []);
  if (fault != null) {
    answer({ code: status.INVALID_ARGUMENT, details: fault.message });
    return;
  }
  try {
    const outcome = await write();
    if (outcome.kind === 'written') answer(null, deletedResponse(outcome.position));
    else if (outcome.kind === 'wrongRevision') {
      answer(wrongExpectedVersionError(stream, expected, outcome.currentRevision));
    } else answer(refusalError(stream, outcome.kind));
  } catch (error) {
    answer({ code: status.INTERNAL, details: messageOf(error) });
  }
}
