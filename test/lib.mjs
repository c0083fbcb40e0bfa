// The harness of the tests from outside: starts the real program on a data directory of its own, speaks
// HTTP to it as a client would, and as a hostile one would not. It knows the public contract only.
//
// RAPPORT names the program (default build/rapport). CHECK=1 means that everything must run: what is
// skipped on a developer's machine (a peer or a right that is missing) is then a failure.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
export const PROGRAM = resolve(process.env.RAPPORT ?? join(ROOT, 'build/rapport'));
export const CHECK = Boolean(process.env.CHECK);
export const READY_MS_MAX = 5000;
export { sleep };

const run = promisify(execFile);

// A folder that is deleted when the test ends.
export function temporaryFolder(t) {
  const folder = mkdtempSync(join(tmpdir(), 'rapport-test-'));
  t?.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

// Skips what cannot run here, but not in `make check`: there it must.
export function skipUnlessCheck(t, reason) {
  assert.ok(!CHECK, reason);
  t.skip(reason);
}

// Runs the program to its end: { code, stdout, stderr }.
export async function rapport(args, options = {}) {
  try {
    const { stdout, stderr } = await run(PROGRAM, args, { timeout: 60000, maxBuffer: 64 << 20, ...options });
    return { code: 0, stdout, stderr };
  } catch (error) {
    if (typeof error.code !== 'number') throw error;
    return { code: error.code, stdout: error.stdout, stderr: error.stderr };
  }
}

export class Server {
  // `t` stops the server when the test ends. dataDir: a fresh one unless given.
  static async start(t, { dataDir, args = [], env = {} } = {}) {
    const server = new Server();
    server.dataDir = dataDir ?? temporaryFolder();
    server.args = args;
    server.env = env;
    server.agent = new http.Agent({ keepAlive: true, maxSockets: 256 });
    t?.after(async () => {
      await server.kill();
      if (!dataDir) rmSync(server.dataDir, { recursive: true, force: true });
    });
    await server.spawn();
    return server;
  }

  // Starts the process; again after kill() or stop(), on a port of its own each time.
  async spawn() {
    const started = performance.now();
    this.stdout = '';
    this.stderr = '';
    const child = spawn(
      PROGRAM,
      ['serve', '--data-dir', this.dataDir, '--listen', '127.0.0.1:0', ...this.args],
      { env: { ...process.env, ...this.env }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.process = child;
    this.exited = new Promise((done) => {
      child.on('exit', (code, signal) => done({ code, signal }));
      child.on('error', (error) => done({ code: -1, signal: null, error }));
    });
    child.stdout.on('data', (part) => (this.stdout += part));
    child.stderr.on('data', (part) => (this.stderr = (this.stderr + part).slice(-100000)));
    let gone = null;
    this.exited.then((end) => (gone = end));
    while (!(await this.isReady())) {
      if (gone) throw new Error(`the server ended with ${JSON.stringify(gone)}:\n${this.stderr}`);
      if (performance.now() - started > 30000) throw new Error(`not ready after 30 s:\n${this.stdout}${this.stderr}`);
      await sleep(5);
    }
    this.readyMs = performance.now() - started;
  }

  async isReady() {
    const address = /http:\/\/(127\.0\.0\.1):(\d+)\//.exec(this.stdout);
    if (!address) return false;
    this.port = Number(address[2]);
    this.url = `http://127.0.0.1:${this.port}`;
    try {
      return (await this.get('/readyz')).status === 200;
    } catch {
      return false;
    }
  }

  get pid() {
    return this.process.pid;
  }

  // As a power cut for the process: no handler runs.
  async kill() {
    this.process?.kill('SIGKILL');
    this.agent.destroy();
    this.agent = new http.Agent({ keepAlive: true, maxSockets: 256 });
    return this.exited;
  }

  async stop() {
    this.process.kill('SIGTERM');
    return this.exited;
  }

  // A key of that scope; the first with scope admin is used by requests that name no token.
  async createToken(scope = 'admin', more = []) {
    const { code, stdout, stderr } = await rapport(
      ['token', 'create', '--data-dir', this.dataDir, '--name', `test ${scope}`, '--scope', scope, ...more]);
    assert.equal(code, 0, stderr);
    const token = stdout.trim();
    assert.match(token, /^rap_\S+$/, 'the token stands alone on one line');
    if (scope === 'admin') this.token ??= token;
    return token;
  }

  // body: an object is sent as JSON, text and bytes as they are. Gives { status, headers, text, body },
  // `body` being the parsed JSON where the reply is JSON. token: null sends none.
  request(method, path, { body, token = this.token, headers = {}, timeout = 30000 } = {}) {
    const sent = { ...headers };
    let bytes;
    if (body !== undefined) {
      const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
      bytes = Buffer.from(isRaw ? body : JSON.stringify(body));
      sent['Content-Length'] = bytes.length;
      if (!Object.keys(sent).some((name) => name.toLowerCase() === 'content-type')) {
        sent['Content-Type'] = 'application/json';
      }
    }
    if (token) sent.Authorization ??= `Bearer ${token}`;
    return new Promise((done, failed) => {
      const request = http.request(
        { host: '127.0.0.1', port: this.port, method, path, headers: sent, agent: this.agent, timeout },
        (reply) => {
          const parts = [];
          reply.on('data', (part) => parts.push(part));
          reply.on('error', failed);
          reply.on('end', () => {
            const text = Buffer.concat(parts).toString('utf8');
            const type = reply.headers['content-type'] ?? '';
            let parsed;
            if (/^application\/([a-z]+\+)?json\b/.test(type) && text) {
              try {
                parsed = JSON.parse(text);
              } catch (error) {
                failed(new Error(`${method} ${path}: not JSON: ${text.slice(0, 200)}`, { cause: error }));
                return;
              }
            }
            done({ status: reply.statusCode, headers: reply.headers, text, body: parsed });
          });
        });
      request.on('timeout', () => request.destroy(new Error(`${method} ${path}: no reply in ${timeout} ms`)));
      request.on('error', failed);
      request.end(bytes);
    });
  }

  get(path, options) {
    return this.request('GET', path, options);
  }

  post(path, body, options = {}) {
    return this.request('POST', path, { ...options, body });
  }

  // Every item of a list, page after page.
  async *list(path, options) {
    let cursor = null;
    do {
      const address = cursor ? `${path}${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}` : path;
      const page = await this.get(address, options);
      assert.equal(page.status, 200, page.text);
      yield* page.body.data;
      cursor = page.body.has_more ? page.body.next_cursor : null;
    } while (cursor);
  }

  // Server-sent events as { id, event, data, comment }, until the caller stops or the server closes.
  async *stream(path, { token = this.token, headers = {}, signal } = {}) {
    const reply = await fetch(this.url + path, {
      headers: { Authorization: `Bearer ${token}`, ...headers },
      signal,
    });
    assert.equal(reply.status, 200);
    let text = '';
    const decoder = new TextDecoder();
    for await (const part of reply.body) {
      text += decoder.decode(part, { stream: true });
      for (let end; (end = text.indexOf('\n\n')) >= 0; text = text.slice(end + 2)) {
        const event = {};
        for (const line of text.slice(0, end).split('\n')) {
          const [, name, value] = /^([^:]*): ?(.*)$/.exec(line) ?? [null, line, ''];
          event[name || 'comment'] = value;
        }
        yield event;
      }
    }
  }

  // Sends bytes as they are on a connection of their own. Gives what came back until the server closed
  // or nothing came for `quiet` ms: { text, closed }.
  raw(bytes, { quiet = 1000, parts = null, gap = 0 } = {}) {
    return new Promise((done) => {
      const socket = net.connect(this.port, '127.0.0.1');
      let text = '';
      let timer;
      const end = (closed) => {
        clearTimeout(timer);
        socket.destroy();
        done({ text, closed });
      };
      const wait = () => {
        clearTimeout(timer);
        timer = setTimeout(() => end(false), quiet);
      };
      socket.on('connect', async () => {
        wait();
        for (const part of parts ?? [bytes]) {
          if (socket.destroyed) return;
          socket.write(part);
          if (gap) await sleep(gap);
        }
      });
      socket.on('data', (part) => {
        text += part.toString('latin1');
        wait();
      });
      socket.on('error', () => {});
      socket.on('close', () => end(true));
    });
  }

  // The memory that is the process's own, in bytes: anonymous and shared, without mapped files.
  memory() {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    const kib = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
    return (kib('RssAnon') + kib('RssShmem')) * 1024;
  }
}

let serial = 0;

// A valid interaction, unlike any before; `more` replaces fields.
export function interaction(more = {}) {
  serial++;
  return {
    external_id: `test-${process.pid}-${serial}`,
    at: new Date(Date.now() - 60000).toISOString(),
    kind: 'message',
    direction: 'in',
    channel: 'email',
    customer: { email: `person${serial}@example.org`, name: `Person ${serial}` },
    text: `Where is parcel ${serial}?`,
    ...more,
  };
}

// Whether the reply is a problem as RFC 9457 wants it, with our stable code.
export function checkProblem(reply, status, code) {
  assert.equal(reply.status, status, reply.text);
  assert.match(reply.headers['content-type'], /^application\/problem\+json/);
  assert.equal(reply.body.status, status);
  assert.equal(typeof reply.body.title, 'string');
  assert.equal(typeof reply.body.code, 'string');
  if (code) assert.equal(reply.body.code, code);
}

// Chromium, driven by playwright-core: { browser, page }. Skipped where either is missing.
export async function openBrowser(t, options = {}) {
  const path = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((p) => existsSync(p));
  if (!path) return skipUnlessCheck(t, 'no chromium here');
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({
    executablePath: path,
    chromiumSandbox: false,
    args: [
      '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-proxy-server',
    ],
  });
  t.after(() => browser.close());
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  return { browser, context, page };
}
