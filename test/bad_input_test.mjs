// What no honest client sends: each gets a clear 4xx or a line number, nothing of it is kept, and neither
// the process nor its memory suffers.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { Server, checkProblem, interaction, rapport, temporaryFolder } from './lib.mjs';

const PATH = '/api/v1/interactions';
const MEMORY_GROWTH_MAX = 64 << 20;

async function count(server) {
  let n = 0;
  for await (const one of server.list(`${PATH}?limit=200`)) n += one ? 1 : 0;
  return n;
}

// The text of an interaction with one piece replaced by raw text.
function raw(field, text) {
  const whole = JSON.stringify({ ...interaction(), [field]: '@@' });
  return whole.replace('"@@"', text);
}

const REFUSED = {
  'an empty body': '',
  'text that is no JSON': 'hello',
  'an unfinished object': '{"kind": "message"',
  'something after the object': `${JSON.stringify(interaction())} {}`,
  'an array instead of an object': '[]',
  'null instead of an object': 'null',
  'JSON nested 100,000 deep': '['.repeat(100000) + ']'.repeat(100000),
  'JSON nested 100,000 deep in a field': raw('attributes', '{"a":'.repeat(100000) + '1' + '}'.repeat(100000)),
  'a duplicate key': raw('text', '"one", "text": "two"'),
  'a duplicate key spelled with an escape': raw('text', '"one", "te\\u0078t": "two"'),
  'invalid UTF-8': Buffer.from(JSON.stringify(interaction({ text: '@' })).replace('@', '\u00ff'), 'latin1'),
  'overlong UTF-8': Buffer.concat([Buffer.from('{"text":"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')]),
  'a lone surrogate': raw('text', '"\\ud800"'),
  'a NUL character': raw('text', '"a\\u0000b"'),
  'a raw control character': raw('text', '"a\u0001b"'),
  'a number that is no finite one': raw('wait_seconds', '1e999'),
  'NaN': raw('wait_seconds', 'NaN'),
  'a comment': raw('text', '"a" /* why */'),
  'a trailing comma': '{"kind":"message",}',
};

const REFUSED_FIELDS = [
  ['the 31st of February', { at: '2026-02-31T10:00:00Z' }, '/at'],
  ['hour 25', { at: '2026-02-03T25:00:00Z' }, '/at'],
  ['a time without a zone', { at: '2026-02-03T10:00:00' }, '/at'],
  ['a number as text', { text: 5 }, '/text'],
  ['an unknown kind', { kind: 'telepathy' }, '/kind'],
  ['an NPS of 11', { answers: { nps: 11 } }, '/answers/nps'],
  ['an NPS of 9.5', { answers: { nps: 9.5 } }, '/answers/nps'],
  ['a CSAT of 0', { answers: { csat: 0 } }, '/answers/csat'],
  ['a negative wait', { wait_seconds: -1 }, '/wait_seconds'],
  ['an e-mail address without @', { customer: { email: 'nobody' } }, '/customer/email'],
];

test('bad bodies', async (t) => {
  const server = await Server.start(t);
  await server.createToken();
  const before = await count(server);

  for (const [name, body] of Object.entries(REFUSED)) {
    await t.test(`${name} is refused`, async () => {
      const reply = await server.request('POST', PATH, { body });
      checkProblem(reply, 400);
      assert.ok(reply.body.detail, 'it says what is wrong');
    });
  }
  for (const [name, fields, pointer] of REFUSED_FIELDS) {
    await t.test(`${name} is refused, with the place`, async () => {
      const reply = await server.post(PATH, interaction(fields));
      checkProblem(reply, 400, 'invalid');
      assert.ok(reply.body.errors?.some((error) => error.pointer === pointer || error.pointer === `#${pointer}`),
        `${pointer} is named in ${reply.text}`);
    });
  }
  assert.equal(await count(server), before, 'nothing of all that was kept');
  assert.equal((await server.post(PATH, interaction())).status, 201, 'and good input is taken as ever');
});

