import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Bucket } from '../types.ts';
import { columns, valueRange } from './series.ts';

const bucket = (value: number | null, low = value, high = value, complete = true) =>
  ({
    number: { value, unit: 'share', n: 50, ci: value === null ? null : { low, high }, complete },
  }) as Bucket;

test('a gap is a gap, not a zero', () => {
  const [, line] = columns([bucket(0.5), bucket(null), bucket(0.6)]);
  assert.deepEqual(line, [0.5, null, 0.6]);
});

test('the lines to and from a bucket that is cut are drawn apart, at both ends of the time', () => {
  const cut = (v: number) => bucket(v, v, v, false);
  const [, line, dashed] = columns([cut(1), bucket(2), bucket(3), bucket(4), cut(5)]);
  assert.deepEqual(line, [null, 2, 3, 4, null]);
  assert.deepEqual(dashed, [1, 2, null, 4, 5]);
});

test('an open end of an interval is drawn out of the picture', () => {
  const open = {
    number: { value: 5, unit: 'seconds', n: 9, ci: { low: 4, high: null }, complete: true },
  };
  const [, , , low, high] = columns([open as Bucket]);
  assert.equal(low[0], 4);
  assert.ok(high[0]! > valueRange([open as Bucket], 'seconds')[1]);
});

test('amounts begin at 0, and shares stay between 0 and 1', () => {
  assert.equal(valueRange([bucket(20, 10, 30)], 'count')[0], 0);
  const [low, high] = valueRange([bucket(0.98, 0.9, 1)], 'share');
  assert.ok(low > 0.8 && low < 0.9);
  assert.equal(high, 1);
});

test('one huge interval does not flatten the line', () => {
  const [, high] = valueRange([bucket(10, 8, 12), bucket(10, 8, 9000)], 'seconds');
  assert.ok(high < 40);
});
