// node bench/run.mjs [write|read|streams|whole|inbox]...: measures what performance.md asks for and writes
// bench/RESULTS.md. SECONDS (10) is the length of one measurement, PAIRS (3) how often the sides take turns.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, WORK, machine, pairs, prepare, seconds } from './lib.mjs';
import { inbox, read } from './read.mjs';
import { streams } from './streams.mjs';
import { whole } from './whole.mjs';
import { write } from './write.mjs';

const ALL = { write, read, streams, whole, inbox };
const wanted = process.argv.slice(2);
for (const name of wanted) if (!ALL[name]) throw new Error(`no such benchmark: ${name} (${Object.keys(ALL).join(', ')})`);

prepare();
const store = join(WORK, 'results.json');
const results = existsSync(store) ? JSON.parse(readFileSync(store, 'utf8')) : {};
for (const name of wanted.length ? wanted : Object.keys(ALL)) {
  for (const result of await ALL[name]()) {
    results[result.goal] = result;
    console.log(`${result.met ? 'ok  ' : 'MISS'} goal ${result.goal}: ${result.what}: ${result.figure} (wanted ${result.wanted}; ${result.detail})`);
  }
  writeFileSync(store, JSON.stringify(results));
  rmSync(join(WORK, 'data', name), { recursive: true, force: true });
}

const rows = Object.values(results).sort((a, b) => a.goal - b.goal).map((r) =>
  `| ${r.goal} | ${r.what} | ${r.wanted} | ${r.met ? r.figure : `**${r.figure}**`} | ${r.detail} |`);
writeFileSync(join(ROOT, 'bench/RESULTS.md'), `# Results

Written by \`make bench\`. Wherever there is something to compare with, both sides ran in turns in the same run and the
figure is the median of the ratios. What misses its goal is bold.

${machine().map((line) => `- ${line}`).join('\n')}
- ${pairs} pairs of ${seconds} s, on ${new Date().toISOString().slice(0, 10)}

| goal | what | wanted | measured | beside it |
|---|---|---|---|---|
${rows.join('\n')}
`);
