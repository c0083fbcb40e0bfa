import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ALL,
  intervalsFor,
  isDate,
  moveRange,
  periodOf,
  periodRange,
  rangeDays,
  rangeForApi,
  startOfDate,
} from './range.ts';

const NOTHING = { first: null, last: null };

test('a period that is not over ends now', () => {
  assert.deepEqual(periodRange('7d'), { from: 'now-6d/d', to: 'now' });
  assert.deepEqual(periodRange('today'), { from: 'now/d', to: 'now' });
  assert.deepEqual(periodRange('month'), { from: 'now/M', to: 'now' });
});

test('the period before ends with the day before the next, for /d at an end means its end', () => {
  assert.deepEqual(periodRange('7d', 1), { from: 'now-13d/d', to: 'now-7d/d' });
  assert.deepEqual(periodRange('today', 1), { from: 'now-1d/d', to: 'now-1d/d' });
  assert.deepEqual(periodRange('month', 2), { from: 'now-2M/M', to: 'now-2M/M' });
});

test('every period is recognised from its range', () => {
  for (const id of ['today', '7d', '28d', 'month', 'year'] as const) {
    for (const shift of [0, 1, 2, 30]) {
      assert.deepEqual(periodOf(periodRange(id, shift)), { id, shift });
    }
  }
});

test('other expressions are no period', () => {
  assert.equal(periodOf({ from: 'now-5d/d', to: 'now' }), null);
  assert.equal(periodOf({ from: 'now-8d/d', to: 'now-1d/d' }), null);
  assert.equal(periodOf({ from: '2026-01-01', to: '2026-01-31' }), null);
  assert.equal(periodOf(ALL), null);
});

test('dates move by their own length, periods by one, and never into the future', () => {
  assert.deepEqual(moveRange({ from: '2026-03-01', to: '2026-03-10' }, -1), {
    from: '2026-02-19',
    to: '2026-02-28',
  });
  assert.deepEqual(moveRange(periodRange('7d', 1), 1), periodRange('7d'));
  assert.equal(moveRange(periodRange('7d'), 1), null);
  assert.equal(moveRange(ALL, -1), null);
});

test('a date begins when it begins in the zone, also when clocks change', () => {
  assert.equal(startOfDate('2026-03-29', 'Europe/Berlin'), '2026-03-28T23:00:00Z');
  assert.equal(startOfDate('2026-03-30', 'Europe/Berlin'), '2026-03-29T22:00:00Z');
  assert.equal(startOfDate('2026-07-01', 'America/New_York'), '2026-07-01T04:00:00Z');
  assert.equal(startOfDate('2026-07-01', 'UTC'), '2026-07-01T00:00:00Z');
});

test('the last of two dates is part of the range', () => {
  const range = rangeForApi({ from: '2026-03-01', to: '2026-03-31' }, 'UTC', NOTHING, 0);
  assert.deepEqual(range, { from: '2026-03-01T00:00:00Z', to: '2026-04-01T00:00:00Z' });
});

test('all time is where the data are, and unknown before that is known', () => {
  const now = Date.parse('2026-11-21T12:00:00Z');
  const first = '2016-02-01T00:00:00Z';
  assert.equal(rangeForApi(ALL, 'UTC', NOTHING, now), null);
  assert.deepEqual(rangeForApi(ALL, 'UTC', { first, last: '2016-05-01T00:00:00Z' }, now), {
    from: first,
    to: '2016-05-01T00:00:00Z',
  });
  assert.deepEqual(rangeForApi(ALL, 'UTC', { first, last: '2026-12-01T00:00:00Z' }, now), {
    from: first,
    to: 'now',
  });
  assert.equal(rangeDays(ALL, { first, last: '2016-05-01T00:00:00Z' }, now), 90);
});

test('the interval suits the length', () => {
  assert.equal(intervalsFor(1).standard, '1h');
  assert.equal(intervalsFor(28).standard, '1d');
  assert.equal(intervalsFor(366).standard, '1mo');
  assert.equal(rangeDays({ from: '2026-03-01', to: '2026-03-31' }, NOTHING, 0), 31);
});

test('a date is one of the calendar', () => {
  assert.ok(isDate('2026-02-28'));
  assert.ok(!isDate('2026-13-01'));
  assert.ok(!isDate('now'));
});
