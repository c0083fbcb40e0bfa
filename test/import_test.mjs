// Imports from outside: by upload and by the command line, with damaged files, a cancellation and a
// crash in the middle. The files are made here.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Server, checkProblem, rapport, sleep, temporaryFolder } from './lib.mjs';
import { validateReply } from './openapi.mjs';

const HEADER = 'number,incident_state,sys_mod_count,sys_updated_at,opened_at,caller_id,contact_type,resolved_at\n';

// Incidents that were opened, worked on and closed, three rows each.
function log(first, count) {
  let text = HEADER;
  for (let i = first; i < first + count; i++) {
    const rest = `1/3/2016 09:00,Person ${i % 97},Phone,1/3/2016 11:00\n`;
    text += `T${i},New,0,1/3/2016 09:05,${rest}T${i},Resolved,1,1/3/2016 11:00,${rest}T${i},Closed,2,4/3/2016 11:00,${rest}`;
  }
  return text;
}

const MAP = { fields: { at: { column: 'when' }, channel: { value: 'phone' }, external_id: { column: 'id' } } };

async function upload(server, bytes, args) {
  const reply = await server.post(`/api/v1/imports?${new URLSearchParams(args)}`, Buffer.from(bytes), {
    headers: { 'Content-Type': 'application/octet-stream' },
  });
  validateReply('POST', '/api/v1/imports', reply);
  return reply;
}

async function ended(server, id) {
  for (let i = 0; i < 600; i++) {
    const reply = await server.get(`/api/v1/imports/${id}`);
    validateReply('GET', '/api/v1/imports/{id}', reply);
    if (reply.body.state !== 'running') return reply.body;
    await sleep(50);
  }
  throw new Error(`${id} does not end`);
}

async function conversations(server) {
  let count = 0;
  for await (const one of server.list('/api/v1/conversations?limit=200')) count += one.id ? 1 : 0;
  return count;
}

test('an upload is imported once, gzip or plain', async (t) => {
  const server = await Server.start(t);
  await server.createToken();
  const args = { format: 'servicenow-incidents', file_name: 'log.csv' };
  const made = await upload(server, log(0, 50), args);
  assert.equal(made.status, 201);
  const first = await ended(server, made.body.id);
  assert.deepEqual([first.state, first.rows_stored, first.conversations, first.rows_refused], ['finished', 150, 50, 0]);
  const again = await ended(server, (await upload(server, gzipSync(log(0, 50)), args)).body.id);
  assert.deepEqual([again.state, again.rows_stored, again.rows_known, again.conversations], ['finished', 0, 150, 0]);
  assert.equal(await conversations(server), 50);

  const list = await server.get('/api/v1/imports?limit=1');
  validateReply('GET', '/api/v1/imports', list);
  assert.equal(list.body.has_more, true);
  assert.equal(list.body.data[0].id, again.id, 'newest first');
  checkProblem(await server.request('DELETE', `/api/v1/imports/${first.id}`), 409, 'import_ended');
});

test('a dry run counts and stores nothing', async (t) => {
  const server = await Server.start(t);
  await server.createToken();
  const made = await upload(server, log(0, 20), { format: 'servicenow-incidents', dry_run: 'true' });
  const run = await ended(server, made.body.id);
  assert.deepEqual([run.state, run.dry_run, run.rows_stored, run.conversations], ['finished', true, 60, 20]);
  assert.equal(await conversations(server), 0);
});

test('refused rows are told by line, page after page', async (t) => {
  const server = await Server.start(t);
  await server.createToken();
  let text = 'id,when\n1,2024-03-01 10:00\n';
  for (let i = 2; i <= 131; i++) text += `${i},2024-02-31 10:00\n`;
  text += '"132",2024-03-01 10:00\n';
  const map = Buffer.from(JSON.stringify(MAP)).toString('base64url');
  const run = await ended(server, (await upload(server, text, { format: 'csv', map })).body.id);
  assert.deepEqual([run.state, run.rows_read, run.rows_stored, run.rows_refused], ['finished', 132, 2, 130]);
  assert.equal(run.refusals.length, 100);
  assert.deepEqual(run.refusals[0], { line: 3, code: 'invalid_time', detail: 'at: there is no such time in this format.' });
  const all = [];
  for await (const one of server.list(`/api/v1/imports/${run.id}/refusals?limit=50`)) all.push(one.line);
  assert.deepEqual(all, Array.from({ length: 130 }, (_, i) => i + 3));
  validateReply('GET', '/api/v1/imports/{id}/refusals', await server.get(`/api/v1/imports/${run.id}/refusals`));
});

test('what cannot be imported is refused before the file is sent, or fails with its line', async (t) => {
  const server = await Server.start(t);
  await server.createToken();
  for (const [args, pointer] of [
    [{}, '?format'],
    [{ format: 'xes' }, '?format'],
    [{ format: 'csv' }, '?map'],
    [{ format: 'csv', map: '{"fields":{}}' }, '?map/fields'],
    [{ format: 'csv', map: '!!!' }, '?map'],
    [{ format: 'servicenow-incidents', zone: 'Mars/Base' }, '?zone'],
    [{ format: 'servicenow-incidents', dry_run: 'maybe' }, '?dry_run'],
  ]) {
    const reply = await upload(server, 'x', args);
    checkProblem(reply, 400);
    assert.ok(reply.body.errors?.some((e) => e.pointer === pointer), reply.text);
  }
  const open = await ended(server, (await upload(server, `${log(0, 3)}T9,"New\n`, { format: 'servicenow-incidents' })).body.id);
  assert.equal(open.state, 'failed');
  assert.match(open.reason, /^Line 11: a quote that is never closed/);
  assert.equal(open.rows_stored, 9, 'what stood before it is stored');
  const cut = gzipSync(log(10, 2000));
  const damaged = await ended(server, (await upload(server, cut.subarray(0, cut.length / 2), { format: 'servicenow-incidents' })).body.id);
  assert.equal(damaged.state, 'failed');
  assert.match(damaged.reason, /damaged/);
  const empty = await ended(server, (await upload(server, '', { format: 'servicenow-incidents' })).body.id);
  assert.equal(empty.reason, 'The file is empty.');
});

