// Server-sent events from the bytes of a fetch: unlike EventSource it shows the heartbeats, so that
// a connection that died silently is noticed.

export interface SseEvent {
  id: string | null;
  event: string;
  data: string;
}

export interface SseParser {
  /** The events that this piece completed. */
  feed: (text: string) => SseEvent[];
  /** What the server asked for with "retry:", in ms. */
  retryMs: () => number | null;
}

export function sseParser(): SseParser {
  let rest = '';
  let event = '';
  let data: string[] = [];
  let id: string | null = null;
  let retry: number | null = null;

  function line(text: string): SseEvent | null {
    if (text === '') {
      const done = data.length ? { id, event: event || 'message', data: data.join('\n') } : null;
      event = '';
      data = [];
      return done;
    }
    const colon = text.indexOf(':');
    if (colon === 0) return null; // a comment: the heartbeat
    const name = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? '' : text.slice(colon + 1).replace(/^ /, '');
    if (name === 'event') event = value;
    else if (name === 'data') data.push(value);
    else if (name === 'id' && !value.includes('\0')) id = value;
    else if (name === 'retry' && /^\d+$/.test(value)) retry = Number(value);
    return null;
  }

  return {
    feed(text) {
      // A CR at the end may be half of a CR LF.
      const whole = rest + text;
      const lines = whole.split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? '';
      return lines.map(line).filter((done) => done !== null);
    },
    retryMs: () => retry,
  };
}
