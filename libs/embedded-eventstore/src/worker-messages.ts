import type { FailureCode } from './failure';

/** What the worker tells the thread that started it. Anything sent to the worker asks it to stop. */
export type FromWorker =
  | { kind: 'listening'; endpoint: string }
  | { kind: 'failed'; code: FailureCode; message: string; pid: number | undefined };
