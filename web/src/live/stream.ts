// The live stream: one connection for all tabs of a workspace, held by the tab that has the lock;
// the others hear it through a BroadcastChannel. Where there are no locks (plain HTTP from another
// machine), each tab has its own.
import { apiPath, base } from '../base.ts';
import type { LiveEvent } from '../types.ts';
import { sseParser } from './sse.ts';

export interface Presence {
  state: 'connecting' | 'live' | 'reconnecting';
  /** When something was last heard, a heartbeat too; ms. */
  heard: number;
}

type Note =
  | { type: 'presence'; presence: Presence }
  | { type: 'events'; events: LiveEvent[] }
  | { type: 'reset' }
  | { type: 'hello' };

export interface Listener {
  /** Things happened. */
  events: (events: LiveEvent[]) => void;
  /** Something may have been missed: everything shown may be old. */
  reset: () => void;
  signedOut: () => void;
}

const TOPICS = 'interaction,conversation,answer,customer,import,agent,definition,access';
const SILENCE_MS = 40_000; // the server sends a heartbeat every 15 s
const WAIT_MIN_MS = 500;
const WAIT_MAX_MS = 15_000;

let presence: Presence = { state: 'connecting', heard: 0 };
const watchers = new Set<() => void>();
export const getPresence = () => presence;
export const watchPresence = (run: () => void) => {
  watchers.add(run);
  return () => {
    watchers.delete(run);
  };
};

function setPresence(next: Presence): void {
  presence = next;
  for (const run of watchers) run();
}

/** Listens until the returned function is called. */
export function openStream(listener: Listener): () => void {
  const ending = new AbortController();
  const name = `rapport.stream ${base}`;
  const channel = 'BroadcastChannel' in window ? new BroadcastChannel(name) : null;
  let isLeader = false;
  let told = 0;

  const tell = (note: Note) => channel?.postMessage(note);
  const here = (note: Note) => {
    if (note.type === 'presence') setPresence(note.presence);
    else if (note.type === 'events') listener.events(note.events);
    else if (note.type === 'reset') listener.reset();
    else if (isLeader) tell({ type: 'presence', presence });
  };
  channel?.addEventListener('message', (message: MessageEvent<Note>) => here(message.data));
  tell({ type: 'hello' });

  const both = (note: Note) => {
    here(note);
    tell(note);
  };
  const heard = () => {
    setPresence({ state: 'live', heard: Date.now() });
    if (Date.now() - told < 1000) return;
    told = Date.now();
    tell({ type: 'presence', presence });
  };

  const lead = async () => {
    isLeader = true;
    let last: string | null = null;
    let wait = WAIT_MIN_MS;
    while (!ending.signal.aborted) {
      const end = await listen(last, ending.signal, {
        opened: (isResumed) => {
          wait = WAIT_MIN_MS;
          heard();
          // Without a place to resume from, what happened since the page loaded is unknown.
          if (!isResumed) both({ type: 'reset' });
        },
        heard,
        events: (events) => both({ type: 'events', events }),
      });
      if (ending.signal.aborted) return;
      if (end.status === 401) {
        listener.signedOut();
        return;
      }
      last = end.status === 410 ? null : (end.last ?? last);
      both({ type: 'presence', presence: { state: 'reconnecting', heard: presence.heard } });
      await sleep(Math.max(end.retryMs ?? 0, wait * (0.75 + Math.random() / 2)), ending.signal);
      wait = Math.min(wait * 2, WAIT_MAX_MS);
    }
  };

  if (channel && 'locks' in navigator) {
    navigator.locks.request(name, { signal: ending.signal }, lead).catch(() => {});
  } else {
    void lead();
  }
  return () => {
    ending.abort();
    channel?.close();
  };
}

interface End {
  status: number;
  last: string | null;
  retryMs: number | null;
}

interface Hearing {
  opened: (isResumed: boolean) => void;
  heard: () => void;
  events: (events: LiveEvent[]) => void;
}

/** One connection, from opening to its end. */
async function listen(last: string | null, ending: AbortSignal, hearing: Hearing): Promise<End> {
  const parser = sseParser();
  const silent = new AbortController();
  let timer = setTimeout(() => silent.abort(), SILENCE_MS);
  const end: End = { status: 0, last, retryMs: null };
  try {
    const reply = await fetch(apiPath(`/stream?topics=${TOPICS}`), {
      headers: { Accept: 'text/event-stream', ...(last ? { 'Last-Event-ID': last } : {}) },
      credentials: 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.any([ending, silent.signal]),
    });
    end.status = reply.status;
    if (!reply.ok || !reply.body) return end;
    hearing.opened(last !== null);
    const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      clearTimeout(timer);
      timer = setTimeout(() => silent.abort(), SILENCE_MS);
      hearing.heard();
      const raw = parser.feed(value);
      if (!raw.length) continue;
      end.last = raw.at(-1)!.id ?? end.last;
      const events = raw.map((e) => parse(e.data)).filter((e) => e !== null);
      if (events.length) hearing.events(events);
    }
  } catch {
    // Lost, silent or ended by us: the caller looks at the signal and comes back.
  } finally {
    clearTimeout(timer);
  }
  end.retryMs = parser.retryMs();
  return end;
}

function parse(data: string): LiveEvent | null {
  try {
    return JSON.parse(data) as LiveEvent;
  } catch {
    return null;
  }
}

const sleep = (ms: number, signal: AbortSignal) =>
  new Promise<void>((done) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      done();
    });
  });
