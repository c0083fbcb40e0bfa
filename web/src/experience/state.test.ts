import assert from 'node:assert/strict';
import { test } from 'node:test';
import { periodRange } from './range.ts';
import { readState, toggleFilter, writeState } from './state.ts';

test('an empty address is the standard view, and the other way round', () => {
  const state = readState('');
  assert.deepEqual(state.range, periodRange('28d'));
  assert.equal(state.metric, 'interactions');
  assert.equal(writeState(state), '');
});

test('everything that is shown survives the way through the address', () => {
  const state = {
    range: { from: '2026-01-01', to: '2026-01-31' },
    hasRange: true,
    compare: 'year',
    interval: '1w',
    metric: 'csat',
    statistic: 'mean',
    filters: { channel: ['cha_1', 'cha_2'], topic: ['Paper, A4', '100%', '~'] },
    view: 'table',
    show: 'team:tea_1',
    part: 'numerator',
  } as const;
  assert.deepEqual(readState(writeState(state as never)), state);
});

test('what makes no sense in an address is left out', () => {
  const state = readState(
    'from=yesterday&to=%3Cscript%3E&metric=nonsense&interval=2d&compare=often&view=3d',
  );
  assert.deepEqual(state, readState(''));
});

test('the standard range is written when somebody chose it', () => {
  const text = writeState({ ...readState(''), hasRange: true });
  assert.equal(text, 'from=now-27d%2Fd&to=now');
  assert.ok(readState(text).hasRange);
});

test('a range whose end is before its beginning is not taken', () => {
  assert.deepEqual(readState('from=2026-02-01&to=2026-01-01').range, periodRange('28d'));
});

test('a second click on a row takes its filter away, and closes the drawer', () => {
  const once = { ...readState('show=csat'), ...toggleFilter(readState(''), 'team', 'tea_1') };
  assert.deepEqual(once.filters, { team: ['tea_1'] });
  assert.equal(once.show, null);
  assert.deepEqual(toggleFilter(once, 'team', 'tea_1').filters, { team: [] });
});
