import type { Instant } from '../time';

/** Any stream may hold these: a mistake is answered, never edited. */
export type CorrectionEvent =
  | { readonly type: 'FactRetracted'; readonly data: { readonly corrects: string } }
  | {
      readonly type: 'FactReplaced';
      readonly data: {
        readonly corrects: string;
        readonly occurredAt: Instant;
        /** Data of the same type as the fact that is replaced. */
        readonly replacement: Readonly<Record<string, unknown>>;
      };
    };
