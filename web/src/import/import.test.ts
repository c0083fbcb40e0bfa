import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guessTimeFormat, parseRows, preview } from './csv.ts';
import { guessMap, mapJson, missingOf, wordsToTell } from './map.ts';

test('quotes hold separators, line ends and doubled quotes', () => {
  assert.deepEqual(parseRows('a,"b,""c""\nd",e\r\nf,,\n', ',', 9), [
    ['a', 'b,"c"\nd', 'e'],
    ['f', '', ''],
  ]);
});

test('an unfinished last row is left out, for only the beginning of a file is read', () => {
  assert.deepEqual(parseRows('a,b\nc,"d', ',', 9), [['a', 'b']]);
});

test('the separator is the one that makes rows of one width', () => {
  assert.equal(preview('a;b;c\n1,5;2;3\n1;2;3\n').separator, ';');
  assert.equal(preview('\uFEFFa\tb\n1\t2\n').separator, '\t');
  assert.deepEqual(preview('\uFEFFa\tb\n1\t2\n').header, ['a', 'b']);
});

test('the form of times is guessed from what stands there', () => {
  assert.equal(guessTimeFormat(['2026-01-31 09:12:00']), '%Y-%m-%d %H:%M:%S');
  assert.equal(guessTimeFormat(['2026-01-31T09:12:00Z']), '');
  assert.equal(guessTimeFormat(['03/04/2026 9:05', '31/01/2026 10:00']), '%d/%m/%Y %H:%M');
  assert.equal(guessTimeFormat(['03/04/2026', '01/31/2026']), '%m/%d/%Y');
  assert.equal(guessTimeFormat(['1/2/2026 9:05 PM']), '%d/%m/%Y %I:%M %p');
  assert.equal(guessTimeFormat(['990101 0:00:31']), '%y%m%d %H:%M:%S');
  assert.equal(guessTimeFormat(['1772357400']), '%s');
  assert.equal(guessTimeFormat(['tomorrow']), '');
});

const CALLS = [
  'call_id;date;time;customer;outcome;wait;agent',
  '1;31/01/2026;09:12:00;c1;AGENT;12;Ana',
  '2;31/01/2026;09:15:00;c2;HANG;88;',
  '',
].join('\n');

test('a table of calls is understood as far as it can be', () => {
  const seen = preview(CALLS);
  const map = guessMap(seen);
  map.constants.channel = 'phone';
  map.constants.kind = 'call';
  assert.deepEqual(JSON.parse(mapJson(map)), {
    format: 'csv',
    separator: ';',
    time_format: '%d/%m/%Y %H:%M:%S',
    fields: {
      external_id: { column: 'call_id' },
      at: { columns: ['date', 'time'] },
      'customer.external_id': { column: 'customer' },
      outcome: {
        column: 'outcome',
        values: { AGENT: 'answered', HANG: 'abandoned' },
        else: 'none',
      },
      wait_seconds: { column: 'wait' },
      agent: { column: 'agent' },
      channel: { value: 'phone' },
      kind: { value: 'call' },
      direction: { value: 'in' },
    },
  });
});

test('it says what is missing, and asks only for words that are not ours', () => {
  const map = guessMap(preview(CALLS));
  assert.deepEqual(missingOf(map), ['channel']);
  map.columns.date = '';
  map.columns.time = '';
  assert.deepEqual(missingOf(map), ['at', 'channel']);
  const seen = preview(
    'at,outcome\n2026-01-01T00:00:00Z,answered\n2026-01-01T00:00:00Z,abandoned\n',
  );
  assert.deepEqual(wordsToTell(seen, guessMap(seen)), []);
});

test('a column kept as an attribute gets a name that is one', () => {
  const map = guessMap(preview('at,Order No.\nx,y\n'));
  map.columns['Order No.'] = 'attributes.';
  assert.deepEqual(JSON.parse(mapJson(map)).fields['attributes.order_no'], { column: 'Order No.' });
});
