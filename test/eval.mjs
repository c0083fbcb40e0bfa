// Whether the program gets real data right: imports a public incident log and two months of a bank's
// call log into a fresh data directory and compares what the API then says with statistics that
// independent scripts computed (expected_stats.json beside the data).
//
//   node test/eval.mjs [FOLDER]   FOLDER, else EVAL_DATA, else ../shared/data
//
// The data are not part of the source; what is missing is skipped with a plain statement. Exits with 1
// if anything differs.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { PROGRAM, ROOT, Server, rapport, sleep } from './lib.mjs';

const DATA = resolve(process.argv[2] ?? process.env.EVAL_DATA ?? join(ROOT, '../shared/data'));
const INCIDENTS = join(DATA, 'incident_event_log');
const BANK = join(DATA, 'anonymous_bank_1999');
const HOUR = 3600;

const rows = [];
const skipped = [];
let failed = 0;

// `tolerance` is what the expected number was rounded to, or 0.
function compare(what, expected, got, tolerance = 0) {
  const ok = typeof expected === 'number' && typeof got === 'number'
    ? Math.abs(expected - got) <= tolerance
    : JSON.stringify(expected) === JSON.stringify(got);
  if (!ok) failed++;
  rows.push({ what, expected: String(expected), got: String(got), ok: ok ? 'ok' : 'DIFFERS' });
}

function skip(what, why) {
  skipped.push(`${what}: ${why}`);
}

async function query(server, question) {
  const reply = await server.post('/api/v1/query', question);
  if (reply.status !== 200) throw new Error(`${JSON.stringify(question)}: ${reply.text}`);
  return reply.body;
}

// { label: value } of a question with one dimension.
async function groups(server, question) {
  const body = await query(server, { limit: 1000, ...question });
  return Object.fromEntries(body.groups.map((group) => [group.by[0].label ?? 'none', group.number.value]));
}

async function upload(server, file, args) {
  const reply = await server.post(`/api/v1/imports?${new URLSearchParams(args)}`, readFileSync(file), {
    headers: { 'Content-Type': 'application/octet-stream' },
    timeout: 120000,
  });
  if (reply.status !== 201) throw new Error(`${file}: ${reply.text}`);
  for (;;) {
    const now = await server.get(`/api/v1/imports/${reply.body.id}`);
    if (now.body.state !== 'running') return now.body;
    await sleep(100);
  }
}

async function collect(list) {
  const items = [];
  for await (const item of list) items.push(item);
  return items;
}

// ---- incidents ----

const ALL = { from: '2015-01-01T00:00:00Z', to: '2019-01-01T00:00:00Z' };
const PRIORITIES = { '1 - Critical': 'urgent', '2 - High': 'high', '3 - Moderate': 'normal', '4 - Low': 'low' };

async function incidents(server) {
  const name = ['incident_event_log_part1.csv.gz', 'incident_event_log.csv.gz']
    .find((file) => existsSync(join(INCIDENTS, file)));
  if (!name) return skip('incident log', `no incident_event_log*.csv.gz in ${INCIDENTS}`);
  const expected = JSON.parse(readFileSync(join(INCIDENTS, 'expected_stats.json'), 'utf8'));
  const last = expected.last_row_per_incident;

  const begun = performance.now();
  const first = await upload(server, join(INCIDENTS, name), { format: 'servicenow-incidents', file_name: name });
  const seconds = (performance.now() - begun) / 1000;
  compare('incidents: state of the import', 'finished', first.state);
  compare('incidents: rows read', expected.rows, first.rows_read);
  compare('incidents: rows stored', expected.rows, first.rows_stored);
  compare('incidents: conversations made', expected.incidents, first.conversations);
  rows.push({ what: 'incidents: seconds until imported', expected: '10 at most', got: seconds.toFixed(1), ok: seconds <= 10 ? 'ok' : 'SLOW' });

  const again = await upload(server, join(INCIDENTS, name), { format: 'servicenow-incidents', file_name: name });
  compare('incidents, again: rows stored', 0, again.rows_stored);
  compare('incidents, again: rows known', expected.rows, again.rows_known);

  const opened = await query(server, { metric: 'conversations_opened', ...ALL });
  compare('incidents: conversations opened', expected.incidents, opened.number.value);
  compare('incidents: interactions', expected.incidents, (await query(server, { metric: 'interactions', ...ALL })).number.value);
  compare('incidents: backlog at the end', 0,
    (await query(server, { metric: 'backlog', from: ALL.from, to: ALL.to })).number.value);
  await incidentDurations(server, last.resolution_hours);
  await incidentGroups(server, last);
  await incidentRows(server, expected);
}

