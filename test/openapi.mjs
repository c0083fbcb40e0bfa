// Checks real replies against the openapi.json of the source (OpenAPI 3.1, so plain JSON Schema 2020-12).
import assert from 'node:assert/strict';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { joinApi } from '../tools/openapi.mjs';
import { ROOT } from './lib.mjs';

export const openapi = joinApi(ROOT);

const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema(openapi, 'openapi.json');

const escape = (key) => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'));

// The object at a pointer, and the pointer where it really stands: a $ref is followed.
function resolve(pointer, node) {
  while (node?.$ref) {
    assert.ok(node.$ref.startsWith('#/'), `${pointer}: only local references`);
    pointer = node.$ref;
    node = pointer.slice(2).split('/').reduce(
      (at, key) => at?.[decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~')], openapi);
    assert.ok(node, `${pointer} does not exist`);
  }
  return [pointer, node];
}

// Every operation: { method, path, operation, pointer }.
export function* operations() {
  for (const [path, methods] of Object.entries(openapi.paths)) {
    for (const method of ['get', 'put', 'post', 'delete', 'patch', 'head', 'options']) {
      if (methods[method]) {
        yield { method: method.toUpperCase(), path, operation: methods[method], pointer: `#/paths/${escape(path)}/${method}` };
      }
    }
  }
}

// The declared schema of a reply or of the request body, compiled; null if none is declared.
export function schemaAt(pointer, node, type = 'application/json') {
  [pointer, node] = resolve(pointer, node);
  const content = node?.content ?? {};
  const key = Object.keys(content).find((name) => name.split(';')[0] === type);
  if (!key || !content[key].schema) return null;
  return ajv.compile({ $ref: `openapi.json${pointer}/content/${escape(key)}/schema` });
}

// Fails unless the reply to that operation is one that openapi.json declares.
export function validateReply(method, path, reply) {
  const operation = openapi.paths[path]?.[method.toLowerCase()];
  const name = `${method} ${path} ${reply.status}`;
  assert.ok(operation, `${method} ${path} stands in openapi.json`);
  const status = [String(reply.status), `${String(reply.status)[0]}XX`, 'default'].find((s) => operation.responses[s]);
  assert.ok(status, `${name}: this status stands in openapi.json`);
  const pointer = `#/paths/${escape(path)}/${method.toLowerCase()}/responses/${status}`;
  const type = (reply.headers['content-type'] ?? '').split(';')[0];
  const [, declared] = resolve(pointer, operation.responses[status]);
  if (!declared.content) {
    assert.equal(reply.text, '', `${name}: no body stands in openapi.json`);
    return;
  }
  assert.ok(Object.keys(declared.content).some((key) => key.split(';')[0] === type),
    `${name}: content type ${type} stands in openapi.json`);
  const validate = schemaAt(pointer, operation.responses[status], type);
  if (!validate || reply.body === undefined) return;
  assert.ok(validate(reply.body), `${name}: ${ajv.errorsText(validate.errors)}\n${reply.text.slice(0, 2000)}`);
}

export { ajv };
