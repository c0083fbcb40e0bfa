// Erasing a customer: afterwards no file of the data directory holds a word of that person, and the numbers
// stay what they were.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Server, sleep } from './lib.mjs';

const CANARIES = ['Zanzibarella', 'quetzalkiss', 'xylophrenic', 'brombeerwein'];

function filesHolding(folder, word) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile() && readFileSync(path).includes(word));
}

test('what is erased stands in no file any more, and counts stay', async (t) => {
  const server = await Server.start(t);
  const folder = server.dataDir;
  await server.createToken('admin');
  const call = (method, path, body) => server.request(method, path, { body });
  const made = await call('POST', '/api/v1/interactions', {
    channel: 'email', external_id: `mail-${CANARIES[1]}`, text: `Where is my ${CANARIES[2]}?`,
    customer: { name: CANARIES[0], email: `${CANARIES[3]}@example.org` },
    attributes: { plan: 'gold' }, // values of attributes are dimensions: categories, which stay
  });
  assert.equal(made.status, 201);
  await sleep(1500); // the index and the WAL have it now
  for (const word of CANARIES) assert.notDeepEqual(filesHolding(folder, word), [], word);
  const erased = await call('DELETE', `/api/v1/customers/${made.body.customer_id}`);
  assert.equal(erased.status, 200);
  assert.equal(erased.body.erased.interactions, 1);

  const left = () => CANARIES.flatMap((word) => filesHolding(folder, word).map((path) => `${word}: ${path}`));
  for (let i = 0; i < 20 && left().length > 0; i++) await sleep(500);
  assert.deepEqual(left(), []);
  const answer = await call('POST', '/api/v1/query', { metric: 'interactions', from: 'now-1d', to: 'now' });
  assert.equal(answer.body.number.value, 1);
});
