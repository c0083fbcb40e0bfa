import assert from 'node:assert/strict';
import { test } from 'node:test';
import { curlOf, type Document, exampleOf, groupCalls, membersOf, typeOf } from './openapi.ts';

const DOCUMENT: Document = {
  tags: [{ name: 'teams', description: 'Groups of people.' }],
  paths: {
    '/api/v1/teams/{id}': {
      parameters: [{ $ref: '#/components/parameters/id' }],
      patch: {
        tags: ['teams'],
        summary: 'Change a team',
        requestBody: {
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Team' } } },
        },
      },
    },
    '/livez': { get: { security: [] } },
  },
  components: {
    parameters: { id: { name: 'id', in: 'path', required: true, schema: { type: 'string' } } },
    schemas: {
      Team: {
        type: 'object',
        required: ['name'],
        properties: {
          name: { type: 'string', example: "Ana's" },
          parent: { $ref: '#/components/schemas/Team' },
          hours: {
            type: 'object',
            properties: { from: { type: ['string', 'null'], format: 'time' } },
          },
        },
      },
    },
  },
};

test('calls are grouped by tag, else by the first part of the path', () => {
  assert.deepEqual(
    groupCalls(DOCUMENT).map((g) => [g.name, g.calls.map((c) => `${c.method} ${c.path}`)]),
    [
      ['teams', ['PATCH /api/v1/teams/{id}']],
      ['livez', ['GET /livez']],
    ],
  );
});

test('named schemas are named, not copied, so one may hold itself', () => {
  const schema = DOCUMENT.components!.schemas!.Team as never;
  assert.deepEqual(
    membersOf(DOCUMENT, schema).map((m) => [m.name, m.type, m.isRequired, m.depth]),
    [
      ['name', 'string', true, 0],
      ['parent', 'Team', false, 0],
      ['hours', 'object', false, 0],
      ['from', 'string (time) or null', false, 1],
    ],
  );
  assert.deepEqual(exampleOf(DOCUMENT, { $ref: '#/components/schemas/Team' }), { name: "Ana's" });
});

test('the command can be pasted, quotes and all', () => {
  const [patch, live] = groupCalls(DOCUMENT).flatMap((g) => g.calls);
  assert.equal(
    curlOf(DOCUMENT, patch!, 'https://r.example'),
    [
      'curl -X PATCH "https://r.example/api/v1/teams/$ID"',
      `-H 'Authorization: Bearer rap_…'`,
      `-H 'Content-Type: application/json'`,
      `-d '{"name":"Ana'\\''s"}'`,
    ].join(' \\\n  '),
  );
  assert.equal(curlOf(DOCUMENT, live!, 'https://r.example'), 'curl "https://r.example/livez"');
});

test('a type says its choices', () => {
  assert.equal(typeOf(DOCUMENT, { enum: ['in', 'out', null] }), 'in · out · null');
  assert.equal(
    typeOf(DOCUMENT, { type: 'array', items: { $ref: '#/components/schemas/Team' } }),
    'list of Team',
  );
});
