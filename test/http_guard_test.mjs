// Malformed HTTP: every form from which another parser might read a second request gets 400 and a closed
// connection, and no form makes a second request run. A smuggled request here would store an interaction;
// asking for it afterwards shows whether it did.
import assert from 'node:assert/strict';
import net from 'node:net';
import test from 'node:test';
import { Server, interaction, sleep } from './lib.mjs';

const PATH = '/api/v1/interactions';
const CRLF = '\r\n';

// { name, head lines after the request line, body }. {L} stands for the length of the smuggled request.
// `must` is the only status allowed, and the connection is closed. Without it anything may be answered, as
// long as the second request does not run, unless the first is `honest`: then they are a pipeline, and every
// parser agrees where the second begins.
const FORMS = [
  { name: 'two Content-Lengths, the first 0', head: ['Content-Length: 0', 'Content-Length: {L}'], must: 400 },
  { name: 'two Content-Lengths, the second 0', head: ['Content-Length: {L}', 'Content-Length: 0'], must: 400 },
  { name: 'two equal Content-Lengths', head: ['Content-Length: 0', 'Content-Length: 0'], must: 400 },
  { name: 'a list of Content-Lengths', head: ['Content-Length: 0, {L}'], must: 400 },
  { name: 'Content-Length with a plus sign', head: ['Content-Length: +0'], must: 400 },
  { name: 'Content-Length with a minus sign', head: ['Content-Length: -1'], must: 400 },
  { name: 'Content-Length in hexadecimal', head: ['Content-Length: 0x0'], must: 400 },
  { name: 'Content-Length with a letter', head: ['Content-Length: 0a'], must: 400 },
  { name: 'an empty Content-Length', head: ['Content-Length: '], must: 400 },
  { name: 'a Content-Length beyond 64 bits', head: ['Content-Length: 18446744073709551616'] },
  { name: 'Content-Length with a space before the colon', head: ['Content-Length : 0'], must: 400 },
  { name: 'Content-Length with an inner space', head: ['Content-Length: 1 0'], must: 400 },
  { name: 'both length headers', head: ['Content-Length: {L}', 'Transfer-Encoding: chunked'], body: '0\r\n\r\n', must: 400 },
  { name: 'both length headers, turned round', head: ['Transfer-Encoding: chunked', 'Content-Length: 5'], body: '0\r\n\r\n', must: 400 },
  { name: 'Transfer-Encoding with a space before the colon', head: ['Transfer-Encoding : chunked'], body: '0\r\n\r\n', must: 400 },
  { name: 'Transfer-Encoding: identity', head: ['Transfer-Encoding: identity'], must: 400 },
  { name: 'Transfer-Encoding: xchunked', head: ['Transfer-Encoding: xchunked'], body: '0\r\n\r\n', must: 400 },
  { name: 'Transfer-Encoding: chunked, identity', head: ['Transfer-Encoding: chunked, identity'], body: '0\r\n\r\n', must: 400 },
  { name: 'Transfer-Encoding: identity, chunked', head: ['Transfer-Encoding: identity, chunked'], body: '0\r\n\r\n', must: 400 },
  { name: 'Transfer-Encoding: gzip, chunked', head: ['Transfer-Encoding: gzip, chunked'], body: '0\r\n\r\n', must: 400 },
  { name: 'two Transfer-Encodings', head: ['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], body: '0\r\n\r\n', must: 400 },
  { name: 'two times chunked', head: ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], body: '0\r\n\r\n', must: 400 },
  { name: 'chunked in quotes', head: ['Transfer-Encoding: "chunked"'], body: '0\r\n\r\n', must: 400 },
  { name: 'chunked with a tab', head: ['Transfer-Encoding:\tchunked'], body: '0\r\n\r\n', honest: true },
  { name: 'chunked with a vertical tab', head: ['Transfer-Encoding: \x0bchunked'], body: '0\r\n\r\n', must: 400 },
  { name: 'a chunk size with a sign', head: ['Transfer-Encoding: chunked'], body: '+0\r\n\r\n' },
  { name: 'a chunk size in 0x form', head: ['Transfer-Encoding: chunked'], body: '0x0\r\n\r\n' },
  { name: 'a chunk size beyond 64 bits', head: ['Transfer-Encoding: chunked'], body: '10000000000000000\r\n\r\n' },
  { name: 'a negative chunk size', head: ['Transfer-Encoding: chunked'], body: '-1\r\n\r\n' },
  { name: 'two Hosts', head: ['Host: other.example'], must: 400 },
  { name: 'a folded header', head: ['X-One: a', ' Content-Length: {L}'] },
  { name: 'a header that is only a colon', head: [': a'], honest: true },
  { name: 'a header without a colon', head: ['Content-Length'] },
  { name: 'a NUL in a header', head: ['X-One: a\0b'], honest: true },
  { name: 'a bare CR in a header', head: ['X-One: a\rContent-Length: {L}'] },
  { name: 'bare LFs', head: ['X-One: a\nContent-Length: 0\nX-Two: b'], honest: true },
  { name: 'a header name with a space', head: ['Content Length: 5'] },
  { name: '200 headers', head: Array.from({ length: 200 }, (_, i) => `X-${i}: a`) },
  { name: 'a header of 100 KB', head: [`X-One: ${'a'.repeat(100000)}`] },
  { name: 'a request line of 100 KB', target: `/${'a'.repeat(100000)}`, head: [] },
  { name: 'an absolute target with another host', target: 'http://other.example/livez', head: [], honest: true },
  { name: 'HTTP/1.0 with Transfer-Encoding', version: 'HTTP/1.0', head: ['Transfer-Encoding: chunked'], body: '0\r\n\r\n', must: 400 },
  { name: 'HTTP/2.0 in the request line', version: 'HTTP/2.0', head: [] },
  { name: 'a lower-case version', version: 'http/1.1', head: [] },
  { name: 'no Host at all', host: null, head: [], must: 400 },
];

const statuses = (text) => [...text.matchAll(/HTTP\/1\.[01] (\d{3})/g)].map((match) => Number(match[1]));

test('malformed requests run no second request', { timeout: 120000 }, async (t) => {
  const server = await Server.start(t);
  const token = await server.createToken();

  for (const form of FORMS) {
    await t.test(form.name, async () => {
      const sent = interaction({ channel: 'smuggled' });
      const body = JSON.stringify(sent);
      const smuggled = [`POST ${PATH} HTTP/1.1`, 'Host: 127.0.0.1', `Authorization: Bearer ${token}`,
        'Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`, '', body].join(CRLF);
      const lines = [`${form.body || /Length|Transfer/i.test(form.head.join()) ? 'POST' : 'GET'} ` +
        `${form.target ?? '/livez'} ${form.version ?? 'HTTP/1.1'}`];
      if (form.host !== null) lines.push('Host: 127.0.0.1');
      lines.push(...form.head.map((line) => line.replace('{L}', String(smuggled.length))));
      const { text, closed } = await server.raw([...lines, '', form.body ?? ''].join(CRLF) + smuggled, { quiet: 300 });
      const got = statuses(text);

      if (form.must) {
        assert.ok(got.length >= 1 && got.every((status) => status === form.must), text.slice(0, 300));
        assert.ok(closed, 'the connection is closed');
      }
      if (form.honest) {
        assert.ok(got.length <= 2, text.slice(0, 300));
        return;
      }
      // Had it run, the interaction would be known already.
      const again = await server.post(PATH, sent);
      assert.equal(again.status, 201, `the second request ran: ${text.slice(0, 300)}`);
    });
  }
  assert.equal((await server.get('/livez')).status, 200);
});

// Sends one part every `gap` ms until the server closes; how long that took.
function drip(server, first, part, gap, limit) {
  return new Promise((done) => {
    const started = performance.now();
    const socket = net.connect(server.port, '127.0.0.1', () => socket.write(first));
    const timer = setInterval(() => socket.write(part), gap);
    const end = () => {
      clearInterval(timer);
      clearTimeout(guard);
      socket.destroy();
      done(performance.now() - started);
    };
    const guard = setTimeout(end, limit);
    socket.on('error', () => {});
    socket.on('data', () => {});
    socket.on('close', end);
  });
}

test('a client that drips its head is cut by a deadline, not by idleness', { timeout: 60000 }, async (t) => {
  const server = await Server.start(t);
  const ms = await drip(server, 'GET /livez HTTP/1.1\r\n', 'X-A: b\r\n', 500, 20000);
  assert.ok(ms < 12000, `still alive after ${Math.round(ms)} ms`);
});

test('500 slow clients do not stop others', { timeout: 60000 }, async (t) => {
  const server = await Server.start(t);
  await server.createToken();
  const slow = Array.from({ length: 500 }, () => {
    const socket = net.connect(server.port, '127.0.0.1', () => socket.write('GET /livez HTTP/1.1\r\nX-A: '));
    socket.on('error', () => {});
    return socket;
  });
  t.after(() => slow.forEach((socket) => socket.destroy()));
  await sleep(300);
  let worst = 0;
  for (let i = 0; i < 50; i++) {
    const started = performance.now();
    assert.equal((await server.get('/readyz')).status, 200);
    worst = Math.max(worst, performance.now() - started);
  }
  assert.ok(worst < 1000, `a good request waited ${Math.round(worst)} ms`);
});