test('a line that cannot be read does not take its neighbours with it', async (t) => {
  const server = await Server.start(t);
  await server.createToken();
  const good = [interaction(), interaction()];
  const body = [JSON.stringify(good[0]), '{"kind":', '', JSON.stringify(interaction({ at: '2026-02-31T00:00:00Z' })),
    JSON.stringify(good[1])].join('\n');
  const reply = await server.request('POST', PATH, { body, headers: { 'Content-Type': 'application/x-ndjson' } });
  assert.equal(reply.status, 200, reply.text);
  const results = reply.text.trim().split('\n').map((line) => JSON.parse(line));
  assert.equal(results.filter((result) => result.interaction_id).length, 2, reply.text);
  assert.equal(results.filter((result) => result.status === 400).length, 2, reply.text);
  assert.equal(await count(server), 2);
});

// Writes `size` bytes of body as fast as they are taken; the status line that came back, or ''.
function sendLarge(server, head, chunk, chunks) {
  return new Promise((done) => {
    const socket = net.connect(server.port, '127.0.0.1');
    let text = '';
    let left = chunks;
    const end = () => {
      socket.destroy();
      done(text.split('\r\n')[0]);
    };
    const write = () => {
      while (left-- > 0) if (!socket.write(chunk)) return;
    };
    socket.setTimeout(20000, end);
    socket.on('connect', () => {
      socket.write(head);
      write();
    });
    socket.on('drain', write);
    socket.on('data', (part) => (text += part.toString('latin1')));
    socket.on('error', () => {});
    socket.on('close', end);
  });
}

test('a body of 100 MB is refused and costs no memory', async (t) => {
  const server = await Server.start(t);
  const token = await server.createToken();
  assert.equal((await server.post(PATH, interaction())).status, 201);
  const before = server.memory();
  let most = before;
  const watch = setInterval(() => (most = Math.max(most, server.memory())), 5);
  t.after(() => clearInterval(watch));

  const block = Buffer.alloc(1 << 20, 'x');
  const head = (length) => `POST ${PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\n` +
    `Content-Type: application/json\r\n${length}\r\n\r\n`;
  const declared = await sendLarge(server, head('Content-Length: 104857600'), block, 100);
  const chunked = await sendLarge(server, head('Transfer-Encoding: chunked'),
    Buffer.concat([Buffer.from('100000\r\n'), block, Buffer.from('\r\n')]), 100);
  assert.match(declared, /^HTTP\/1\.1 413 /);
  // A server that cuts an endless body may lose its own answer to the reset.
  assert.match(chunked, /^(HTTP\/1\.1 (413|400) .*|)$/);

  assert.ok(most - before < MEMORY_GROWTH_MAX, `memory grew by ${(most - before) >> 20} MiB`);
  assert.equal((await server.post(PATH, interaction())).status, 201);
});

test('an import names the line of what it refuses and takes the rest', async (t) => {
  const server = await Server.start(t);
  await server.createToken();
  const folder = temporaryFolder(t);
  const map = join(folder, 'map.json');
  const file = join(folder, 'calls.csv');
  writeFileSync(map, JSON.stringify({
    time_format: '%d/%m/%Y %H:%M',
    fields: {
      external_id: { column: 'id' }, at: { column: 'when' }, kind: { value: 'call' }, direction: { value: 'in' },
      channel: { value: 'phone' }, 'customer.external_id': { column: 'caller' },
    },
  }));
  const importCsv = (text) => {
    writeFileSync(file, text);
    return rapport(['import', file, '--format', 'csv', '--map', map, '--data-dir', server.dataDir]);
  };

  await t.test('the 31st of February', async () => {
    const { stdout, stderr } = await importCsv(
      'id,when,caller\n1,28/02/2026 10:00,c1\n2,31/02/2026 10:00,c2\n3,01/03/2026 10:00,c3\n');
    assert.match(stdout + stderr, /\bline 3\b/);
    assert.equal(await count(server), 2);
  });

  await t.test('a quote that is never closed', async () => {
    const { code, stdout, stderr } = await importCsv(
      `id,when,caller\n4,28/02/2026 10:00,c4\n5,28/02/2026 10:00,"c5\n${'6,28/02/2026 10:00,c6\n'.repeat(1000)}`);
    assert.notEqual(code, 0);
    assert.match(stdout + stderr, /\bline 3\b/);
    assert.equal(await count(server), 3, 'the row before it is there');
  });

  await t.test('run again, nothing doubles', async () => {
    const before = await count(server);
    await importCsv('id,when,caller\n1,28/02/2026 10:00,c1\n3,01/03/2026 10:00,c3\n');
    assert.equal(await count(server), before);
  });
});
