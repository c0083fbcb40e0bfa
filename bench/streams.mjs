// Goal 8: 10,000 open streams: memory each, and one event to all of them against bare sockets.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WORK, median, pairs, startServer, template } from './lib.mjs';

const COUNT = Number(process.env.STREAMS ?? 10000);
const ROUNDS = 20;
const STREAMS_EACH = 40;

// `look` is called when all streams are open, and when they have had their events.
async function measure(args, look) {
  const child = spawn('sh', ['-c', 'ulimit -n "$(ulimit -Hn)"; exec "$0" "$@"', join(WORK, 'streams'), '--count', String(COUNT),
    '--rounds', String(ROUNDS), ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  if ((await lines.next()).value !== 'open') throw new Error('the streams did not open');
  look?.();
  child.stdin.write('go\n');
  const result = JSON.parse((await lines.next()).value);
  look?.();
  child.stdin.end();
  await once(child, 'exit');
  return result;
}

// One key may hold 50 streams only.
async function keys(server) {
  const made = [];
  while (made.length * STREAMS_EACH < COUNT) {
    const reply = await server.post('/api/v1/keys', { name: `stream ${made.length}`, scope: 'admin' });
    if (reply.status !== 201) throw new Error(reply.text);
    made.push(reply.body.token);
  }
  return template('tokens', made.join('\n'));
}

export async function streams() {
  const body = template('stream.json', '{"external_id":"s-{n}","at":"2026-03-01T09:30:00Z","kind":"message","direction":"in",' +
    '"channel":"email","customer":{"external_id":"c"},"text":"Hello"}');
  const server = await startServer('streams');
  const tokens = await keys(server);
  const ratios = [];
  const ours = [];
  let each = 0;
  try {
    for (let pair = 0; pair < pairs; pair++) {
      const bare = await measure(['--bare', '1']);
      const before = server.memory();
      const own = await measure(['--port', String(server.port), '--tokens', tokens, '--body', body], () => {
        each = Math.max(each, (server.memory() - before) / COUNT);
      });
      ratios.push(own.median_ms / bare.median_ms);
      ours.push(own.median_ms);
    }
  } finally {
    await server.stop();
  }
  const ratio = median(ratios);
  return [{
    goal: 8, what: `${COUNT} streams: memory each; one event to all, against bare sockets`,
    figure: `${(each / 1024).toFixed(1)} KiB; ${ratio.toFixed(2)}x`, wanted: '<= 6 KB; <= 1.3x', met: each <= 6144 && ratio <= 1.3,
    detail: `${median(ours).toFixed(0)} ms from the POST to the last of the streams, its commit included`,
  }];
}