test('only who may import sees imports', async (t) => {
  const server = await Server.start(t);
  await server.createToken();
  const read = await server.createToken('read');
  checkProblem(await server.get('/api/v1/imports', { token: read }), 403);
  checkProblem(await server.get('/api/v1/imports', { token: null }), 401);
  checkProblem(await server.get('/api/v1/imports/imp_0000000000001'), 404);
});

test('an import is cancelled while it runs, and tells of itself in the stream', async (t) => {
  const server = await Server.start(t);
  await server.createToken();
  const stop = new AbortController();
  const told = [];
  const follow = (async () => {
    for await (const event of server.stream('/api/v1/stream?topics=import', { signal: stop.signal, headers: { 'Last-Event-ID': '0' } })) {
      if (event.event) told.push([event.event, performance.now()]);
    }
  })().catch(() => {});
  const made = await upload(server, gzipSync(log(0, 150000)), { format: 'servicenow-incidents' });
  while (!told.some(([kind]) => kind === 'import.progressed')) await sleep(20);
  const reply = await server.request('DELETE', `/api/v1/imports/${made.body.id}`);
  validateReply('DELETE', '/api/v1/imports/{id}', reply);
  assert.equal(reply.status, 200);
  await sleep(1500);
  const run = (await server.get(`/api/v1/imports/${made.body.id}`)).body;
  await sleep(1000);
  const later = (await server.get(`/api/v1/imports/${made.body.id}`)).body;
  assert.equal(later.state, 'cancelled');
  assert.ok(later.rows_read < 450000 && later.rows_read === run.rows_read, `it has stopped: ${run.rows_read}, ${later.rows_read}`);
  stop.abort();
  await follow;
  const kinds = told.map(([kind]) => kind);
  assert.equal(kinds[0], 'import.started');
  assert.equal(kinds.at(-1), 'import.finished');
  const times = told.filter(([kind]) => kind === 'import.progressed').map(([, at]) => at);
  for (let i = 2; i < times.length; i++) assert.ok(times[i] - times[i - 2] > 700, 'at most two in a second');
});

test('a crash in the middle leaves an import that can be run again', async (t) => {
  const server = await Server.start(t);
  await server.createToken();
  const bytes = gzipSync(log(0, 10000));
  const made = await upload(server, bytes, { format: 'servicenow-incidents' });
  await sleep(300);
  await server.kill();
  await server.spawn();
  const broken = await ended(server, made.body.id);
  assert.equal(broken.state, 'failed');
  assert.equal(broken.reason, 'interrupted: run it again');
  const again = await ended(server, (await upload(server, bytes, { format: 'servicenow-incidents' })).body.id);
  assert.equal(again.state, 'finished');
  assert.equal(again.rows_stored + again.rows_known, 30000);
  const opened = await server.post('/api/v1/query', {
    metric: 'conversations_opened', from: '2016-01-01T00:00:00Z', to: '2017-01-01T00:00:00Z',
  });
  assert.equal(opened.body.number.value, 10000, 'each incident once');
});

test('memory stays the same however long the file is', async (t) => {
  const server = await Server.start(t);
  await server.createToken();
  await ended(server, (await upload(server, gzipSync(log(0, 1000)), { format: 'servicenow-incidents', dry_run: 'true' })).body.id);
  const before = server.memory();
  const long = `${log(0, 1)}${'T1,New,0,31/2/2016 09:05,1/3/2016 09:00,Person,Phone,?\n'.repeat(1500000)}`;
  const run = await ended(server, (await upload(server, gzipSync(long, { level: 1 }), { format: 'servicenow-incidents', dry_run: 'true' })).body.id);
  assert.equal(run.rows_refused, 1500000);
  assert.ok(server.memory() - before < 64 << 20, `${(server.memory() - before) >> 20} MiB more`);
});

test('the command line imports with and without a server, and says how it went by its exit code', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'log.csv');
  const bad = join(folder, 'bad.csv');
  writeFileSync(file, `${log(0, 10)}T99,New,0,31/2/2016 09:05,1/3/2016 09:00,Person,Phone,?\n`);
  writeFileSync(bad, 'a,b\n1,2\n');
  const dataDir = join(folder, 'data');
  const args = ['--format', 'servicenow-incidents', '--data-dir', dataDir];
  const alone = await rapport(['import', file, ...args]);
  assert.equal(alone.code, 0, alone.stderr);
  assert.equal(alone.stdout, '31 rows read: 30 stored, 0 known already, 0 left out, 1 refused; 10 conversations made\n');
  assert.match(alone.stderr, /^line 32: invalid_time: sys_updated_at: there is no such time\.$/m);
  assert.equal((await rapport(['import', bad, ...args])).code, 1);
  assert.equal((await rapport(['import', file, '--format', 'nope', '--data-dir', dataDir])).code, 2);

  const server = await Server.start(t, { dataDir });
  const beside = await rapport(['import', file, ...args]);
  assert.equal(beside.code, 0, beside.stderr);
  assert.equal(beside.stdout, '31 rows read: 0 stored, 30 known already, 0 left out, 1 refused; 0 conversations made\n');
  assert.match(beside.stderr, /^line 32: /m);
  await server.stop();
});