async function incidentDurations(server, hours) {
  const solved = await query(server, { metric: 'resolution_time', statistic: 'solved_only', ...ALL });
  compare('resolution, solved only: n', hours.n, solved.number.n);
  compare('resolution, solved only: median hours', hours.median, solved.number.value / HOUR, 0.05);
  const all = await query(server, { metric: 'resolution_time', ...ALL });
  compare('resolution, Kaplan-Meier: median hours', 67.9, all.number.value / HOUR, 0.05);
  const drill = await collect(server.list(`${all.number.drill}&limit=200`));
  const ended = drill.filter((row) => !row.censored);
  compare('resolution, drill: conversations behind the number', all.number.n, drill.length);
  compare('resolution, drill: solved', hours.n, ended.length);
  compare('resolution, drill: mean hours of the solved', hours.mean,
    ended.reduce((sum, row) => sum + row.value, 0) / ended.length / HOUR, 0.0006);
}

async function incidentGroups(server, last) {
  const byChannel = await groups(server, { metric: 'conversations_opened', by: ['channel'], ...ALL });
  for (const [name, count] of Object.entries(last.contact_type)) compare(`opened by channel ${name}`, count, byChannel[name]);
  const sla = await query(server, { metric: 'sla_met', ...ALL });
  compare('promises kept: share', last.made_sla.true / sla.number.n, sla.number.value, 1e-12);
  compare('promises kept: n', last.made_sla.true + last.made_sla.false, sla.number.n);
  const reopened = await query(server, { metric: 'conversations_reopened', ...ALL });
  const drill = await collect(server.list(`${reopened.number.drill}&limit=200`));
  compare('conversations reopened, by events', last.reopened_ge1, new Set(drill.map((row) => row.conversation_id)).size);
}

async function incidentRows(server, expected) {
  const last = expected.last_row_per_incident;
  const all = await collect(server.list('/api/v1/conversations?limit=200'));
  const count = (test) => all.filter(test).length;
  const times = all.map((row) => row.created_at).sort();
  const utc = (text) => new Date(`${text.replace(' ', 'T')}Z`).getTime();
  compare('conversations listed', expected.incidents, all.length);
  compare('first opened', utc(expected.opened_from), Date.parse(times[0]));
  compare('last opened', utc(expected.opened_to), Date.parse(times.at(-1)));
  compare('reassigned at least once', last.reassigned_ge1, count((row) => row.reassignment_count >= 1));
  compare('reopened at least once', last.reopened_ge1, count((row) => row.reopen_count >= 1));
  compare('promise kept', last.made_sla.true, count((row) => row.sla_met === true));
  compare('promise broken', last.made_sla.false, count((row) => row.sla_met === false));
  compare('state closed', last.incident_state.Closed, count((row) => row.state === 'closed'));
  compare('solved', last.resolution_hours.n, count((row) => row.first_solved_at));
  for (const [theirs, ours] of Object.entries(PRIORITIES)) {
    compare(`priority ${ours}`, last.priority[theirs], count((row) => row.priority === ours));
  }
  for (const [name, number] of Object.entries(last.top_groups)) {
    const team = name === '?' ? null : name;
    compare(`team ${team ?? 'none'}`, number, count((row) => (row.team?.name ?? null) === team));
  }
}

// ---- the bank ----

const CALLS = {
  separator: '\t',
  zone: 'Asia/Jerusalem',
  fields: {
    at: { columns: ['date', 'vru_entry'], format: '%y%m%d %H:%M:%S' },
    external_id: { columns: ['date', 'vru+line', 'call_id'], join: '-' },
    channel: { value: 'phone' },
    kind: { value: 'call' },
    direction: { value: 'in' },
    wait_seconds: { column: 'q_time' },
    handle_seconds: { column: 'ser_time', when: { outcome: ['AGENT'] } },
    outcome: { column: 'outcome', values: { AGENT: 'answered', HANG: 'abandoned' } },
    agent: { column: 'server', missing: ['NO_SERVER'] },
    'customer.external_id': { column: 'customer_id', missing: ['0'] },
    'attributes.service': { column: 'type' },
  },
  skip: { outcome: ['PHANTOM'] }, // virtual calls, says the data's own description
};
const MONTHS = {
  'january.txt': { from: '1998-12-31T22:00:00Z', to: '1999-01-31T22:00:00Z' },
  'february.txt': { from: '1999-01-31T22:00:00Z', to: '1999-02-28T22:00:00Z' },
};

