/** How calls end, as far as this server ends them; the numbers are gRPC's. */
export const status = {
  OK: 0,
  CANCELLED: 1,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

export type StatusCode = (typeof status)[keyof typeof status];

/** Why a call failed. */
export interface CallError {
  code: StatusCode;
  details: string;
  /** What clients make their typed errors from. */
  trailers?: Record<string, string>;
}

/** The headers that end a call. They carry ASCII only; the rest is percent-encoded. */
export function statusHeaders({ code, details, trailers = {} }: CallError): Record<string, string> {
  const headers: Record<string, string> = {
    'grpc-status': String(code),
    // Whoever reads this one decodes it.
    'grpc-message': details.replace(/[^\x20-\x24\x26-\x7e]+/gu, encodeURIComponent),
  };
  for (const [name, value] of Object.entries(trailers)) {
    headers[name] = value.replace(/[^\x20-\x7e]+/gu, encodeURIComponent);
  }
  return headers;
}
