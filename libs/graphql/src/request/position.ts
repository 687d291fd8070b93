import type { Receipt } from '@chargebook/application';

/** A place in the store's order. */
export type Position = NonNullable<Receipt['position']>;
