import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { compileMessage } from '@lingui/message-utils/compileMessage';
import { setMessages } from './i18n.ts';
import { changeOf, intervalText, populationText, valueText } from './phrase.ts';
import type { Num } from './types.ts';

const english = JSON.parse(
  readFileSync(new URL('messages/en.json', import.meta.url), 'utf8'),
) as Record<string, string>;
setMessages(
  'en',
  Object.fromEntries(Object.entries(english).map(([k, v]) => [k, compileMessage(v)])),
);

const number = (part: Partial<Num>): Num => ({
  value: 0.8,
  unit: 'share',
  n: 94,
  ci: { low: 0.7, high: 0.87, level: 0.95, method: 'wilson' },
  previous: null,
  delta: null,
  complete: true,
  excluded: {},
  reason: null,
  definition: { id: 'csat', version: 1 },
  drill: null,
  ...part,
});
const before = { value: 0.769, n: 87, ci: null, from: '', to: '' };

test('a change is claimed only when its interval leaves out 0', () => {
  const none = number({
    previous: before,
    delta: { value: 0.031, ci: { low: -0.02, high: 0.08 } },
  });
  assert.deepEqual(changeOf(none, 'higher'), {
    text: 'no reliable difference (n 87 → 94)',
    direction: null,
    tone: 'plain',
  });
  const up = number({ previous: before, delta: { value: 0.031, ci: { low: 0.004, high: 0.058 } } });
  assert.deepEqual(changeOf(up, 'higher'), {
    text: 'up 3.1 points (0.4 to 5.8)',
    direction: 'up',
    tone: 'good',
  });
});

test('less is better for times, and the smaller end of the interval comes first', () => {
  const faster = number({
    value: 3600,
    unit: 'seconds',
    ci: { low: 3000, high: 4200, level: 0.95, method: 'order' },
    previous: { ...before, value: 7200 },
    delta: { value: -3600, ci: { low: -4800, high: -2400 } },
  });
  const change = changeOf(faster, 'lower');
  assert.equal(change?.text, 'down 60 min (40 min to 80 min)');
  assert.equal(change?.tone, 'good');
});

test('a change without an interval is told without judging it', () => {
  const stock = number({
    value: 43,
    unit: 'count',
    ci: null,
    previous: { ...before, value: 40 },
    delta: { value: 3, ci: null },
  });
  assert.deepEqual(changeOf(stock, 'lower'), {
    text: 'up 3 from 40',
    direction: null,
    tone: 'plain',
  });
});

test('without an earlier number there is nothing to say', () => {
  assert.equal(changeOf(number({}), 'higher'), null);
  const gone = number({ previous: { ...before, value: null, n: 0 } });
  assert.equal(changeOf(gone, 'higher')?.text, 'nothing to compare with');
});

test('no data is a word, not 0', () => {
  assert.equal(valueText(number({ value: null, reason: 'no_data', n: 0 })), 'no data');
  assert.equal(valueText(number({ value: null, reason: 'too_few', n: 3 })), 'too few to show');
  assert.equal(
    valueText(number({ value: null, ci: null, reason: 'not_reached', unit: 'seconds' })),
    'not reached yet',
  );
  assert.equal(intervalText(number({ value: null })), null);
});

test('what is counted is always said', () => {
  assert.equal(populationText(number({ n: 1 }), 'answers'), '1 answer');
  assert.equal(populationText(number({ n: 12459 }), 'conversations'), '12,459 conversations');
});

test('an interval without an end says where it begins', () => {
  const open = number({
    value: 10 * 86400,
    unit: 'seconds',
    ci: { low: 9.8 * 86400, high: null, level: 0.95, method: 'kaplan_meier' },
  });
  assert.equal(intervalText(open), 'from 9.8 days');
  const unreached = number({
    value: null,
    reason: 'not_reached',
    unit: 'seconds',
    ci: { low: 5 * 3600, high: null, level: 0.95, method: 'kaplan_meier' },
  });
  assert.equal(valueText(unreached), 'over 5 hr');
});

test('a change whose interval has one end is told with that end', () => {
  const slower = number({
    value: 7200,
    unit: 'seconds',
    previous: before,
    delta: { value: 3600, ci: { low: 1800, high: null } },
  });
  assert.equal(changeOf(slower, 'lower')?.text, 'up 60 min (at least 30 min)');
  const unsure = number({ ...slower, delta: { value: 3600, ci: { low: null, high: null } } });
  assert.equal(changeOf(unsure, 'lower')?.direction, null);
});
