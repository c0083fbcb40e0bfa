import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Server } from '../lib.mjs';
import { checkAxe, checkNoSideways, openPage, PERSON, setupAddress, startDesk, watch } from './desk.mjs';

test('the first person fills three fields and stands in the empty dashboard', async (t) => {
    const server = await Server.start(t);
    const opened = await openPage(t);
    if (!opened) return;
    const { page } = opened;
    await page.goto(await setupAddress(server));
    await page.getByRole('heading', { name: 'Welcome to Rapport' }).waitFor();
    assert.equal(await page.getByRole('textbox').count(), 3);
    assert.equal(await page.evaluate(() => document.activeElement.name), 'name');
    await checkAxe(page, 'first page');

    await page.getByRole('button', { name: 'Begin' }).click();
    assert.equal(await page.getByText('E-mail is needed.').count(), 1);
    await page.getByLabel('Name').fill(PERSON.name);
    await page.getByLabel('E-mail').fill(PERSON.email);
    await page.getByLabel('Password', { exact: true }).fill(PERSON.password);
    await page.keyboard.press('Enter');

    await page.getByRole('heading', { name: 'Experience' }).waitFor();
    assert.ok(!page.url().includes('t='), 'the key is gone from the address');
    await page.getByRole('link', { name: 'Import a file' }).waitFor();
    await checkAxe(page, 'empty dashboard');
});

test('the empty page shows a command that works, and becomes the dashboard by itself', async (t) => {
    const server = await startDesk(t);
    const opened = await openPage(t);
    if (!opened) return;
    const { page } = opened;
    await page.goto(server.url);
    await page.getByLabel('E-mail').fill(PERSON.email);
    await page.getByLabel('Password', { exact: true }).fill(PERSON.password);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Make a key and put it in' }).click();
    await page.getByText('The key is in the command now.').waitFor();
    const command = await page.getByRole('region', { name: 'Call the API' }).last().locator('code').textContent();
    const [, token] = /Bearer (rap_[\w-]+)/.exec(command);
    const [, body] = /-d '(.*)'/s.exec(command);
    const [, path] = new RegExp(`^curl -X POST ${server.url}(\\S+)`).exec(command);
    const reply = await server.post(path, body, { token });
    assert.equal(reply.status, 201, reply.text);
    await page.locator('[data-metric=interactions]').waitFor({ timeout: 5000 });
});

test('without the printed key the first page says where to find it', async (t) => {
    const server = await Server.start(t);
    const opened = await openPage(t);
    if (!opened) return;
    await opened.page.goto(server.url);
    await opened.page.getByRole('alert').filter({ hasText: 'Open the address that the program printed' }).waitFor();
});

test('a wrong password is refused in words, a right one leads to where the link pointed', async (t) => {
    const server = await startDesk(t);
    const opened = await openPage(t, { viewport: { width: 320, height: 640 }, colorScheme: 'dark' });
    if (!opened) return;
    const { page } = opened;
    await page.goto(`${server.url}/settings/workspace`);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await checkAxe(page, 'sign-in, dark');
    await checkNoSideways(page, 'sign-in');
    await page.getByLabel('E-mail').fill(PERSON.email);
    await page.getByLabel('Password', { exact: true }).fill('not the one');
    await page.keyboard.press('Enter');
    await page.getByText('E-mail and password do not match.').waitFor();
    await page.getByLabel('Password', { exact: true }).fill(PERSON.password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Workspace' }).waitFor();
});

test('a sign-in link lets a new person in, once', async (t) => {
    const server = await startDesk(t);
    const made = await server.post('/api/v1/agents', { name: 'Ben Okafor', email: 'ben@example.org', role: 'agent' });
    assert.equal(made.status, 201, made.text);
    const opened = await openPage(t);
    if (!opened) return;
    const { page, browser, faults } = opened;
    const link = new URL(made.body.sign_in_url);
    const address = server.url + link.pathname + link.search;
    await page.goto(address);
    await page.getByRole('heading', { name: 'Set your password' }).waitFor();
    await page.getByLabel('Password', { exact: true }).fill('another sentence');
    await page.keyboard.press('Enter');
    await page.getByRole('navigation', { name: 'Main' }).waitFor();

    const other = await (await browser.newContext()).newPage();
    watch(other, faults, /status of 401|net::ERR_/);
    await other.goto(address);
    await other.getByLabel('Password', { exact: true }).fill('a third sentence');
    await other.keyboard.press('Enter');
    await other.getByText('This link was used already').waitFor();
});
