// The SQL stays the one dialect that SQLite and PostgreSQL share: every migration is run and every query
// prepared on a real PostgreSQL 15. The queries are those in the source and those that the unit tests
// prepared (src/store/dialect_test.c), so lists composed from fragments are among them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { ROOT, skipUnlessCheck, temporaryFolder } from '../lib.mjs';

const PORT = 25461;
const PREPARED = process.env.RAPPORT_QUERIES ?? join(ROOT, 'build/queries');
const CONNECTION = ['-h', '127.0.0.1', '-p', String(PORT), '-U', 'app', '-d', 'postgres', '-X', '-q'];

// Not the writer's brackets, nor the text index, which each engine has in a form of its own.
const OTHER = /^\s*(EXPLAIN|BEGIN|COMMIT|END|ROLLBACK|SAVEPOINT|RELEASE|PRAGMA|CREATE)\b|\b(words|entry|place)\b/;

// The string literals in `source` that stand behind the pattern, joined as C joins them.
function literals(source, pattern) {
  const found = new RegExp(`${pattern}((?:\\s*"(?:[^"\\\\]|\\\\.)*")+)(?=\\s*[,;}])`, 'g');
  return [...source.matchAll(found)].map(([, text]) =>
    [...text.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, part]) => JSON.parse(`"${part}"`)).join(''));
}

function sources(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.c') && !/_(test|fuzz)\.c$/.test(name))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}

function psql(script, more = []) {
  return execFileSync('psql', [...CONNECTION, ...more, '-f', '-'], { input: script, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
}

function startPostgres(t) {
  if (!existsSync('/usr/lib/postgresql/15/bin/initdb')) {
    skipUnlessCheck(t, 'no PostgreSQL 15 here');
    return false;
  }
  const folder = temporaryFolder();
  const scripts = join(ROOT, 'test/peers/pg');
  chmodSync(folder, 0o755); // its user must get through
  t.after(() => {
    execFileSync(join(scripts, 'stop.sh'), [join(folder, 'pg')]);
    rmSync(folder, { recursive: true, force: true });
  });
  execFileSync(join(scripts, 'start.sh'), [join(folder, 'pg'), String(PORT)], { stdio: 'inherit' });
  return true;
}

test('every migration and every query means something to PostgreSQL too', (t) => {
  if (!startPostgres(t)) return;
  const code = sources(join(ROOT, 'src'));
  for (const text of code.flatMap((source) => literals(source, 'TABLE\\[\\] =')).filter((text) => /\bmigration\b/.test(text))) {
    psql(text, ['-v', 'ON_ERROR_STOP=1']);
  }
  const folder = join(ROOT, 'src/store/sql');
  const migrations = readdirSync(folder).filter((name) => name.endsWith('.sql')).sort();
  for (const name of migrations) psql(readFileSync(join(folder, name), 'utf8'), ['-v', 'ON_ERROR_STOP=1', '-1']);

  const written = code.flatMap((source) => literals(source, '\\.sql ='));
  const run = existsSync(PREPARED) ? readFileSync(PREPARED, 'utf8').split('\0') : [];
  const queries = [...new Set([...written, ...run])].filter((sql) => sql.trim() && !OTHER.test(sql));
  assert.ok(written.length > 10, 'queries are found in the source');
  if (!run.length) assert.ok(!process.env.CHECK, 'the unit tests wrote down what they prepared');

  // psql says what is wrong with each one and goes on; the number before it tells which.
  const script = queries.map((sql, i) => `\\warn @${i}\nPREPARE q${i} AS ${sql.replace(/;\s*$/, '')};\n`).join('');
  const file = join(temporaryFolder(t), 'queries.sql');
  writeFileSync(file, script);
  const said = execFileSync('sh', ['-c', 'psql "$@" 2>&1 >/dev/null', 'sh', ...CONNECTION, '-f', file], { encoding: 'utf8', maxBuffer: 1 << 26 });
  const faults = said.split(/^(?:psql:[^ ]* )?@/m).slice(1).map((part) => part.split('\n')).filter(([, ...rest]) => rest.join('').trim())
    .map(([number, ...rest]) => `${queries[Number(number)]}\n    ${rest.join('\n    ').trim()}`);
  assert.equal(faults.length, 0, `${faults.length} of ${queries.length} queries:\n${faults.join('\n')}`);
  t.diagnostic(`${migrations.length} migrations, ${queries.length} queries`);
});
