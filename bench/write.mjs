// Goals 5 and 6: durable writes, one by one and in batches, against pgbench with one insert each; the two sides
// take turns, and the figure is the median of the pairs' ratios.
import { join } from 'node:path';
import { BODY, ROOT, WORK, bearer, load, median, pairs, run, seconds, startServer, template } from './lib.mjs';

const PORT = 25451;
const CLIENTS = 64;

function startPostgres() {
  run(join(ROOT, 'test/peers/pg/start.sh'), [join(WORK, 'pg'), String(PORT)], { env: { ...process.env, PG_DURABLE: '1' } });
  const settings = psql("SELECT string_agg(name || '=' || setting, ', ' ORDER BY name) FROM pg_settings WHERE name IN " +
    "('fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers')");
  psql('CREATE TABLE interaction (id bigserial PRIMARY KEY, at timestamptz NOT NULL, customer bigint NOT NULL, body text NOT NULL)');
  return settings.trim();
}

const connection = ['-h', '127.0.0.1', '-p', String(PORT), '-U', 'app'];
const psql = (sql) => run('psql', [...connection, '-d', 'postgres', '-Atc', sql]);

// Inserts of 500 bytes per second.
function pgbench() {
  const script = template('insert.sql', `\\set customer random(1, 100000)\n` +
    `INSERT INTO interaction (at, customer, body) VALUES (now(), :customer, '${'x'.repeat(460)}');\n`);
  const text = run('/usr/lib/postgresql/15/bin/pgbench', [...connection, '-n', '-M', 'prepared', '-c', String(CLIENTS), '-j', '2',
    '-T', String(seconds), '-f', script, 'postgres']);
  return Number(/tps = ([\d.]+)/.exec(text)[1]);
}

export async function write() {
  const settings = startPostgres();
  const server = await startServer('write');
  const common = { port: server.port, method: 'POST', path: '/api/v1/interactions', body: BODY };
  const single = [];
  const batches = [];
  const peer = [];
  let from = 0;
  try {
    for (let pair = 0; pair < pairs; pair++) {
      peer.push(pgbench());
      const one = load({ ...common, connections: CLIENTS, seconds, from, header: [bearer(server), 'Content-Type: application/json'] });
      from = one.next;
      const many = load({ ...common, connections: 4, batch: 500, seconds, from, header: [bearer(server), 'Content-Type: application/x-ndjson'] });
      from = many.next;
      single.push(one);
      batches.push(many);
    }
  } finally {
    await server.stop();
    run(join(ROOT, 'test/peers/pg/stop.sh'), [join(WORK, 'pg')]);
  }
  const ratio = median(single.map((one, i) => one.per_second / peer[i]));
  const p99 = median(single.map((one) => one.p99_ms));
  const rate = median(batches.map((many) => many.items_per_second));
  const ratioBatches = median(batches.map((many, i) => many.items_per_second / peer[i]));
  return [
    {
      goal: 5, what: 'durable POST /interactions, 64 connections, against pgbench',
      figure: `${ratio.toFixed(2)}x, p99 ${p99.toFixed(1)} ms`, wanted: '>= 0.7x, p99 <= 25 ms', met: ratio >= 0.7 && p99 <= 25,
      detail: `${Math.round(median(single.map((one) => one.per_second)))}/s against ${Math.round(median(peer))}/s; PostgreSQL: ${settings}`,
    },
    {
      goal: 6, what: 'the same as NDJSON batches of 500, 4 connections',
      figure: `${Math.round(rate)} interactions/s, ${ratioBatches.toFixed(2)}x`, wanted: '>= 40,000/s or 3x',
      met: rate >= 40000 || ratioBatches >= 3, detail: `p99 of a batch ${median(batches.map((many) => many.p99_ms)).toFixed(0)} ms`,
    },
  ];
}
