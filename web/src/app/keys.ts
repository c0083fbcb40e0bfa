// One table of keys: the command menu, the tooltips and the list of shortcuts all read it. A screen
// says what its commands do while it is shown (useCommand); keys without a command do nothing.
import { useEffect, useRef, useSyncExternalStore } from 'react';
import type { MessageId } from '../i18n.ts';
import { prefs } from '../prefs.ts';

export type Scope = 'everywhere' | 'go' | 'analytics';

interface KeyRow {
  keys: string; // "Mod+K", "g e", "ArrowLeft"
  scope: Scope;
  label: MessageId;
}

export const KEYS = {
  menu: { keys: 'Mod+K', scope: 'everywhere', label: 'key.menu' },
  help: { keys: '?', scope: 'everywhere', label: 'key.help' },
  rail: { keys: '[', scope: 'everywhere', label: 'key.rail' },
  clear: { keys: 'Escape', scope: 'everywhere', label: 'key.clear' },
  'go.experience': { keys: 'g e', scope: 'go', label: 'key.go_experience' },
  'go.import': { keys: 'g u', scope: 'go', label: 'key.go_import' },
  'go.settings': { keys: 'g ,', scope: 'go', label: 'key.go_settings' },
  'range.today': { keys: 'd', scope: 'analytics', label: 'period.today' },
  'range.yesterday': { keys: 'e', scope: 'analytics', label: 'period.yesterday' },
  'range.7d': { keys: 'w', scope: 'analytics', label: 'period.7d' },
  'range.28d': { keys: 'f', scope: 'analytics', label: 'period.28d' },
  'range.month': { keys: 'm', scope: 'analytics', label: 'period.month' },
  'range.year': { keys: 'y', scope: 'analytics', label: 'period.year' },
  'range.all': { keys: 'a', scope: 'analytics', label: 'period.all' },
  'range.custom': { keys: 'c', scope: 'analytics', label: 'period.custom' },
  'range.back': { keys: 'ArrowLeft', scope: 'analytics', label: 'key.back' },
  'range.forward': { keys: 'ArrowRight', scope: 'analytics', label: 'key.forward' },
  compare: { keys: 'x', scope: 'analytics', label: 'key.compare' },
  interval: { keys: 'i', scope: 'analytics', label: 'key.interval' },
} satisfies Record<string, KeyRow>;

export type KeyId = keyof typeof KEYS;
export const keyRow = (id: KeyId): KeyRow => KEYS[id];

export interface Command {
  id: string;
  label: string;
  section: string;
  run: () => void;
}

// ---- who can do what now

type Run = () => void;
const running = new Map<KeyId, { current: Run }[]>();
let offered: Command[] = [];
const providers = new Map<object, Command[]>();
const listeners = new Set<() => void>();
let version = 0;

function changed(): void {
  version++;
  offered = [...providers.values()].flat();
  for (const run of listeners) run();
}

const subscribe = (run: () => void) => {
  listeners.add(run);
  return () => {
    listeners.delete(run);
  };
};

/** What the key does while this component is shown; undefined: nothing. The last one shown wins. */
export function useCommand(id: KeyId, run: Run | undefined): void {
  const latest = useRef<Run>(() => {});
  latest.current = run ?? (() => {});
  const isOn = run !== undefined;
  useEffect(() => {
    if (!isOn) return;
    const list = running.get(id) ?? [];
    running.set(id, [...list, latest]);
    changed();
    return () => {
      running.set(
        id,
        (running.get(id) ?? []).filter((item) => item !== latest),
      );
      changed();
    };
  }, [id, isOn]);
}

/** Further lines for the command menu. */
export function useOffer(commands: Command[]): void {
  const token = useRef({});
  const key = commands.map((c) => `${c.id} ${c.label}`).join('\n');
  const latest = useRef(commands);
  latest.current = commands;
  useEffect(() => {
    const owner = token.current;
    providers.set(
      owner,
      latest.current.map((c, i) => ({ ...c, run: () => latest.current[i]?.run() })),
    );
    changed();
    return () => {
      providers.delete(owner);
      changed();
    };
  }, [key]);
}

export function useCommands(): { keys: KeyId[]; offered: Command[] } {
  useSyncExternalStore(subscribe, () => version);
  const keys = (Object.keys(KEYS) as KeyId[]).filter((id) => running.get(id)?.length);
  return { keys, offered };
}

export function runKey(id: KeyId): boolean {
  const run = running.get(id)?.at(-1)?.current;
  run?.();
  return run !== undefined;
}

// ---- reading the keyboard

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
const SEQUENCE_MS = 1200;
// Widgets that use letters or arrows themselves.
const TYPING =
  'input, textarea, select, [contenteditable], [role=menu], [role=listbox], [role=grid], [role=dialog], [role=radiogroup], [data-own-keys]';

function pressed(event: KeyboardEvent): string {
  const mod = isMac ? event.metaKey : event.ctrlKey;
  if (mod) return `Mod+${event.key.toUpperCase()}`;
  return event.key.length === 1 ? event.key.toLowerCase() : event.key;
}

/** Listens until the returned function is called. */
export function listenToKeys(): () => void {
  let first = '';
  let since = 0;
  const listen = (event: KeyboardEvent) => {
    // AltGr arrives as Ctrl+Alt on some systems, so nothing with Alt is ours.
    if (event.defaultPrevented || event.isComposing || event.keyCode === 229 || event.altKey)
      return;
    const key = pressed(event);
    const isChord = key.startsWith('Mod+');
    const target = event.target instanceof Element ? event.target : null;
    if (!isChord && (target?.closest(TYPING) || !prefs().keys)) return;
    if (isChord && event.shiftKey) return;
    const sequence = first && Date.now() - since < SEQUENCE_MS ? `${first} ${key}` : key;
    const id = (Object.keys(KEYS) as KeyId[]).find((k) => KEYS[k].keys === sequence);
    first = sequence === 'g' ? 'g' : '';
    since = Date.now();
    if (id && runKey(id)) event.preventDefault();
  };
  addEventListener('keydown', listen);
  return () => removeEventListener('keydown', listen);
}

const NAMES: Record<string, string> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  Mod: 'Ctrl',
};

/** "Mod+K" as caps to print: ["⌘", "K"]. */
export function keyCaps(keys: string): string[] {
  return keys.split(/[+ ]/).map((part) => {
    if (part === 'Mod' && isMac) return '⌘';
    return NAMES[part] ?? (part.length === 1 ? part.toUpperCase() : part);
  });
}
