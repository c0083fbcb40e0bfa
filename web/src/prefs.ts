// What a person chose for this browser: looks, language, keys. Kept in local storage, read before
// the first paint.
export interface Prefs {
  theme: 'system' | 'light' | 'dark';
  contrast: 'system' | 'more';
  language: string; // 'system' or a locale
  direction: 'auto' | 'rtl';
  keys: boolean;
  rail: 'open' | 'closed';
}

const STANDARD: Prefs = {
  theme: 'system',
  contrast: 'system',
  language: 'system',
  direction: 'auto',
  keys: true,
  rail: 'open',
};
const STORE = 'rapport.prefs';
const listeners = new Set<() => void>();
let current = load();

function load(): Prefs {
  try {
    return { ...STANDARD, ...(JSON.parse(localStorage.getItem(STORE) ?? '{}') as Partial<Prefs>) };
  } catch {
    return STANDARD; // storage may be forbidden
  }
}

export const prefs = () => current;

export function onPrefs(run: () => void): () => void {
  listeners.add(run);
  return () => listeners.delete(run);
}

export function setPrefs(change: Partial<Prefs>): void {
  current = { ...current, ...change };
  try {
    localStorage.setItem(STORE, JSON.stringify(current));
  } catch {
    // then it holds until the page is left
  }
  applyPrefs();
  for (const run of listeners) run();
}

/** Puts the looks on the root element. Language and direction are i18n's. */
export function applyPrefs(): void {
  const root = document.documentElement;
  root.dataset.theme = current.theme;
  root.dataset.contrast = current.contrast;
}

globalThis.addEventListener?.('storage', (event) => {
  if (event.key !== STORE) return;
  current = load();
  applyPrefs();
  for (const run of listeners) run();
});
