// Events make what is on screen old; it is fetched again, at most once a second.
import type { QueryClient } from '@tanstack/react-query';
import type { LiveEvent } from '../types.ts';

/** The first word of every query key. */
export type Subject =
  'numbers' | 'records' | 'places' | 'people' | 'keys' | 'imports' | 'workspace' | 'metrics';

const ALL: Subject[] = ['numbers', 'records', 'places', 'people', 'keys', 'imports', 'workspace'];
const REFRESH_MS = 1000;

const TOUCHED: Record<string, Subject[]> = {
  interaction: ['numbers', 'records'],
  conversation: ['numbers', 'records'],
  answer: ['numbers', 'records'],
  fact: ['numbers'],
  customer: ['records'],
  identity: ['records'],
  import: ['imports'],
  definition: ['places', 'numbers', 'workspace'],
  access: ['people', 'keys', 'workspace'],
  agent: ['people'],
};

export interface Refresher {
  events: (events: LiveEvent[]) => void;
  all: () => void;
  stop: () => void;
}

export function refresher(client: QueryClient): Refresher {
  const dirty = new Set<Subject>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  let last = 0;

  const flush = () => {
    timer = null;
    // A hidden tab waits; it catches up when it is looked at.
    if (document.hidden) return;
    last = Date.now();
    for (const subject of dirty) {
      // A fetch under way may have begun before the event: it ends first, then there is another.
      if (client.isFetching({ queryKey: [subject] })) continue;
      dirty.delete(subject);
      void client.invalidateQueries({ queryKey: [subject] });
    }
    soon();
  };
  function soon(): void {
    if (dirty.size && timer === null && !document.hidden) {
      timer = setTimeout(flush, Math.max(0, last + REFRESH_MS - Date.now()));
    }
  }
  document.addEventListener('visibilitychange', soon);

  return {
    events(events) {
      for (const event of events) {
        for (const subject of TOUCHED[event.kind.split('.')[0]!] ?? []) dirty.add(subject);
      }
      soon();
    },
    all() {
      for (const subject of ALL) dirty.add(subject);
      soon();
    },
    stop() {
      if (timer !== null) clearTimeout(timer);
      document.removeEventListener('visibilitychange', soon);
    },
  };
}
