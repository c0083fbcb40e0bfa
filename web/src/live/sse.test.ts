import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sseParser } from './sse.ts';

test('an event is given when its empty line is there, however it is cut', () => {
  const text =
    'retry: 2000\nid: 7\nevent: conversation.created\ndata: {"a":1}\n\n: beat\n\nid: 8\ndata: x\n\n';
  for (let cut = 1; cut < text.length; cut++) {
    const parser = sseParser();
    const events = [...parser.feed(text.slice(0, cut)), ...parser.feed(text.slice(cut))];
    assert.deepEqual(events, [
      { id: '7', event: 'conversation.created', data: '{"a":1}' },
      { id: '8', event: 'message', data: 'x' },
    ]);
    assert.equal(parser.retryMs(), 2000);
  }
});

test('a CR LF in two pieces is one line end', () => {
  const parser = sseParser();
  const events = ['data: a\r', '\ndata: b\r\n', '\r', '\n'].flatMap((piece) => parser.feed(piece));
  assert.deepEqual(
    events.map((e) => e.data),
    ['a\nb'],
  );
});

test('a heartbeat is no event', () => {
  assert.deepEqual(sseParser().feed(': beat\n\n: beat\n\n'), []);
});
