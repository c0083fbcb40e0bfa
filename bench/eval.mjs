// node bench/eval.mjs DATA: imports real data sets that lie below DATA with the real program and compares its
// numbers with those an independent script computed (expected_stats.json beside the data). The data are no
// part of this source; what is absent is skipped, with a word.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PROGRAM, ROOT, Server, sleep } from '../test/lib.mjs';

const DATA = resolve(process.argv[2] ?? '../shared/data');
const WORK = join(ROOT, 'build/eval');
let passed = 0;
let failed = 0;
let skipped = 0;

function compare(what, ours, expected, tolerance = 0) {
  const fits = ours !== null && ours !== undefined && Math.abs(ours - expected) <= tolerance;
  if (fits) passed++;
  else failed++;
  console.log(`${fits ? 'ok    ' : 'FAILED'} ${what}: ${ours}${fits && !tolerance ? '' : `, expected ${expected}${tolerance ? ` +- ${tolerance}` : ''}`}`);
}

// The import's own words, and how long it took.
function importFile(dataDir, file, ...options) {
  const started = performance.now();
  try {
    const said = execFileSync(PROGRAM, ['import', file, '--data-dir', dataDir, ...options],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 26, env: { ...process.env, RAPPORT_LOG_LEVEL: 'warn' } });
    console.log(`       ${said.trim().split('\n').pop()} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  } catch (error) {
    console.log(`       ${String(error.stdout ?? error).trim().split('\n').slice(-3).join('\n       ')}`);
    if (!('stdout' in error)) throw error;
  }
}

// One number. A server that has just started may still be reading the log: then it says so.
async function ask(server, query) {
  const started = performance.now();
  for (;;) {
    const reply = await server.post('/api/v1/query', query);
    if (reply.status === 200) return reply.body.number;
    assert.ok(reply.status === 503 && performance.now() - started < 30000, `${JSON.stringify(query)}: ${reply.text}`);
    await sleep(100);
  }
}

// How many things the number opens.
async function behind(server, number) {
  let count = 0;
  for await (const one of server.list(`${number.drill}&limit=200`)) count += one ? 1 : 0;
  return count;
}

async function open(name, imports) {
  const dataDir = join(WORK, name);
  rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(WORK, { recursive: true });
  for (const [file, ...options] of imports) importFile(dataDir, file, ...options);
  const server = await Server.start(null, { dataDir, env: { RAPPORT_LOG_LEVEL: 'warn' } });
  await server.createToken();
  return server;
}

async function incidents() {
  const folder = join(DATA, 'incident_event_log');
  if (!existsSync(folder)) return skip('incident_event_log');
  const expected = JSON.parse(readFileSync(join(folder, 'expected_stats.json'), 'utf8'));
  const last = expected.last_row_per_incident;
  const file = join(folder, 'incident_event_log_part1.csv.gz');
  const range = { from: '2016-01-01T00:00:00Z', to: '2018-01-01T00:00:00Z' };
  const server = await open('incidents', [[file, '--format', 'servicenow-incidents']]);
  try {
    const look = async (when) => {
      let conversations = 0;
      let reassigned = 0;
      let reopened = 0;
      const states = {};
      const priorities = {};
      for await (const one of server.list('/api/v1/conversations?order=-created&limit=200')) {
        conversations++;
        if (one.reassignment_count > 0) reassigned++;
        if (one.reopen_count > 0) reopened++;
        states[one.state] = (states[one.state] ?? 0) + 1;
        priorities[one.priority] = (priorities[one.priority] ?? 0) + 1;
      }
      compare(`conversations ${when}`, conversations, expected.incidents);
      compare(`reassigned at least once ${when}`, reassigned, last.reassigned_ge1);
      compare(`reopened at least once ${when}`, reopened, last.reopened_ge1);
      compare(`closed ${when}`, states.closed, last.incident_state.Closed);
      const counts = Object.values(priorities).sort((a, b) => a - b);
      const theirs = Object.values(last.priority).sort((a, b) => a - b);
      theirs.forEach((count, i) => compare(`one priority ${when}`, counts[i], count));
    };
    await look('after the import');
    const solved = await ask(server, { metric: 'resolution_time', statistic: 'solved_only', ...range });
    compare('median of the solved ones, hours', solved.value / 3600, last.resolution_hours.median, 0.05);
    compare('n of it', solved.n, last.resolution_hours.n);
    compare('conversations behind it', await behind(server, solved), last.resolution_hours.n);
    const survival = await ask(server, { metric: 'resolution_time', ...range });
    compare('Kaplan-Meier median, hours', survival.value / 3600, 67.9, 0.05);
    compare('n of it, censored ones included', survival.n, expected.incidents);
    const sla = await ask(server, { metric: 'sla_met', ...range });
    compare('SLA met, share', sla.value, last.made_sla.true / expected.incidents, 0.00005);
    await server.stop();
    importFile(server.dataDir, file, '--format', 'servicenow-incidents');
    await server.spawn();
    await look('after importing it twice');
  } finally {
    await server.kill();
  }
}

async function bank() {
  const folder = join(DATA, 'anonymous_bank_1999');
  if (!existsSync(folder)) return skip('anonymous_bank_1999');
  const expected = JSON.parse(readFileSync(join(folder, 'expected_stats.json'), 'utf8'))['january.txt'];
  const file = join(folder, 'january.txt.gz');
  const range = { from: '1998-12-01T00:00:00Z', to: '1999-03-01T00:00:00Z' };
  const server = await open('bank', [[file, '--format', 'csv', '--map', join(ROOT, 'bench/bank-calls.map.json')]]);
  try {
    const calls = await ask(server, { metric: 'interactions', ...range });
    compare('calls', calls.value, expected.calls);
    const of = (outcome) => ({ filter: { and: [{ dim: 'outcome', op: 'is', values: [outcome] }] } });
    for (const [outcome, theirs] of [['answered', expected.outcome.AGENT], ['abandoned', expected.outcome.HANG]]) {
      const one = await ask(server, { metric: 'interactions', ...range, ...of(outcome) });
      compare(outcome, one.value, theirs);
    }
    const wait = await ask(server, { metric: 'wait_time', statistic: 'mean', ...range, ...of('answered') });
    compare('mean wait of the answered, seconds', wait.value, expected.all.asa_seconds, 0.001);
    const handle = await ask(server, { metric: 'handle_time', statistic: 'median', ...range, ...of('answered') });
    compare('median service time, seconds', handle.value, expected.all.median_service_seconds, 0.5);
  } finally {
    await server.kill();
  }
}

function skip(name) {
  skipped++;
  console.log(`skipped: there is no ${name} below ${DATA}`);
}

await incidents();
await bank();
console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
process.exit(failed ? 1 : 0);
