// Goals 7 and 13: reading a conversation against nginx's fixed reply of the same size, and the list of
// conversations when there are a million of them.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { WORK, bearer, fill, load, median, pairs, seconds, startServer, template } from './lib.mjs';

const NGINX_PORT = 25452;
const MESSAGES = 20;

async function startNginx(bytes) {
  const folder = join(WORK, 'nginx');
  mkdirSync(folder, { recursive: true });
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((n) => `${n}_temp_path ${folder}/${n};`).join(' ');
  writeFileSync(join(folder, 'reply.json'), 'x'.repeat(bytes));
  const configuration = template('nginx.conf', `master_process off; daemon off; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 1024; }
http { access_log off; sendfile on; tcp_nopush on; ${temporary} keepalive_requests 1000000000;
  server { listen 127.0.0.1:${NGINX_PORT}; root ${folder}; open_file_cache max=10 inactive=1h; open_file_cache_valid 1h; } }`);
  const child = spawn('nginx', ['-c', configuration, '-p', folder], { stdio: 'inherit' });
  await sleep(500);
  return child;
}

async function conversation(server) {
  let id = null;
  for (let i = 0; i < MESSAGES; i++) {
    const reply = await server.post('/api/v1/interactions', {
      external_id: `message-${i}`, at: `2026-03-01T09:${String(10 + i)}:00Z`, kind: 'message', direction: i % 2 ? 'out' : 'in',
      channel: 'email', conversation: 'bench-read', customer: { email: 'reader@example.org' },
      text: `Message ${i} of this conversation, about as long as people write when they explain what is wrong with it.`,
    });
    if (reply.status !== 201) throw new Error(reply.text);
    id = reply.body.conversation_id;
  }
  return id;
}

export async function read() {
  const server = await startServer('read');
  const id = await conversation(server);
  const path = `/api/v1/conversations/${id}/messages`;
  const whole = await server.get(path);
  if (whole.status !== 200) throw new Error(whole.text);
  const nginx = await startNginx(Buffer.byteLength(whole.text));
  const ours = [];
  const peer = [];
  try {
    for (let pair = 0; pair < pairs; pair++) {
      peer.push(load({ port: NGINX_PORT, seconds, path: '/reply.json' }).per_second);
      ours.push(load({ port: server.port, seconds, path, header: bearer(server) }).per_second);
    }
  } finally {
    nginx.kill('SIGKILL');
    await server.stop();
  }
  const ratio = median(ours.map((one, i) => one / peer[i]));
  return [{
    goal: 7, what: `GET of a conversation with ${MESSAGES} messages, against nginx's fixed reply`,
    figure: `${ratio.toFixed(2)}x`, wanted: '>= 0.25x', met: ratio >= 0.25,
    detail: `${Math.round(median(ours))}/s against ${Math.round(median(peer))}/s, ${Buffer.byteLength(whole.text)} bytes`,
  }];
}

// The median of one list with n conversations in the store.
async function listTimes(server) {
  const lists = {
    'open, newest activity first': '/api/v1/conversations?state=new,open,pending&order=-activity&limit=50',
    'assigned to nobody': '/api/v1/conversations?state=new,open&assigned=none&limit=50',
    'all, newest first': '/api/v1/conversations?order=-created&limit=50',
  };
  const times = {};
  for (const [name, path] of Object.entries(lists)) {
    const one = load({ port: server.port, connections: 1, seconds: 2, path, header: bearer(server) });
    times[name] = one.p50_ms;
  }
  return times;
}

export async function inbox() {
  const body = template('conversation.json', '{"external_id":"inbox-{n}","at":"2026-03-01T09:30:00Z","kind":"message","direction":"in",' +
    '"channel":"email","conversation":"inbox-{n}","customer":{"external_id":"c{c}"},"text":"Number {n}, please."}');
  const server = await startServer('inbox');
  try {
    fill(server, 1000, body, { connections: 1, batch: 100 });
    const few = await listTimes(server);
    const rate = fill(server, 999000, body, { from: 1000000 });
    const many = await listTimes(server);
    const worst = Math.max(...Object.keys(few).map((name) => many[name] / few[name]));
    return [{
      goal: 13, what: 'lists of conversations with 1 M against 1 K', figure: `${worst.toFixed(2)}x the time`, wanted: 'as fast (<= 1.5x)',
      met: worst <= 1.5,
      detail: Object.keys(few).map((name) => `${name}: ${few[name].toFixed(2)} -> ${many[name].toFixed(2)} ms`).join('; ') +
        `; filled at ${Math.round(rate)}/s`,
    }];
  } finally {
    await server.stop();
  }
}