async function bank(server, folder) {
  const stats = join(BANK, 'expected_stats.json');
  if (!existsSync(stats)) return skip('call log', `no expected_stats.json in ${BANK}`);
  const expected = JSON.parse(readFileSync(stats, 'utf8'));
  const map = join(folder, 'calls.json');
  writeFileSync(map, JSON.stringify(CALLS));
  for (const [name, range] of Object.entries(MONTHS)) {
    const file = [`${name}.gz`, name].map((n) => join(BANK, n)).find((path) => existsSync(path));
    if (!file) {
      skip(`call log, ${name}`, 'not there');
      continue;
    }
    await bankImport(server, name, file, map, expected[name]);
    const calls = await bankMonth(server, name, range, expected[name]);
    if (name === 'february.txt') patience(calls, folder);
  }
}

// By the command line, while the server runs.
async function bankImport(server, name, file, map, month) {
  const args = ['import', file, '--format', 'csv', '--map', map, '--data-dir', server.dataDir];
  const phantoms = month.outcome.PHANTOM;
  const dry = await rapport([...args, '--dry-run']);
  compare(`${name}: dry run`,
    `dry run: ${month.calls} rows read: ${month.calls - phantoms} to store, 0 known already, ${phantoms} left out, 0 refused; 0 conversations made`,
    dry.stdout.trim());
  const first = await rapport(args);
  compare(`${name}: import`,
    `${month.calls} rows read: ${month.calls - phantoms} stored, 0 known already, ${phantoms} left out, 0 refused; 0 conversations made`,
    first.stdout.trim());
  const again = await rapport(args);
  compare(`${name}: import again`,
    `${month.calls} rows read: 0 stored, ${month.calls - phantoms} known already, ${phantoms} left out, 0 refused; 0 conversations made`,
    again.stdout.trim());
}

const only = (outcome) => ({ dim: 'outcome', op: 'is', values: [outcome] });

async function bankMonth(server, name, range, month) {
  const all = month.all;
  const zone = 'Asia/Jerusalem';
  const ask = async (question) => (await query(server, { ...range, zone, ...question })).number;
  compare(`${name}: offered, phantoms left out`, all.offered - month.outcome.PHANTOM, (await ask({ metric: 'interactions' })).value);
  compare(`${name}: answered`, all.answered, (await ask({ metric: 'interactions', filter: only('answered') })).value);
  compare(`${name}: hung up`, all.hung_up, (await ask({ metric: 'interactions', filter: only('abandoned') })).value);
  const asa = await ask({ metric: 'wait_time', statistic: 'mean', filter: only('answered') });
  compare(`${name}: average speed of answer, seconds`, all.asa_seconds, asa.value, 0.0006);
  const handle = { metric: 'handle_time', filter: only('answered') };
  compare(`${name}: handle time, n`, all.answered, (await ask(handle)).n);
  compare(`${name}: handle time, median seconds`, all.median_service_seconds, (await ask(handle)).value);
  compare(`${name}: handle time, mean seconds`, all.mean_service_seconds, (await ask({ ...handle, statistic: 'mean' })).value, 0.00006);
  const answeredBy = await groups(server, { metric: 'interactions', filter: only('answered'), by: ['service'], ...range });
  for (const [service, numbers] of Object.entries(month.by_type)) {
    compare(`${name}: answered, service ${service}`, numbers.answered, answeredBy[service] ?? 0);
  }
  return bankRows(server, name, range, month);
}

