import { createStore } from './store';

/** How the server is doing, as far as this tab can tell. */
export interface Status {
  readonly isAway: boolean;
  /** Whether the server is of another version than this page, and no longer knows what it asks. */
  readonly isOutdated: boolean;
  /** How far the read models are behind, where that is worth saying. */
  readonly lag: { readonly facts: string; readonly seconds: number } | undefined;
  /** Things of which the book says that it is out of step with them. */
  readonly quarantined: readonly string[];
}

export const status = createStore<Status>({
  isAway: false,
  isOutdated: false,
  lag: undefined,
  quarantined: [],
});

/** The last fact that the read models have taken in; undefined until it is known. */
export const head = createStore<string | undefined>(undefined);

/** Why the user was sent back to the sign-in page. */
export const signedOutBecause = createStore<string | undefined>(undefined);
