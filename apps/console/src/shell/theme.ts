import { createStore, useStore } from '../api/store';

const KEY = 'chargebook.theme';

export type Theme = 'system' | 'light' | 'dark';

function isTheme(text: string | null): text is Theme {
  return text === 'system' || text === 'light' || text === 'dark';
}

function kept(): Theme {
  const told = localStorage.getItem(KEY);
  return isTheme(told) ? told : 'system';
}

const theme = createStore<Theme>(kept());

/** Puts the chosen theme on the page; the system's own is left to the style sheet. */
export function applyTheme(): void {
  const chosen = theme.get();
  if (chosen === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = chosen;
}

export function useTheme(): [Theme, (chosen: Theme) => void] {
  const choose = (chosen: Theme) => {
    localStorage.setItem(KEY, chosen);
    theme.set(chosen);
    applyTheme();
  };
  return [useStore(theme), choose];
}
