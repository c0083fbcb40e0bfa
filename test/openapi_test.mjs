// openapi.json is the contract: it is well formed, its examples fit its schemas, every operation that
// stands in it exists, and real replies are as it says.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Server, interaction } from './lib.mjs';
import { ajv, openapi, operations, schemaAt, validateReply } from './openapi.mjs';

const PUBLIC = (operation) => Array.isArray(operation.security) && operation.security.length === 0;
// Something well-formed for each {…} of a path that names nothing.
const fill = (path) => path.replace(/\{[^}]*\}/g, 'con_0000000000000');

test('openapi.json is OpenAPI 3.1, complete and consistent', () => {
  assert.match(openapi.openapi, /^3\.1\./);
  const ids = new Set();
  for (const { method, path, operation } of operations()) {
    const name = `${method} ${path}`;
    assert.ok(operation.operationId, `${name} has an operationId`);
    assert.ok(!ids.has(operation.operationId), `${operation.operationId} is used once`);
    ids.add(operation.operationId);
    assert.ok(operation.summary, `${name} has a summary`);
    const declared = new Set([...(openapi.paths[path].parameters ?? []), ...(operation.parameters ?? [])].map((p) =>
      (p.$ref ? openapi.components.parameters[p.$ref.split('/').pop()] : p)).filter((p) => p.in === 'path').map((p) => p.name));
    for (const [, parameter] of path.matchAll(/\{([^}]*)\}/g)) {
      assert.ok(declared.has(parameter), `${name} declares its parameter ${parameter}`);
    }
    assert.ok(Object.keys(operation.responses).some((status) => /^[23]/.test(status)), `${name} has a good reply`);
  }
});

test('every schema compiles and every example fits its schema', () => {
  for (const { method, path, operation, pointer } of operations()) {
    const bodies = [[`${pointer}/requestBody`, operation.requestBody],
      ...Object.entries(operation.responses).map(([status, reply]) => [`${pointer}/responses/${status}`, reply])];
    for (const [at, node] of bodies) {
      if (!node) continue;
      for (const [type, media] of Object.entries(node.content ?? {})) {
        if (!/json/.test(type) || /ndjson/.test(type)) continue;
        const validate = schemaAt(at, node, type);
        const examples = [media.example, ...Object.values(media.examples ?? {}).map((example) => example.value)];
        for (const example of examples.filter((e) => e !== undefined)) {
          assert.ok(validate(example), `${method} ${path}: ${ajv.errorsText(validate.errors)}`);
        }
      }
    }
  }
});

test('every operation exists, and none but the public ones answers a stranger', async (t) => {
  const server = await Server.start(t);
  await server.createToken();
  for (const { method, path, operation } of operations()) {
    await t.test(`${method} ${path}`, async () => {
      if (/stream/.test(path)) return;
      const body = operation.requestBody ? '{}' : undefined;
      const stranger = await server.request(method, fill(path), { body, token: null });
      assert.notEqual(stranger.status, 405);
      if (!PUBLIC(operation)) {
        assert.equal(stranger.status, 401, stranger.text);
        validateReply(method, path, stranger);
      }
      if (method === 'DELETE' || PUBLIC(operation)) return;
      const known = await server.request(method, fill(path), { body });
      assert.ok(known.status < 500, `${known.status} ${known.text}`);
      assert.notEqual(known.status, 405, known.text);
      validateReply(method, path, known);
    });
  }
});

test('real replies are as openapi.json says', async (t) => {
  const server = await Server.start(t);
  await server.createToken();
  const check = async (method, path, address, options) => {
    const reply = await server.request(method, address, options);
    validateReply(method, path, reply);
    return reply;
  };
  const paths = openapi.paths;

  const sent = interaction({ answers: { nps: 9, csat: 5 }, agent: 'ann', touchpoint: 'billing', outcome: 'answered',
    wait_seconds: 12, handle_seconds: 240, attributes: { product: 'basic', country: 'NL' }, conversation: 'ref-1' });
  const made = await check('POST', '/api/v1/interactions', '/api/v1/interactions', { body: sent });
  assert.equal(made.status, 201, made.text);
  assert.equal((await check('POST', '/api/v1/interactions', '/api/v1/interactions', { body: sent })).status, 200);
  assert.equal((await check('POST', '/api/v1/interactions', '/api/v1/interactions', { body: { kind: 5 } })).status, 400);
  await check('GET', '/api/v1/interactions/{id}', `/api/v1/interactions/${made.body.interaction_id}`);
  await check('GET', '/api/v1/customers/{id}', `/api/v1/customers/${made.body.customer_id}`);
  await check('GET', '/api/v1/customers/{id}/timeline', `/api/v1/customers/${made.body.customer_id}/timeline`);

  // Every list and every other GET without a parameter, now that there is something in it.
  for (const { method, path, operation } of operations()) {
    if (method !== 'GET' || /[{]|stream/.test(path)) continue;
    await t.test(`GET ${path}`, async () => {
      const reply = await check('GET', path, path);
      // A key that is no agent has no state of its own.
      const mayMiss = (operation.parameters ?? []).some((p) => p.required) || path === '/api/v1/me/state';
      assert.ok(reply.status === 200 || mayMiss, reply.text);
      if (reply.status === 200 && reply.body?.data?.[0]?.id && paths[`${path}/{id}`]?.get) {
        const one = await check('GET', `${path}/{id}`, `${path}/${reply.body.data[0].id}`);
        assert.equal(one.status, 200, one.text);
      }
    });
  }
});

test('the server serves the very document', async (t) => {
  const server = await Server.start(t);
  const reply = await server.get('/openapi.json');
  assert.equal(reply.status, 200);
  assert.deepEqual(reply.body, openapi);
});
