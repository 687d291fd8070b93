/** One per broken rule. */
export const REJECTION_CODES = [
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'NOT_MOUNTED',
  'ALREADY_MOUNTED',
  'BACKPLATE_OCCUPIED',
  'PLACEMENT_OVERLAP',
  'NOT_EMPTY',
  'RETIRED',
  'NOT_PRIMARY',
  'NO_PRIMARY',
  'NO_ONGOING_SESSION',
  'NO_ACTIVE_PLAN',
  'CHANNEL_UNSUPPORTED',
  'NOT_SUPPORTED',
  'ZONE_REQUIRED',
  'INVALID_PLAN',
  'INVALID_AMPS',
  'INVALID_ENERGY',
  'INVALID_ID',
  'INVALID_NAME',
  'INVALID_TIME',
  'INVALID_TIME_ZONE',
  'IN_THE_FUTURE',
  'NOT_IN_CONTROL',
  'WARNING_REQUIRED',
  'NOT_CORRECTABLE',
  'ALREADY_CORRECTED',
  'INVALID_REPLACEMENT',
  'INVALID_MOVES',
  'SESSION_ONGOING',
  'NO_POWER',
  'INVALID_TTL',
  'OUT_OF_RANGE',
  'IDEMPOTENCY_KEY_REUSED',
  'CONFLICT',
] as const;

export type RejectionCode = (typeof REJECTION_CODES)[number];

/** Why a command is not done: the broken rule, a sentence for people, and the rule's facts. */
export interface Refusal {
  readonly refused: true;
  readonly code: RejectionCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  /** The input's field at fault, where it is one. */
  readonly inputPath?: readonly string[];
}

export function refuse(
  code: RejectionCode,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
  inputPath?: readonly string[],
): Refusal {
  return { refused: true, code, message, details, inputPath };
}

/** What may surprise about a command that is done. */
export interface Notice {
  readonly code: string;
  readonly message: string;
}
