import assert from 'node:assert/strict';
import net from 'node:net';
import { test } from 'node:test';
import { interaction } from '../lib.mjs';
import { conversations, dashboardReady, openPage, send, signIn, startDesk, watch } from './desk.mjs';

const volume = (page) =>
    page
        .locator('[data-metric=interactions] .tile-value')
        .textContent()
        .then((text) => Number(text.replaceAll(',', '')));

const volumeIs = (page, wanted) =>
    page.waitForFunction(
        (n) => {
            const text = document.querySelector('[data-metric=interactions] .tile-value')?.textContent ?? '';
            return Number(text.replaceAll(',', '')) === n;
        },
        wanted,
        { timeout: 8000 },
    );

test('the numbers move while interactions arrive, in every tab, over one stream', async (t) => {
    const server = await startDesk(t);
    await send(server, conversations(60, 20));
    const opened = await openPage(t);
    if (!opened) return;
    const { page, context, faults } = opened;
    let streams = 0;
    context.on('request', (request) => {
        if (request.url().includes('/stream')) streams++;
    });
    await signIn(page, server.url);
    await dashboardReady(page);
    const second = await context.newPage();
    watch(second, faults, /net::ERR_/);
    await second.goto(server.url);
    await dashboardReady(second);
    await page.getByText(/^Live/).first().waitFor();
    await second.getByText(/^Live/).first().waitFor();
    const before = await volume(page);

    await send(
        server,
        Array.from({ length: 25 }, () => interaction()),
    );
    await volumeIs(page, before + 25);
    await second.bringToFront();
    await volumeIs(second, before + 25);
    assert.equal(streams, 1, 'one tab listens for all');

    // The tab that listens goes: the other takes over.
    await page.close();
    await send(server, [interaction()]);
    await volumeIs(second, before + 26);
    assert.equal(streams, 2);
});

test('many events are one refresh a second, not one each', async (t) => {
    const server = await startDesk(t);
    await send(server, conversations(30, 20));
    const opened = await openPage(t);
    if (!opened) return;
    const { page } = opened;
    await signIn(page, server.url);
    await dashboardReady(page);
    await page.getByText(/^Live/).first().waitFor();
    const before = await volume(page);
    let queries = 0;
    page.on('request', (request) => {
        if (request.url().endsWith('/query')) queries++;
    });
    for (let i = 0; i < 30; i++) {
        await send(server, [interaction()]);
        await page.waitForTimeout(100);
    }
    await volumeIs(page, before + 30);
    // Four questions make the page, and the sending took three seconds and a bit.
    assert.ok(queries <= 4 * 7, `${queries} questions`);
});

test('a lost connection is said, and the page catches up when it is back', async (t) => {
    const server = await startDesk(t);
    await send(server, conversations(30, 20));
    const line = await openLine(t, server.port);
    const opened = await openPage(t);
    if (!opened) return;
    const { page } = opened;
    await signIn(page, line.url);
    await dashboardReady(page);
    await page.getByText(/^Live/).first().waitFor();
    const before = await volume(page);
    line.cut();
    await page
        .getByText(/^Reconnecting/)
        .first()
        .waitFor();
    await send(server, [interaction(), interaction()]);
    await page.waitForFunction(() => document.documentElement.hasAttribute('data-stale'), null, { timeout: 20000 });
    assert.equal(await volume(page), before, 'what is known stays on screen');
    line.mend();
    await page.getByText(/^Live/).first().waitFor({ timeout: 30000 });
    await volumeIs(page, before + 2);
});

/** A line to the server that can be cut and mended. */
async function openLine(t, port) {
    const sockets = new Set();
    let isCut = false;
    const listener = net.createServer((near) => {
        if (isCut) {
            near.destroy();
            return;
        }
        const far = net.connect(port, '127.0.0.1');
        for (const socket of [near, far]) {
            sockets.add(socket);
            socket.on('error', () => {});
            socket.on('close', () => {
                near.destroy();
                far.destroy();
                sockets.delete(socket);
            });
        }
        near.pipe(far).pipe(near);
    });
    await new Promise((done) => listener.listen(0, '127.0.0.1', done));
    const cut = () => {
        isCut = true;
        for (const socket of sockets) socket.destroy();
    };
    t.after(() => {
        cut();
        listener.close();
    });
    return { url: `http://127.0.0.1:${listener.address().port}`, cut, mend: () => (isCut = false) };
}
