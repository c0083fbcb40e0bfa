// Goal 10: the whole program: idle memory, memory with a million interactions, cold start.
import { readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { PROGRAM } from '../test/lib.mjs';
import { BODY, fill, median, startServer } from './lib.mjs';

const MIB = 1 << 20;
const SETTLE_MS = 10000;

function mapped(server) {
  return Number(/^RssFile:\s+(\d+)/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]) / 1024;
}

export async function whole() {
  const server = await startServer('whole');
  try {
    await sleep(SETTLE_MS);
    const idle = server.memory() / MIB;
    const idleMapped = mapped(server);
    const rate = fill(server, 1000000, BODY);
    await sleep(SETTLE_MS);
    const full = server.memory() / MIB;
    const starts = [];
    for (let i = 0; i < 5; i++) {
      await server.stop();
      await server.spawn();
      starts.push(server.readyMs);
    }
    await sleep(SETTLE_MS);
    const restarted = server.memory() / MIB;
    const start = median(starts);
    return [{
      goal: 10, what: 'idle memory; with 1 M interactions; cold start over them',
      figure: `${idle.toFixed(0)} MB; ${Math.max(full, restarted).toFixed(0)} MB; ${(start / 1000).toFixed(2)} s`,
      wanted: '<= 30 MB; <= 150 MB; <= 0.3 s', met: idle <= 30 && Math.max(full, restarted) <= 150 && start <= 300,
      detail: `after the fill ${full.toFixed(0)} MB, after a restart ${restarted.toFixed(0)} MB; files mapped ${idleMapped.toFixed(0)} MB when idle; ` +
        `filled at ${Math.round(rate)}/s; program ${(statSync(PROGRAM).size / MIB).toFixed(1)} MB`,
    }];
  } finally {
    await server.stop();
  }
}
