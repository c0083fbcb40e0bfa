import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { checkAxe, openPage, signIn, startDesk } from './desk.mjs';

const ROWS = 400;
const pad = (n) => String(n).padStart(2, '0');

/** A call log as others write it: day first, date and time apart, semicolons, words of its own. */
function callLog() {
    const lines = ['call_id;date;time;customer;outcome;wait;duration;agent;stars'];
    for (let i = 0; i < ROWS; i++) {
        const day = pad(13 + (i % 15));
        lines.push(
            `${i};${day}/01/2026;${pad(8 + (i % 9))}:${pad(i % 60)}:00;c${i % 40};` +
                `${i % 7 ? 'AGENT' : 'HANG'};${i % 120};${i % 400};${i % 7 ? `Agent ${i % 4}` : ''};${i % 7 ? 1 + (i % 5) : ''}`,
        );
    }
    lines[10] = lines[10].replace(/\d\d\/01\/2026/, '31/02/2026');
    return `${lines.join('\n')}\n`;
}

const counts = async (page) =>
    Object.fromEntries(
        await page
            .locator('[data-count]')
            .evaluateAll((nodes) =>
                nodes.map((node) => [
                    node.dataset.count,
                    Number(node.querySelector('dd').textContent.replaceAll(',', '')),
                ]),
            ),
    );

async function choose(page, label, option) {
    await page.getByRole('button', { name: label }).click();
    await page.getByRole('option', { name: option, exact: true }).click();
}

test('a table of calls comes in: mapped, tried dry, imported, and not doubled', async (t) => {
    const server = await startDesk(t);
    const opened = await openPage(t);
    if (!opened) return;
    const { page } = opened;
    await signIn(page, `${server.url}/import`);
    await checkAxe(page, 'import, empty');
    const file = { name: 'calls.csv.gz', mimeType: 'application/gzip', buffer: gzipSync(callLog()) };
    const pick = () => page.locator('input[type=file]').setInputFiles(file);
    await pick();
    assert.equal(await page.getByLabel('Form of times').inputValue(), '%d/%m/%Y %H:%M:%S');
    assert.ok(await page.getByRole('button', { name: 'Import', exact: true }).isDisabled(), 'the channel is not known');
    await page.getByLabel('Every row’s channel').fill('phone');
    await choose(page, 'Every row’s kind', 'Call');
    await choose(page, 'What is stars?', 'CSAT answer, 1–5');
    await checkAxe(page, 'import, mapped');
    await page.getByText('The same on the command line').click();
    const map = JSON.parse(await page.getByRole('region', { name: 'map.json' }).textContent());
    assert.deepEqual(map.fields.at, { columns: ['date', 'time'] });
    assert.deepEqual(map.fields.outcome.values, { AGENT: 'answered', HANG: 'abandoned' });

    await page.getByRole('button', { name: 'Try it dry' }).click();
    await page.getByText('This was a dry run: nothing was stored.').waitFor();
    await page.getByText('Finished').first().waitFor();
    const dry = await counts(page);
    assert.equal(dry.rows_read, ROWS);
    assert.equal(dry.rows_refused, 1);
    assert.match(await page.getByRole('region', { name: 'Refused rows' }).textContent(), /11.*no such time/s);
    await checkAxe(page, 'import, finished');
    assert.equal((await server.get('/api/v1/interactions?limit=1')).body.data.length, 0);

    for (const [stored, known] of [
        [ROWS - 1, 0],
        [0, ROWS - 1],
    ]) {
        await page.getByRole('button', { name: 'Import another file' }).click();
        await pick();
        await page.getByLabel('Every row’s channel').fill('phone');
        await choose(page, 'Every row’s kind', 'Call');
        await choose(page, 'What is stars?', 'CSAT answer, 1–5');
        await page.getByRole('button', { name: 'Import', exact: true }).click();
        await page.getByText('Finished').first().waitFor();
        await page.waitForFunction(
            (n) => Number(document.querySelector('[data-count=rows_stored] dd')?.textContent.replaceAll(',', '')) === n,
            stored,
        );
        const done = await counts(page);
        assert.equal(done.rows_stored, stored);
        assert.equal(done.rows_known, known);
    }

    await page.getByRole('link', { name: 'See the numbers' }).click();
    await page.waitForFunction(
        (n) => document.querySelector('[data-metric=interactions] .tile-value')?.textContent === String(n),
        ROWS - 1,
    );
});
