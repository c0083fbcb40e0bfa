// What the browser tests share: a program with people and interactions in it, and a page that
// notices what a person would not: errors, and violations of the content security policy.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync, rmSync } from 'node:fs';
import { Server, openBrowser } from '../lib.mjs';

export const PERSON = { name: 'Ana Lima', email: 'ana@example.org', password: 'a sentence is fine' };
export const CHANNELS = ['email', 'chat', 'phone'];
export const TEAMS = ['Billing', 'Delivery'];
const DAY_MS = 86400000;

/** The address that the program prints for its first person. */
export async function setupAddress(server) {
    const found = /http:\/\/\S+\/\?t=[\w-]+/.exec(server.stdout);
    assert.ok(found, `the program prints where to begin:\n${server.stdout}`);
    return found[0];
}

/** A program whose first person is there. Gives the server, with an admin token. Without `t`, say for
 * a whole `describe`, the caller stops it (stopDesk). */
export async function startDesk(t) {
    const server = await Server.start(t);
    const token = new URL(await setupAddress(server)).searchParams.get('t');
    const reply = await server.post('/api/v1/setup', { token, zone: 'UTC', ...PERSON }, { token: null });
    assert.equal(reply.status, 201, reply.text);
    await server.createToken('admin');
    return server;
}

export async function stopDesk(server) {
    await server.kill();
    rmSync(server.dataDir, { recursive: true, force: true });
}

/** Interactions as a service has them: `count` conversations over the last `days` days, most with a
 * reply, a third with an answer to the satisfaction question. The same every time. */
export function conversations(count, days) {
    const lines = [];
    const now = Date.now();
    for (let i = 0; i < count; i++) {
        const at = now - DAY_MS / 24 - ((i * 7919) % (days * 1440)) * 60000;
        const channel = CHANNELS[i % 3];
        const common = {
            channel,
            conversation: `case-${i}`,
            customer: { email: `person${i % 97}@example.org`, name: `Person ${i % 97}` },
            team: TEAMS[i % 2],
        };
        lines.push({
            ...common,
            external_id: `in-${i}`,
            at: new Date(at),
            kind: 'message',
            direction: 'in',
            text: `Where is parcel ${i}?`,
            attributes: { product: i % 4 ? 'lamp' : 'chair' },
        });
        const reply = at + (10 + (i % 50)) * 60000;
        if (i % 10 !== 0 && reply < now) {
            lines.push({
                ...common,
                external_id: `out-${i}`,
                at: new Date(reply),
                kind: 'message',
                direction: 'out',
                agent: `Agent ${i % 5}`,
                text: 'It is on its way.',
            });
        }
        if (i % 3 === 0) {
            lines.push({
                ...common,
                external_id: `answer-${i}`,
                at: new Date(Math.min(reply + 60000, now - 60000)),
                kind: 'answer',
                direction: 'in',
                answers: { csat: 1 + (i % 5), nps: i % 11 },
            });
        }
    }
    return lines;
}

/** Sends them and waits until each was taken. */
export async function send(server, interactions) {
    const size = 1000;
    for (let i = 0; i < interactions.length; i += size) {
        const body = interactions
            .slice(i, i + size)
            .map((one) => JSON.stringify(one))
            .join('\n');
        const reply = await server.post('/api/v1/interactions', body, {
            headers: { 'Content-Type': 'application/x-ndjson' },
        });
        assert.equal(reply.status, 200, reply.text);
        for (const line of reply.text.trim().split('\n')) {
            assert.ok(JSON.parse(line).status < 300, line);
        }
    }
}

/** A page that fails the test for what went wrong in it, but for what is `expected`: to begin with,
 * that nobody is signed in yet, and that the server ends before the browser. */
export async function openPage(t, options = {}, expected = /status of 401|net::ERR_/) {
    const opened = await openBrowser(t, { reducedMotion: 'reduce', locale: 'en-GB', ...options });
    if (!opened) return null;
    const faults = [];
    watch(opened.page, faults, expected);
    t.after(() => assert.deepEqual(faults, [], 'the page had errors'));
    return { ...opened, faults };
}

export function watch(page, faults, expected) {
    page.on('pageerror', (error) => faults.push(String(error.stack ?? error)));
    page.on('console', (message) => {
        if (message.type() === 'error' && !expected.test(message.text())) faults.push(message.text());
    });
}

export async function signIn(page, url) {
    await page.goto(url);
    await page.getByLabel('E-mail').fill(PERSON.email);
    await page.getByLabel('Password', { exact: true }).fill(PERSON.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
}

/** Waits until the dashboard has its numbers. */
export async function dashboardReady(page) {
    await page.locator('[data-metric=interactions] .tile-value:not(.muted)').waitFor();
    await page.locator('.group tbody tr').first().waitFor();
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** No serious or critical finding of axe. Run through the debugger: the page's policy allows no
 * script that is not its own. */
export async function checkAxe(page, what) {
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    const bad = violations
        .filter((v) => v.impact === 'serious' || v.impact === 'critical')
        .map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target.join(' ')} ${n.failureSummary}`).join('\n')}`);
    assert.deepEqual(bad, [], what);
}

/** Nothing makes a person scroll sideways. */
export async function checkNoSideways(page, what) {
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(over <= 0, `${what}: ${over} px too wide`);
}
