import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { conversations, dashboardReady, openPage, send, signIn, startDesk, stopDesk } from './desk.mjs';

describe('the Experience dashboard', () => {
    let server;
    before(async () => {
        server = await startDesk();
        await send(server, conversations(600, 60));
    });

    after(() => stopDesk(server));

    const ask = async (query) => {
        const reply = await server.post('/api/v1/query', query);
        assert.equal(reply.status, 200, reply.text);
        return reply.body;
    };
    const open = async (t, path = '/experience', options = {}) => {
        const opened = await openPage(t, options);
        if (!opened) return null;
        await signIn(opened.page, server.url + path);
        await dashboardReady(opened.page);
        return opened.page;
    };
    const count = (text) => Number(/[\d,]+/.exec(text)[0].replaceAll(',', ''));
    const tile = (page, metric) => page.locator(`[data-metric=${metric}]`);

    test('its numbers are those of the API', async (t) => {
        const page = await open(t);
        if (!page) return;
        for (const [metric, word] of [
            ['interactions', 'interaction'],
            ['first_reply_time', 'conversation'],
            ['resolution_time', 'conversation'],
            ['backlog', 'conversation'],
            ['csat', 'answer'],
            ['nps', 'answer'],
        ]) {
            const { number } = await ask({ metric, from: 'now-27d/d', to: 'now' });
            assert.ok(number.n > 0, metric);
            const said = await tile(page, metric).locator('.tile-n').textContent();
            assert.equal(count(said), number.n, metric);
            assert.match(said, new RegExp(word));
        }
        const { number } = await ask({ metric: 'interactions', from: 'now-27d/d', to: 'now' });
        assert.equal(count(await tile(page, 'interactions').locator('.tile-value').textContent()), number.value);
        assert.match(await tile(page, 'csat').textContent(), /95 %: \d+/);
    });

    test('every n opens exactly that many rows', async (t) => {
        const page = await open(t);
        if (!page) return;
        for (const metric of ['interactions', 'first_reply_time', 'resolution_time', 'backlog', 'csat', 'nps']) {
            const button = tile(page, metric).locator('.tile-n button');
            const n = count(await button.textContent());
            await button.click();
            const total = page.locator('[data-total]');
            await total.waitFor();
            assert.equal(Number(await total.getAttribute('data-total')), n, metric);
            if (n <= 200) {
                while (await page.getByRole('button', { name: /^Show more \(/ }).count()) {
                    const before = await page.locator('.rows .row').count();
                    await page.getByRole('button', { name: /^Show more \(/ }).click();
                    await page.waitForFunction((old) => document.querySelectorAll('.rows .row').length > old, before);
                }
                assert.equal(await page.locator('.rows .row').count(), n, metric);
            }
            await page.keyboard.press('Escape');
            await page.locator('.drawer').waitFor({ state: 'detached' });
        }
    });

    test('a row of the drawer opens its conversation, and from there the customer', async (t) => {
        const page = await open(t, '/experience?show=first_reply_time');
        if (!page) return;
        await page.locator('.rows .row a').first().click();
        await page.waitForURL(/\/conversations\/con_/);
        await page.locator('.timeline .entry').first().waitFor();
        assert.match(await page.locator('.timeline').textContent(), /Where is parcel \d+\?/);
        await page.getByRole('link', { name: /^Person \d+$/ }).click();
        await page.waitForURL(/\/customers\/cus_/);
        await page.getByText(/person\d+@example.org/).waitFor();
        await page.goBack();
        await page.goBack();
        await page.locator('.drawer').waitFor();
    });

    test('a click on a row filters, the address keeps it, Esc takes it away', async (t) => {
        const page = await open(t);
        if (!page) return;
        const row = page.locator('.group[data-dimension=team] tbody tr').first();
        const name = await row.locator('.row-filter').textContent();
        const n = count(await row.locator('td .button-link').textContent());
        await row.locator('.row-filter').click();
        await page.waitForURL(/f\.team=tea_/);
        const chip = page.locator('.chip');
        await chip.waitFor();
        assert.match(await chip.textContent(), new RegExp(name));
        await page.waitForFunction((wanted) => {
            const text = document.querySelector('[data-metric=interactions] .tile-n').textContent;
            return Number(/[\d,]+/.exec(text)[0].replaceAll(',', '')) === wanted;
        }, n);
        await page.evaluate(() => document.activeElement.blur());
        await page.keyboard.press('Escape');
        await chip.waitFor({ state: 'detached' });
        assert.ok(!page.url().includes('f.team'));
    });

    test('everything that was chosen is there again from the address alone', async (t) => {
        const page = await open(t);
        if (!page) return;
        await page.keyboard.press('w');
        await page.waitForURL(/from=now-6d/);
        await page.keyboard.press('x');
        await page.waitForURL(/compare=year/);
        await tile(page, 'csat').locator('.tile-select').click();
        await page.getByRole('heading', { name: 'CSAT by day' }).waitFor();
        await page.getByRole('button', { name: 'Table' }).click();
        await page.locator('.group[data-dimension=channel] .row-filter').first().click();
        await page.locator('.chip').waitFor();
        const shown = async () => {
            await dashboardReady(page);
            await page.waitForFunction(() => document.querySelectorAll('.trend tbody tr').length === 7);
            await page.locator('.chip').waitFor();
            return {
                range: await page.locator('.toolbar .select-value').allTextContents(),
                chips: await page.locator('.chip').allTextContents(),
                table: await page.locator('.trend tbody tr').count(),
                tile: await page.locator('[data-selected]').first().getAttribute('data-metric'),
            };
        };
        const first = await shown();
        assert.deepEqual(first.range, ['Last 7 days', 'a year before', 'day']);
        assert.equal(first.table, 7);
        await page.goto(page.url());
        assert.deepEqual(await shown(), first);
    });

    test('the chart is read and opened by keyboard', async (t) => {
        const page = await open(t);
        if (!page) return;
        const chart = page.locator('.chart');
        await chart.focus();
        await page.keyboard.press('End');
        await page.keyboard.press('ArrowLeft');
        const reading = await page.locator('.figure figcaption > span').first().textContent();
        assert.match(reading, /\d{4} · [\d,]+/);
        assert.ok(!page.url().includes('from='), 'the arrows did not move the period');
        await page.keyboard.press('Enter');
        await page.waitForURL(/show=at/);
        await page.locator('[data-total]').waitFor();
        const total = Number(await page.locator('[data-total]').getAttribute('data-total'));
        assert.equal(total, count(/· ([\d,]+)/.exec(reading)[1]));
    });

    test('a share opens its numerator too', async (t) => {
        const page = await open(t, '/experience?show=csat');
        if (!page) return;
        await page.locator('[data-total]').waitFor();
        const all = Number(await page.locator('[data-total]').getAttribute('data-total'));
        await page.getByLabel('Only those that count as met').click();
        await page.waitForURL(/part=numerator/);
        await page.waitForFunction((n) => Number(document.querySelector('[data-total]')?.dataset.total) < n, all);
        const met = Number(await page.locator('[data-total]').getAttribute('data-total'));
        const { number } = await ask({ metric: 'csat', from: 'now-27d/d', to: 'now' });
        assert.equal(met, Math.round(number.value * number.n));
    });

    test('a year without data says where the data are', async (t) => {
        const page = await open(t, '/experience');
        if (!page) return;
        await page.goto(`${server.url}/experience?from=2015-01-01&to=2015-12-31`);
        await page.getByText('There is nothing in this period.').waitFor();
        await page.getByRole('button', { name: 'Show all time' }).click();
        await page.waitForURL(/from=all/);
        const { number } = await ask({ metric: 'interactions', from: '2000-01-01T00:00:00Z', to: 'now' });
        await page.waitForFunction((wanted) => {
            const text = document.querySelector('[data-metric=interactions] .tile-value').textContent;
            return Number(text.replaceAll(',', '')) === wanted;
        }, number.value);
    });
});
