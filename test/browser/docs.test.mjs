import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkAxe, checkNoSideways, openPage, startDesk } from './desk.mjs';

test('the API is read to a person, with commands that name this host', async (t) => {
    const server = await startDesk(t);
    const opened = await openPage(t);
    if (!opened) return;
    const { page } = opened;
    await page.goto(`${server.url}/docs/api`);
    await page.locator('.group').first().waitFor();
    const { body } = await server.get('/openapi.json');
    const calls = Object.values(body.paths).flatMap((item) =>
        Object.keys(item).filter((name) => ['get', 'post', 'put', 'patch', 'delete'].includes(name)),
    );
    assert.equal(await page.locator('.method').count(), calls.length, 'every call is there');
    await page.getByLabel('Find').fill('/api/v1/interactions');
    const post = page.locator('details.call').filter({ hasText: 'POST/api/v1/interactions' }).first();
    await post.locator('summary').click();
    const command = await post.locator('pre').last().textContent();
    assert.ok(command.includes(`${server.url}/api/v1/interactions`), command);
    await checkAxe(page, 'API documentation');
    await page.setViewportSize({ width: 320, height: 640 });
    await checkNoSideways(page, 'API documentation');
    await page.emulateMedia({ colorScheme: 'dark' });
    await checkAxe(page, 'API documentation, dark');
});
