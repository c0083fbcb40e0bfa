import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  axisFormat,
  decimalsFor,
  formatAgo,
  formatBytes,
  formatDurations,
  formatOf,
  formatRange,
} from './format.ts';

test('decimals follow the width of the interval', () => {
  assert.equal(decimalsFor(25, 2), 0);
  assert.equal(decimalsFor(3, 2), 1);
  assert.equal(decimalsFor(0.4, 2), 2);
  assert.equal(decimalsFor(0.004, 2), 2);
  assert.equal(decimalsFor(null, 1), 1);
  assert.equal(decimalsFor(0, 1), 1);
});

test('a share is written in per cent', () => {
  assert.equal(formatOf('share', 0.823, 0.2)(0.823), '82%');
  assert.equal(formatOf('share', 0.823, 0.05)(0.823), '82.3%');
});

test('a duration is written in the unit that suits it', () => {
  assert.equal(formatOf('seconds', 42, 30)(42), '42 sec');
  assert.equal(formatOf('seconds', 600, 60)(600), '10.0 min');
  assert.equal(formatOf('seconds', 49 * 3600, 3600)(49 * 3600), '49.0 hr');
  assert.equal(formatOf('seconds', 10 * 86400, 86400)(10 * 86400), '10.0 days');
});

test('a single time has no decimals that nobody needs', () => {
  assert.equal(formatOf('seconds', 240)(240), '4 min');
  assert.equal(formatOf('seconds', 250)(250), '4.2 min');
  assert.equal(formatOf('seconds', 3840)(3840), '64 min');
});

test('an interval of durations names its unit once', () => {
  assert.equal(formatDurations(41 * 60, 62 * 60, 50 * 60), '41–62 min');
});

test('an axis has no decimals that its ticks do not need', () => {
  assert.equal(axisFormat('seconds', 40 * 86400)(10 * 86400), '10 days');
  assert.equal(axisFormat('seconds', 40 * 86400)(86400 / 2), '0.5 days');
  assert.equal(axisFormat('score', 100)(50), '50');
});

test('a range ends on its last day, not on the midnight after it', () => {
  const text = formatRange('2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z', 'UTC');
  assert.match(text, /Mar 1\s–\s31, 2026/);
});

test('how long ago is said in the largest unit that fits', () => {
  const now = Date.parse('2026-03-10T12:00:00Z');
  assert.equal(formatAgo('2026-03-10T11:59:30Z', now), '30 sec. ago');
  assert.equal(formatAgo('2026-03-10T09:00:00Z', now), '3 hr. ago');
  assert.equal(formatAgo('2026-03-08T12:00:00Z', now), '2 days ago');
});

test('bytes are written with one decimal from kilobytes on', () => {
  assert.equal(formatBytes(185), '185 byte');
  assert.equal(formatBytes(1_250_000), '1.3 MB');
});
