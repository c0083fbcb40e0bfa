import { apiPath } from './base.ts';
import type { List } from './types.ts';

export interface Fault {
  pointer?: string;
  code: string;
  detail: string;
}

/** What the server refused, as RFC 9457 has it. status 0: the server was not reached. */
export class Problem extends Error {
  status: number;
  code: string;
  faults: Fault[];
  retryAfter: number;

  constructor(status: number, body: Partial<ProblemBody>, retryAfter = 0) {
    super(body.detail ?? body.title ?? `HTTP ${status}`);
    this.name = 'Problem';
    this.status = status;
    this.code = body.code ?? (status === 0 ? 'unreachable' : 'unknown');
    this.faults = body.errors ?? [];
    this.retryAfter = retryAfter;
  }

  /** What is wrong with one field, or nothing. */
  fault(field: string): string | undefined {
    return this.faults.find((f) => f.pointer === `/${field}` || f.pointer === field)?.detail;
  }
}

interface ProblemBody {
  title: string;
  detail: string;
  code: string;
  errors: Fault[];
}

let csrf: string | null = null;
/** The session's token against forged requests; goes with every write. */
export const setCsrf = (token: string | null | undefined) => {
  csrf = token ?? null;
};
export const csrfHeaders = (): Record<string, string> => (csrf ? { 'X-CSRF-Token': csrf } : {});

export const problemOf = (status: number, text: string, retryAfter: string | null) => {
  let body: Partial<ProblemBody> = {};
  try {
    body = JSON.parse(text) as Partial<ProblemBody>;
  } catch {
    // A proxy's page, not our problem+json: the status must do.
  }
  return new Problem(status, body, Number(retryAfter ?? 0));
};

interface Options {
  body?: unknown;
  version?: number;
  signal?: AbortSignal | undefined;
}

/** Calls the API; path is below /api/v1. Throws a Problem. */
export async function call<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (method !== 'GET') Object.assign(headers, csrfHeaders());
  if (options.body !== undefined) headers['Content-Type'] = 'application/json';
  if (options.version !== undefined) headers['If-Match'] = `"${options.version}"`;
  let reply: Response;
  try {
    reply = await fetch(apiPath(path), {
      method,
      headers,
      body: options.body === undefined ? null : JSON.stringify(options.body),
      signal: options.signal ?? null,
      credentials: 'same-origin',
      cache: 'no-store',
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Problem(0, {});
  }
  const text = await reply.text();
  if (!reply.ok) {
    const problem = problemOf(reply.status, text, reply.headers.get('Retry-After'));
    if (reply.status === 401 && problem.code !== 'sign_in_refused') onSignedOut();
    throw problem;
  }
  return (text ? JSON.parse(text) : undefined) as T;
}

export const get = <T>(path: string, signal?: AbortSignal) => call<T>('GET', path, { signal });

/** A whole list that is known to be short (teams, channels): follows the cursors. */
export async function getAll<T>(path: string, signal?: AbortSignal): Promise<T[]> {
  const rows: T[] = [];
  let cursor: string | null = null;
  do {
    const page: List<T> = await get(withQuery(path, { limit: '200', cursor }), signal);
    rows.push(...page.data);
    cursor = page.has_more ? page.next_cursor : null;
  } while (cursor);
  return rows;
}

export function withQuery(path: string, query: Record<string, string | null | undefined>): string {
  const [before, old] = path.split('?');
  const search = new URLSearchParams(old);
  for (const [name, value] of Object.entries(query)) if (value) search.set(name, value);
  const text = search.toString();
  return text ? `${before}?${text}` : before!;
}

let onSignedOut = () => {};
export const whenSignedOut = (run: () => void) => {
  onSignedOut = run;
};
