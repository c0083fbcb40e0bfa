// kill -9 under load, again and again: what was acknowledged is there once, nothing is there by half,
// and the server is ready within 5 s. ROUNDS says how often (5 unless told; 50 in `make check`).
//
// kill -9 leaves the page cache alone, so this does not prove the fsync; src/store's tests do.
import assert from 'node:assert/strict';
import test from 'node:test';
import { CHECK, READY_MS_MAX, Server, interaction, rapport, sleep } from './lib.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? (CHECK ? 50 : 5));
const CLIENTS = 8;
const LOAD_MS_MIN = 50;
const LOAD_MS_MAX = 700;

// One client posts one after the other until the server is gone; what it got an answer for is noted.
async function post(server, acknowledged, unanswered, round, client) {
  for (let i = 0; ; i++) {
    const sent = interaction({ external_id: `kill-${round}-${client}-${i}`, channel: 'kill' });
    let reply;
    try {
      reply = await server.post('/api/v1/interactions', sent);
    } catch {
      unanswered.set(sent.external_id, sent);
      return;
    }
    if (reply.status === 503) continue;
    assert.equal(reply.status, 201, reply.text);
    acknowledged.set(sent.external_id, { sent, id: reply.body.interaction_id });
  }
}

async function postBatches(server, acknowledged, unanswered, round) {
  for (let i = 0; ; i++) {
    const batch = Array.from({ length: 20 }, (_, line) =>
      interaction({ external_id: `kill-${round}-batch-${i}-${line}`, channel: 'kill' }));
    let reply;
    try {
      reply = await server.post('/api/v1/interactions', batch.map((one) => `${JSON.stringify(one)}\n`).join(''),
        { headers: { 'Content-Type': 'application/x-ndjson' } });
    } catch {
      for (const one of batch) unanswered.set(one.external_id, one);
      return;
    }
    if (reply.status === 503) continue;
    assert.equal(reply.status, 200, reply.text);
    const results = reply.text.trim().split('\n').map((line) => JSON.parse(line));
    assert.equal(results.length, batch.length);
    batch.forEach((sent, line) => {
      if (results[line].interaction_id) acknowledged.set(sent.external_id, { sent, id: results[line].interaction_id });
      else unanswered.set(sent.external_id, sent);
    });
  }
}

test(`${ROUNDS} times kill -9 under load`, { timeout: 4 * 60 * 60 * 1000 }, async (t) => {
  const server = await Server.start(t);
  await server.createToken();
  const acknowledged = new Map();
  const unanswered = new Map();
  let readyMsMax = 0;

  for (let round = 0; round < ROUNDS; round++) {
    const clients = Array.from({ length: CLIENTS - 1 }, (_, i) => post(server, acknowledged, unanswered, round, i));
    clients.push(postBatches(server, acknowledged, unanswered, round));
    await sleep(LOAD_MS_MIN + Math.random() * (LOAD_MS_MAX - LOAD_MS_MIN));
    await server.kill();
    await Promise.all(clients);
    await server.spawn();
    readyMsMax = Math.max(readyMsMax, server.readyMs);
    assert.ok(server.readyMs <= READY_MS_MAX, `ready after ${server.readyMs} ms in round ${round}`);
  }
  assert.ok(acknowledged.size > ROUNDS * CLIENTS, `only ${acknowledged.size} acknowledged: that is no load`);

  const found = new Map();
  for await (const one of server.list('/api/v1/interactions?limit=200')) {
    assert.ok(!found.has(one.external_id), `${one.external_id} is there twice`);
    found.set(one.external_id, one);
  }
  for (const [externalId, { sent, id }] of acknowledged) {
    const one = found.get(externalId);
    assert.ok(one, `${externalId} was acknowledged and is lost`);
    assert.equal(one.id, id);
    assert.equal(one.text, sent.text);
  }
  for (const externalId of found.keys()) {
    assert.ok(acknowledged.has(externalId) || unanswered.has(externalId), `${externalId} was never sent`);
  }

  // Sent again, it is the same one. What never got an answer is there whole, or not at all.
  const again = [...acknowledged.keys()].filter((_, i) => i % Math.ceil(acknowledged.size / 500) === 0);
  for (const externalId of again) {
    const reply = await server.post('/api/v1/interactions', acknowledged.get(externalId).sent);
    assert.equal(reply.status, 200, `${externalId}: ${reply.text}`);
    assert.equal(reply.body.interaction_id, acknowledged.get(externalId).id);
  }
  for (const [externalId, sent] of unanswered) {
    const reply = await server.post('/api/v1/interactions', sent);
    assert.equal(reply.status, found.has(externalId) ? 200 : 201, `${externalId}: ${reply.text}`);
    const timeline = await server.get(`/api/v1/customers/${reply.body.customer_id}/timeline`);
    assert.equal(timeline.status, 200, timeline.text);
    const same = timeline.body.data.filter((entry) => entry.external_id === externalId);
    assert.equal(same.length, 1, `${externalId} stands once on its customer's timeline`);
  }

  await server.stop();
  const verified = await rapport(['verify', '--data-dir', server.dataDir]);
  assert.equal(verified.code, 0, verified.stderr);
  t.diagnostic(`${acknowledged.size} acknowledged, ${unanswered.size} unanswered, ready in at most ${Math.round(readyMsMax)} ms`);
});
