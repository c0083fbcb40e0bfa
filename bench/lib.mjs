// What the benchmarks share: the server under test, the load generator, the machine they ran on.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { ROOT, Server } from '../test/lib.mjs';

export const WORK = join(ROOT, 'build/bench');
export const BODY = join(ROOT, 'bench/interaction.json');
export const seconds = Number(process.env.SECONDS ?? 10);
export const pairs = Number(process.env.PAIRS ?? 3);

export function prepare() {
  mkdirSync(WORK, { recursive: true });
  for (const name of ['load', 'streams']) {
    execFileSync('gcc', ['-std=c17', '-D_GNU_SOURCE', '-O2', '-Wall', '-Wextra', join(ROOT, `bench/${name}.c`),
      '-o', join(WORK, name)], { stdio: 'inherit' });
  }
}

// A server on a data directory below build/bench, so on the same file system as the one it is compared with.
export async function startServer(name, { keep = false } = {}) {
  const dataDir = join(WORK, 'data', name);
  if (!keep) rmSync(dataDir, { recursive: true, force: true });
  const server = await Server.start(null, { dataDir, env: { RAPPORT_LOG_LEVEL: 'warn' } });
  await server.createToken();
  return server;
}

// Runs the load generator; its JSON, checked: everything was answered as it should be.
export function load(options, { expect = [200, 201] } = {}) {
  const args = Object.entries(options).flatMap(([name, value]) =>
    [value].flat().flatMap((one) => [`--${name}`, String(one)]));
  const result = JSON.parse(execFileSync(join(WORK, 'load'), args, { encoding: 'utf8' }));
  const wrong = Object.entries(result.statuses).filter(([status]) => !expect.includes(Number(status)));
  if (wrong.length || result.broken) throw new Error(`wrong answers: ${JSON.stringify(result)}`);
  return result;
}

export const bearer = (server) => `Authorization: Bearer ${server.token}`;

// Interactions in batches, as fast as they are taken, until there are `count`; the rate.
export function fill(server, count, body, { from = 0, connections = 4, batch = 500 } = {}) {
  let next = from;
  const started = performance.now();
  while (next < from + count) {
    const left = from + count - next;
    next = load({
      port: server.port, connections, seconds: Math.min(10, Math.max(0.2, left / 40000)), method: 'POST',
      path: '/api/v1/interactions', body, batch, from: next,
      header: [bearer(server), 'Content-Type: application/x-ndjson'],
    }).next;
  }
  return ((next - from) / (performance.now() - started)) * 1000;
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

export function template(name, text) {
  const path = join(WORK, name);
  writeFileSync(path, text);
  return path;
}

export function machine() {
  const version = (command, args) => {
    try {
      return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim().split('\n')[0];
    } catch {
      return null;
    }
  };
  const os = /PRETTY_NAME="(.*)"/.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  return [
    `${cpus().length} cores (${cpus()[0].model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${os}`,
    version('gcc', ['--version']),
    version('/usr/lib/postgresql/15/bin/postgres', ['--version']),
    `libmicrohttpd ${version('pkg-config', ['--modversion', 'libmicrohttpd'])}, SQLite ${version('pkg-config', ['--modversion', 'sqlite3'])}`,
  ].filter(Boolean);
}

export function run(command, args, options = {}) {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 26, ...options });
}

export { ROOT, Server, spawn };
