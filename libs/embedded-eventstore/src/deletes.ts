import { faultOf } from './append-limits';
import { messageOf, wrongExpectedVersionError } from './errors';
import type { GrpcCall } from './grpc-call';
import { status } from './grpc-status';
import type { WriteOutcome } from './log-writer';
import type { StreamTarget } from './requests';
import { deletedResponse } from './responses';
import { refusalError } from './single-writes';

/** Answers a delete or a tombstone; unlike an append's, its refusals are errors of the call. */
export async function serveDelete(
  call: GrpcCall,
  { stream, expected }: StreamTarget,
  write: () => Promise<WriteOutcome>,
): Promise<void> {
  const fault = faultOf({ stream, expected }, []);
  if (fault != null) {
    call.fail({ code: status.INVALID_ARGUMENT, details: fault.message });
    return;
  }
  try {
    const outcome = await write();
    if (outcome.kind === 'written') call.answer(deletedResponse(outcome.position));
    else if (outcome.kind === 'wrongRevision') {
      call.fail(wrongExpectedVersionError(stream, expected, outcome.currentRevision));
    } else call.fail(refusalError(stream, outcome.kind));
  } catch (error) {
    call.fail({ code: status.INTERNAL, details: messageOf(error) });
  }
}
