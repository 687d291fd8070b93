import { createStore, useStore } from '../api/store';

const STORED_AS = 'chargebook.trustedKeys';

function stored(): readonly string[] {
  try {
    const told: unknown = JSON.parse(localStorage.getItem(STORED_AS) ?? '[]');
    return Array.isArray(told) ? told.filter((key) => typeof key === 'string') : [];
  } catch {
    return [];
  }
}

const trusted = createStore<readonly string[]>(stored());

function keep(keys: readonly string[]): void {
  localStorage.setItem(STORED_AS, JSON.stringify(keys));
  trusted.set(keys);
}

/** Books' public keys that whoever uses this browser has trusted before, as `name+id+key`. */
export function useTrustedKeys() {
  const keys = useStore(trusted);
  return {
    keys,
    remember: (key: string) => {
      if (!trusted.get().includes(key)) keep([...trusted.get(), key]);
    },
    forget: (key: string) => keep(trusted.get().filter((known) => known !== key)),
  };
}
