// That everybody can use it: by keyboard, on a narrow screen, in the dark, from right to left.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
    checkAxe,
    checkNoSideways,
    conversations,
    dashboardReady,
    openPage,
    send,
    signIn,
    startDesk,
    stopDesk,
} from './desk.mjs';

const SCREENS = [
    '/experience',
    '/experience?view=table&metric=csat',
    '/experience?show=csat',
    '/import',
    ...['profile', 'people', 'teams', 'channels', 'touchpoints', 'labels', 'keys', 'workspace'].map(
        (s) => `/settings/${s}`,
    ),
];

describe('everybody can use it', () => {
    let server;
    before(async () => {
        server = await startDesk();
        await send(server, conversations(200, 30));
    });

    after(() => stopDesk(server));

    const open = async (t, options) => {
        const opened = await openPage(t, options);
        if (!opened) return null;
        await signIn(opened.page, server.url);
        await dashboardReady(opened.page);
        return opened.page;
    };
    const settled = async (page, path) => {
        await page.goto(server.url + path);
        await page.locator('h1').waitFor();
        await page.getByText('Loading…').first().waitFor({ state: 'detached' });
        if (path.startsWith('/experience')) await dashboardReady(page);
        if (path.includes('show=')) await page.locator('[data-total]').waitFor();
    };
    const records = async () => {
        const { body } = await server.get('/api/v1/conversations?limit=1');
        const [one] = body.data;
        return [`/conversations/${one.id}`, `/customers/${one.customer.id}`];
    };

    for (const colorScheme of ['light', 'dark']) {
        test(`axe finds nothing serious on any screen, ${colorScheme}`, async (t) => {
            const page = await open(t, { colorScheme });
            if (!page) return;
            for (const path of [...SCREENS, ...(await records())]) {
                await settled(page, path);
                await checkAxe(page, `${path}, ${colorScheme}`);
            }
        });
    }

    test('at 320 px nothing scrolls sideways', async (t) => {
        const page = await open(t, { viewport: { width: 320, height: 640 } });
        if (!page) return;
        for (const path of [...SCREENS, ...(await records())]) {
            await settled(page, path);
            await checkNoSideways(page, path);
        }
        await checkAxe(page, 'narrow');
    });

    test('from right to left everything is mirrored and nothing scrolls sideways', async (t) => {
        const page = await open(t, { viewport: { width: 900, height: 700 } });
        if (!page) return;
        for (const path of SCREENS) {
            await settled(page, `${path}${path.includes('?') ? '&' : '?'}dir=rtl`);
            assert.equal(await page.evaluate(() => document.dir), 'rtl');
            await checkNoSideways(page, `${path}, right to left`);
        }
        await settled(page, '/experience?dir=rtl');
        const rail = await page.getByRole('navigation', { name: 'Main' }).boundingBox();
        assert.ok(rail.x > 450, 'the rail is at the right');
        await checkAxe(page, 'right to left');
    });

    test('from nothing to a conversation with the keyboard alone', async (t) => {
        const page = await open(t);
        if (!page) return;
        await page.keyboard.press('Tab');
        assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to content');
        await page.keyboard.press('Enter');
        assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
        const tabTo = async (wanted) => {
            for (let i = 0; i < 60; i++) {
                await page.keyboard.press('Tab');
                const at = await page.evaluate(() => {
                    const { activeElement: node } = document;
                    const style = getComputedStyle(node);
                    const after = getComputedStyle(node, '::after');
                    const seen = [style, after].some((s) => s.outlineStyle !== 'none' && s.outlineWidth !== '0px');
                    return { text: node.textContent, seen };
                });
                assert.ok(at.seen, `focus is visible on "${at.text.slice(0, 40)}"`);
                if (wanted.test(at.text)) return;
            }
            assert.fail(`Tab never came to ${wanted}`);
        };
        await tabTo(/^[\d,]+ answers$/);
        await page.keyboard.press('Enter');
        await page.locator('[data-total]').waitFor();
        await tabTo(/Person|parcel|Interaction|email|chat|phone/);
        await page.keyboard.press('Enter');
        await page.waitForURL(/\/(conversations|customers)\//);
        await page.waitForFunction(() => document.activeElement.id === 'main');
    });

    test('the command menu finds and does, and its keys are those of the list', async (t) => {
        const page = await open(t);
        if (!page) return;
        await page.keyboard.press('Control+k');
        await page.getByRole('dialog', { name: 'Command menu' }).waitFor();
        await checkAxe(page, 'command menu');
        await page.keyboard.type('last 7');
        await page.keyboard.press('Enter');
        await page.waitForURL(/from=now-6d/);
        await page.keyboard.press('?');
        const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
        await sheet.waitFor();
        assert.match(await sheet.textContent(), /Last 7 days/);
        await page.keyboard.press('Escape');
        await sheet.waitFor({ state: 'detached' });
        await page.keyboard.press('g');
        await page.keyboard.press(',');
        await page.waitForURL(/\/settings\//);
    });

    test('no key does anything while somebody types, composes or has keys off', async (t) => {
        const page = await open(t);
        if (!page) return;
        await page.getByRole('button', { name: 'Add filter' }).click();
        await page.getByLabel('Search').fill('');
        const before = page.url();
        await page.getByLabel('Search').pressSequentially('dewfmyaxi?[g,ąęß');
        assert.equal(page.url(), before);
        assert.equal(await page.getByLabel('Search').inputValue(), 'dewfmyaxi?[g,ąęß');
        await page.keyboard.press('Escape');
        await page.locator('.dialog').waitFor({ state: 'detached' });
        await page.evaluate(() => {
            document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'd', bubbles: true, isComposing: true }));
            document.body.dispatchEvent(
                new KeyboardEvent('keydown', { key: 'd', bubbles: true, altKey: true, ctrlKey: true }),
            );
        });
        assert.equal(page.url(), before);

        await page.goto(`${server.url}/settings/profile`);
        await page.getByLabel('Single-key shortcuts').click();
        await page.goto(`${server.url}/experience`);
        await dashboardReady(page);
        await page.keyboard.press('w');
        await page.keyboard.press('Control+k');
        await page.getByRole('dialog', { name: 'Command menu' }).waitFor();
        assert.ok(!page.url().includes('from='));
    });

    test('it speaks German, and the theme is the one that was chosen', async (t) => {
        const page = await open(t, { colorScheme: 'light' });
        if (!page) return;
        await page.goto(`${server.url}/settings/profile`);
        const choose = async (label, option) => {
            await page.getByRole('button', { name: new RegExp(`${label}$`) }).click();
            await page.getByRole('option', { name: option, exact: true }).click();
        };
        await choose('Theme', 'Dark');
        await page.waitForFunction(() => getComputedStyle(document.body).backgroundColor === 'rgb(15, 18, 22)');
        await choose('Language', 'Deutsch');
        await page.getByRole('heading', { name: 'Einstellungen' }).waitFor();
        assert.equal(await page.evaluate(() => document.documentElement.lang), 'de');
        await page.reload();
        await page.getByRole('heading', { name: 'Einstellungen' }).waitFor();
        assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
    });
});
