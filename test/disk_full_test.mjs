// A full disk: writes refuse clearly, reading and streams go on, nothing acknowledged is lost, and writing
// returns by itself when there is room again.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Server, checkProblem, interaction, skipUnlessCheck, sleep, temporaryFolder } from './lib.mjs';

function mountSmall(t, megabytes) {
  const folder = temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'pipe' });
  } catch {
    rmSync(folder, { recursive: true, force: true });
    skipUnlessCheck(t, 'mounting a tmpfs is not permitted here');
    return null;
  }
  t.after(() => {
    execFileSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

// Leaves not a byte free.
function fill(path) {
  const file = openSync(path, 'w');
  const block = Buffer.alloc(1 << 16);
  try {
    for (let size = block.length; size >= 1; size = Math.floor(size / 2)) {
      try {
        for (;;) if (writeSync(file, block, 0, size) < size) break;
      } catch (error) {
        if (error.code !== 'ENOSPC') throw error;
      }
    }
  } finally {
    closeSync(file);
  }
}

test('a full disk refuses writes clearly and heals by itself', { timeout: 120000 }, async (t) => {
  const disk = mountSmall(t, 64);
  if (!disk) return;
  const dataDir = join(disk, 'data');
  mkdirSync(dataDir);
  const server = await Server.start(t, { dataDir });
  await server.createToken();

  const acknowledged = [];
  for (let i = 0; i < 50; i++) {
    const reply = await server.post('/api/v1/interactions', interaction({ channel: 'disk' }));
    assert.equal(reply.status, 201, reply.text);
    acknowledged.push(reply.body.interaction_id);
  }
  const abort = new AbortController();
  t.after(() => abort.abort());
  const events = server.stream('/api/v1/stream?topics=interaction', { signal: abort.signal });
  const next = events.next();
  next.catch(() => {});

  fill(join(disk, 'filler'));
  assert.equal(statfsSync(disk).bavail, 0);

  // What still fits in the files already there may be taken; soon enough nothing does.
  let refused = null;
  for (let i = 0; i < 2000 && !refused; i++) {
    const started = performance.now();
    const reply = await server.post('/api/v1/interactions', interaction({ channel: 'disk', text: 'x'.repeat(2000) }));
    if (reply.status === 201) {
      acknowledged.push(reply.body.interaction_id);
    } else {
      refused = reply;
      assert.ok(performance.now() - started < 1000, 'the refusal comes at once');
    }
  }
  assert.ok(refused, 'the disk is full and yet everything was taken');
  checkProblem(refused, 503);
  assert.ok(refused.headers['retry-after'], 'a 503 says when to come again');
  const again = await server.post('/api/v1/interactions', interaction({ channel: 'disk' }));
  assert.equal(again.status, 503, 'it goes on refusing');

  // Reading goes on.
  const reading = await server.get('/api/v1/interactions?limit=1');
  assert.equal(reading.status, 200, reading.text);
  assert.equal((await server.get('/livez')).status, 200);
  assert.equal(server.process.exitCode, null, 'the process lives');

  // Room again: writing returns within 5 s, without a restart.
  rmSync(join(disk, 'filler'));
  const freed = performance.now();
  let written;
  do {
    await sleep(100);
    written = await server.post('/api/v1/interactions', interaction({ channel: 'disk' }));
  } while (written.status !== 201 && performance.now() - freed < 5000);
  assert.equal(written.status, 201, `writing did not return: ${written.text}`);
  acknowledged.push(written.body.interaction_id);
  const event = await Promise.race([next, sleep(5000, { value: null })]);
  assert.ok(event.value, 'the stream that was open all the time goes on');

  const there = new Set();
  for await (const one of server.list('/api/v1/interactions?limit=200')) there.add(one.id);
  for (const id of acknowledged) assert.ok(there.has(id), `${id} was acknowledged and is lost`);
  assert.equal(there.size, acknowledged.length, 'what was refused is not there');
});
