import {
  ReportInProgressError,
  ReportNotFoundError,
  ReportNotPossibleError,
  ReportRequestError,
} from '@chargebook/audit';
import { AccessDeniedError, TimelineTooLongError } from '@chargebook/domain';
import {
  DatabaseUnavailableError,
  OutOfTimeError,
  PageRequestError,
  ProjectionBehindError,
  SpanTooBusyError,
  SuppositionRefusedError,
  TimelineRequestError,
} from '@chargebook/read-models';
import { TreeRangeError } from '@chargebook/transparency';
import type { GraphQLFormattedError } from 'graphql';
import { GraphQLError } from 'graphql';

/** Told of what went wrong inside, with an id that the client is given. */
export type OnInternalError = (error: unknown, reference: string) => void;

/** Turns faults into answers: a code and a clear message where the client can do something, masked where it cannot. */
export function errorFormatter(onInternalError: OnInternalError) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    if (isParserExhausted(formatted)) return { ...formatted, message: 'The document is nested too deeply.' };
    if (formatted.extensions?.code !== 'INTERNAL_SERVER_ERROR') return formatted;
    const cause = causeOf(error);
    const known = knownFault(cause);
    if (known != null) {
      const { message, ...extensions } = known;
      return { ...formatted, message, extensions };
    }
    const reference = crypto.randomUUID();
    onInternalError(cause, reference);
    const message = `Something went wrong here; it is in the log under ${reference}.`;
    return { ...formatted, message, extensions: { code: 'INTERNAL_SERVER_ERROR', reference } };
  };
}

function causeOf(error: unknown): unknown {
  return error instanceof GraphQLError ? (error.originalError ?? error) : error;
}

/** The parser descends as the document does; what it finds wrong itself it calls a syntax error. */
function isParserExhausted({ message, extensions }: GraphQLFormattedError): boolean {
  return extensions?.code === 'GRAPHQL_PARSE_FAILED' && !message.startsWith('Syntax Error');
}

/** What the client asked for makes no sense, or is too much. */
const REQUEST_FAULTS = [
  PageRequestError,
  SpanTooBusyError,
  TimelineRequestError,
  TimelineTooLongError,
  TreeRangeError,
  ReportRequestError,
];

/** A message for the client, and what stands beside it in `extensions`. */
interface KnownFault {
  readonly code: string;
  readonly message: string;
  /** The rule that a change breaks which is only thought of. */
  readonly rejection?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

function knownFault(cause: unknown): KnownFault | undefined {
  if (!(cause instanceof Error)) return undefined;
  if (cause instanceof SuppositionRefusedError) {
    const { code: rejection, message, details } = cause.refusal;
    return { code: 'BAD_USER_INPUT', message, rejection, details };
  }
  if (REQUEST_FAULTS.some((fault) => cause instanceof fault))
    return { code: 'BAD_USER_INPUT', message: cause.message };
  if (cause instanceof ReportNotFoundError) return { code: 'NOT_FOUND', message: cause.message };
  if (cause instanceof ReportInProgressError)
    return { code: 'REPORT_IN_PROGRESS', message: cause.message, details: { ...cause.progress } };
  if (cause instanceof ReportNotPossibleError) return { code: 'REPORT_NOT_POSSIBLE', message: cause.message };
  if (cause instanceof OutOfTimeError) return { code: 'OUT_OF_TIME', message: cause.message };
  if (cause instanceof AccessDeniedError) return { code: cause.code, message: cause.message };
  if (cause instanceof ProjectionBehindError) return { code: 'PROJECTION_BEHIND', message: cause.message };
  if (cause instanceof DatabaseUnavailableError || cause.name === 'EventStoreUnavailableError') {
    const message = `${cause.message}; whether a command was recorded shows when it is sent again with its commandId`;
    return { code: 'SERVICE_UNAVAILABLE', message };
  }
  return undefined;
}
