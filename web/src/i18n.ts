// Every text of the application comes from src/messages/LOCALE.json, ICU messages compiled at build
// time. The pseudo-locale en-XA shows what was forgotten: accents on all that is translated.
import { type Messages, setupI18n } from '@lingui/core';
import { setFormatLocale } from './format.ts';
import type english from './messages/en.json';
import { onPrefs, prefs } from './prefs.ts';

export type MessageId = keyof typeof english;

export const LOCALES = ['en', 'de'] as const;
const PSEUDO = 'en-XA';

const i18n = setupI18n();

const load: Record<string, () => Promise<{ default: Messages }>> = {
  en: () => import('./messages/en.json?compiled'),
  de: () => import('./messages/de.json?compiled'),
};

export function t(id: MessageId, values?: Record<string, unknown>): string {
  return i18n._(id, values);
}

/** For ids made of parts, such as state names; the id itself if there is no such message. */
export function tMaybe(id: string, fallback = id.slice(id.lastIndexOf('.') + 1)): string {
  return id in i18n.messages ? i18n._(id) : fallback;
}

/** For Intl: the person's own region where the languages agree. */
function formatLocale(): string {
  if (i18n.locale === PSEUDO) return 'en';
  return navigator.languages.find((l) => l.split('-')[0] === i18n.locale) ?? i18n.locale;
}

function wanted(): string {
  const asked = new URLSearchParams(location.search).get('lang') ?? prefs().language;
  const list = asked === 'system' ? navigator.languages : [asked];
  for (const tag of list) {
    if (tag === PSEUDO) return PSEUDO;
    const language = tag.split('-')[0]!;
    if (language in load) return language;
  }
  return 'en';
}

const ACCENTS: Record<string, string> = Object.fromEntries(
  [...'aàeéiïoöuüAÀEÉIÏOÖUÜcçnñyÿsš'].reduce<[string, string][]>(
    (pairs, c, i, all) => (i % 2 ? pairs : [...pairs, [c, all[i + 1]!]]),
    [],
  ),
);

function accented(text: string): string {
  const longer = text.replace(/[a-zA-Z]/g, (c) => ACCENTS[c] ?? c);
  return longer.trim() ? `${longer}${'~'.repeat(Math.ceil(text.length / 4))}` : longer;
}

// Compiled messages are texts, or lists of texts and of [name, kind, choices].
function pseudo(message: unknown): unknown {
  if (typeof message === 'string') return accented(message);
  if (!Array.isArray(message)) return message;
  return message.map((part: unknown) => {
    if (typeof part === 'string') return accented(part);
    if (!Array.isArray(part) || typeof part[2] !== 'object') return part;
    const choices = Object.entries(part[2] as Record<string, unknown>);
    return [part[0], part[1], Object.fromEntries(choices.map(([k, v]) => [k, pseudo(v)]))];
  });
}

/** Compiled messages, as they are loaded or as a test has them. */
export const setMessages = (locale: string, messages: Messages) =>
  i18n.loadAndActivate({ locale, messages });

/** Loads the language that was asked for and sets it on the page. */
export async function startLanguage(): Promise<void> {
  const locale = wanted();
  const source = (await load[locale === PSEUDO ? 'en' : locale]!()).default;
  const messages =
    locale === PSEUDO
      ? (Object.fromEntries(Object.entries(source).map(([k, v]) => [k, pseudo(v)])) as Messages)
      : source;
  setMessages(locale, messages);
  const asked = new URLSearchParams(location.search).get('dir');
  setFormatLocale(formatLocale());
  document.documentElement.lang = locale;
  document.documentElement.dir =
    asked === 'rtl' || prefs().direction === 'rtl' || isRightToLeft(locale) ? 'rtl' : 'ltr';
}

const isRightToLeft = (locale: string) => ['ar', 'he', 'fa', 'ur'].includes(locale.split('-')[0]!);

const listeners = new Set<() => void>();
export function onLanguage(run: () => void): () => void {
  listeners.add(run);
  return () => listeners.delete(run);
}
const choice = () => `${prefs().language} ${prefs().direction}`;
let shown = choice();
onPrefs(() => {
  if (choice() === shown) return;
  shown = choice();
  void startLanguage().then(() => {
    for (const run of listeners) run();
  });
});
