import type { ExpectedRevision } from './requests';

/** What an append finds in its stream. */
export interface StreamSituation {
  /** -1 when the stream holds no event. */
  lastRevision: number;
  /** Closed for ever. */
  tombstoned: boolean;
  /** Deleted, but open to new events behind the old ones. */
  softDeleted: boolean;
  /** The stream has metadata, perhaps without having an event. */
  hasMetadata: boolean;
  /** The id of the event at this revision. */
  idAt(revision: number): string | undefined;
  /** The revision of a lately recorded event of this stream. */
  recentRevisionOf(id: string): number | undefined;
}

export type AppendDecision =
  | { kind: 'write' }
  | { kind: 'alreadyWritten'; lastRevision: number }
  | { kind: 'wrongRevision' }
  | { kind: 'deleted' };

const WRITE: AppendDecision = { kind: 'write' };
const WRONG_REVISION: AppendDecision = { kind: 'wrongRevision' };

/**
 * Whether events are written, were written before by the same ids (the writer repeats itself), or are refused.
 * A batch that was written in part only is refused: it is neither new nor a repetition.
 */
export function decideAppend(
  expected: ExpectedRevision,
  ids: readonly string[],
  situation: StreamSituation,
): AppendDecision {
  if (situation.tombstoned) return { kind: 'deleted' };
  if (expected === 'streamExists') {
    if (situation.softDeleted) return { kind: 'deleted' };
    if (situation.lastRevision < 0 && !situation.hasMetadata) return WRONG_REVISION;
  }
  if (expected === 'any' || expected === 'streamExists') return decideAnywhere(ids, situation);
  const after = expected === 'noStream' ? -1 : expected;
  if (after > situation.lastRevision) return WRONG_REVISION;
  if (after === situation.lastRevision) return WRITE;
  return decideRepetition(after, ids, situation);
}

function decideAnywhere(ids: readonly string[], situation: StreamSituation): AppendDecision {
  let lastRevision = -1;
  for (const [index, id] of ids.entries()) {
    const revision = situation.recentRevisionOf(id);
    if (revision == null) return index === 0 ? WRITE : WRONG_REVISION;
    lastRevision = revision;
  }
  return ids.length === 0 ? WRITE : { kind: 'alreadyWritten', lastRevision };
}

function decideRepetition(after: number, ids: readonly string[], situation: StreamSituation): AppendDecision {
  const known = ids.findIndex((id, index) => situation.idAt(after + 1 + index) !== id);
  if (known === -1 && ids.length > 0) return { kind: 'alreadyWritten', lastRevision: after + ids.length };
  const startsAnew = after === -1 && situation.softDeleted && known === 0;
  return startsAnew ? WRITE : WRONG_REVISION;
}

/** Whether a stream may be deleted by whoever expects this of it. */
export function decideDelete(
  expected: ExpectedRevision,
  situation: StreamSituation,
): 'delete' | 'wrongRevision' | 'deleted' {
  if (situation.tombstoned || situation.softDeleted) return 'deleted';
  const { lastRevision } = situation;
  const matches =
    expected === 'any' ||
    (expected === 'noStream' && lastRevision < 0) ||
    (expected === 'streamExists' && (lastRevision >= 0 || situation.hasMetadata)) ||
    expected === lastRevision;
  return matches ? 'delete' : 'wrongRevision';
}