async function bankRows(server, name, range, month) {
  const calls = (await collect(server.list(`/api/v1/interactions?limit=200&${new URLSearchParams(range)}`)))
    .filter((call) => call.kind === 'call');
  const answered = calls.filter((call) => call.outcome === 'answered');
  const gaveUp = calls.filter((call) => call.outcome === 'abandoned' && call.wait_seconds > 0);
  compare(`${name}: calls listed`, month.calls - month.outcome.PHANTOM, calls.length);
  compare(`${name}: answered within 20 s`, month.all.answered_within_20s, answered.filter((c) => c.wait_seconds <= 20).length);
  compare(`${name}: answered within 60 s`, month.all.answered_within_60s, answered.filter((c) => c.wait_seconds <= 60).length);
  compare(`${name}: hung up in the queue`, month.all.hung_up_in_queue, gaveUp.length);
  compare(`${name}: mean wait of these, seconds`, month.all.mean_patience_of_hang_ups_seconds,
    gaveUp.reduce((sum, call) => sum + call.wait_seconds, 0) / gaveUp.length, 0.0006);
  compare(`${name}: answered, agent unknown`, month.anomalies['answered but NO_SERVER'], answered.filter((c) => !c.agent).length);
  return calls;
}

// ---- the vector that needs these data ----

const VECTOR = 'km_patience_anonymous_bank_feb1999';

function objectsOf(folder) {
  const path = join(dirname(PROGRAM), 'gcc-release', folder);
  if (!existsSync(path)) return [];
  return readdirSync(path).filter((name) => /(?<!_test|_fuzz)\.o$/.test(name) && name !== 'test.o').map((name) => join(path, name));
}

function patience(calls, folder) {
  const { vectors } = JSON.parse(readFileSync(join(ROOT, 'test/vectors.json'), 'utf8'));
  const vector = vectors.find((one) => one.name === VECTOR);
  if (!vector) return skip(VECTOR, 'not in test/vectors.json');
  const objects = [...objectsOf('stats'), ...objectsOf('base')];
  if (!objects.length) return skip(VECTOR, 'no objects of the release build beside the program');
  const program = join(folder, 'patience');
  execFileSync('gcc', ['-std=c17', '-D_GNU_SOURCE', '-O2', `-I${join(ROOT, 'src')}`, join(ROOT, 'test/eval_patience.c'),
    ...objects, '-ljansson', '-lsodium', '-licuuc', '-licui18n', '-lz', '-lm', '-lpthread', '-o', program]);
  const waits = calls.filter((call) => call.wait_seconds > 0);
  const input = waits.map((call) => `${call.wait_seconds} ${call.outcome === 'abandoned' ? 1 : 0}\n`).join('');
  const got = JSON.parse(execFileSync(program, { input, encoding: 'utf8' }));
  const total = waits.reduce((sum, call) => sum + call.wait_seconds, 0);
  const mean = (list) => list.reduce((sum, call) => sum + call.wait_seconds, 0) / list.length;
  got.exp_theta_per_s = got.events / total;
  got.naive_mean_of_abandoners_s = mean(waits.filter((call) => call.outcome === 'abandoned'));
  got.mean_wait_served_s = mean(waits.filter((call) => call.outcome === 'answered'));
  for (const [key, value] of Object.entries(vector.expected)) {
    const pairs = value !== null && typeof value === 'object' ? Object.entries(value) : [[null, value]];
    for (const [inner, number] of pairs) {
      compare(`patience: ${key}${inner === null ? '' : ` ${inner}`}`, number, inner === null ? got[key] : got[key]?.[inner], vector.tolerance);
    }
  }
}

// ---- all of it ----

function print() {
  const width = (key) => Math.min(64, Math.max(...rows.map((row) => row[key].length)));
  const [what, expected, got] = [width('what'), width('expected'), width('got')];
  for (const row of rows) {
    console.log(`${row.ok.padEnd(8)} ${row.what.padEnd(what)}  ${row.expected.padEnd(expected)}  ${row.got.padEnd(got)}`.trimEnd());
  }
  for (const line of skipped) console.log(`skipped  ${line}`);
  console.log(`${rows.length} compared, ${failed} differ, ${skipped.length} skipped`);
}

if (!existsSync(DATA) || !statSync(DATA).isDirectory()) {
  console.log(`skipped  all of it: there is no folder ${DATA}; name it: make eval DATA=FOLDER`);
  process.exit(0);
}
const folder = mkdtempSync(join(tmpdir(), 'rapport-eval-'));
let server;
try {
  server = await Server.start(null, { dataDir: join(folder, 'data') });
  await server.createToken('admin');
  await incidents(server);
  await bank(server, folder);
  print();
} finally {
  if (server) await server.stop();
  server?.agent.destroy();
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
