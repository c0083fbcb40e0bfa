// One data directory, one server: a second one would write beside the first and damage the log.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Server, interaction, rapport } from './lib.mjs';

test('a second server on the same data directory refuses to start, and the first goes on', async (t) => {
  const server = await Server.start(t);
  await server.createToken();

  const started = performance.now();
  const second = await rapport(['serve', '--data-dir', server.dataDir, '--listen', '127.0.0.1:0']);
  assert.notEqual(second.code, 0);
  assert.ok(performance.now() - started < 5000, 'it says so at once');
  assert.match(second.stderr, /use|lock|another|running/i, 'and says why');
  assert.doesNotMatch(second.stdout, /http:/, 'no address is printed');

  const reply = await server.post('/api/v1/interactions', interaction());
  assert.equal(reply.status, 201, reply.text);
});

test('a server starts again where another was killed: no stale lock stays behind', async (t) => {
  const server = await Server.start(t);
  await server.kill();
  await server.spawn();
  assert.equal((await server.get('/readyz')).status, 200);
});

test('administration works while the server runs and while it does not', async (t) => {
  const server = await Server.start(t);
  const first = await server.createToken('read');
  await server.stop();
  const { code, stdout, stderr } = await rapport(
    ['token', 'create', '--data-dir', server.dataDir, '--name', 'offline', '--scope', 'read']);
  assert.equal(code, 0, stderr);
  await server.spawn();
  for (const token of [first, stdout.trim()]) {
    assert.equal((await server.get('/api/v1/channels', { token })).status, 200);
  }
});
