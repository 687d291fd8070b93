const KEY = 'chargebook.token';

/** The credential lives as long as the tab: never in the address, never in a log, never on disk. */
export function tokenOfTab(): string | undefined {
  return sessionStorage.getItem(KEY) ?? undefined;
}

export function keepToken(token: string): void {
  sessionStorage.setItem(KEY, token);
}

export function forgetToken(): void {
  sessionStorage.removeItem(KEY);
}
