import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, PERSON, signIn, startDesk } from './desk.mjs';

test('people, teams, places and keys are made, changed and taken away', async (t) => {
    const server = await startDesk(t);
    const opened = await openPage(t);
    if (!opened) return;
    const { page } = opened;
    await signIn(page, `${server.url}/settings/teams`);
    const dialog = page.getByRole('dialog');
    const add = async (button, name) => {
        await page.getByRole('button', { name: button, exact: true }).first().click();
        await dialog.getByLabel('Name').fill(name);
    };
    const save = (button) => dialog.getByRole('button', { name: button, exact: true }).click();

    await add('Add team', 'Billing');
    await save('Save');
    await page.getByRole('button', { name: 'Billing' }).waitFor();

    await page.getByRole('link', { name: 'People' }).click();
    await add('Add person', 'Ben Okafor');
    await dialog.getByLabel('E-mail').fill('ben@example.org');
    await dialog.getByLabel('Billing').check();
    await save('Add person');
    const link = await page.getByRole('region', { name: 'Sign-in link' }).textContent();
    assert.match(link, /^http:\/\/127\.0\.0\.1:\d+\/\?link=/);
    await page.keyboard.press('Escape');
    await page.getByText('Has not come in yet').waitFor();
    await page.getByRole('button', { name: 'Ben Okafor' }).click();
    await save('Disable');
    await page.getByText('Disabled').waitFor();

    for (const [section, button, name] of [
        ['Channels', 'Add channel', 'Hotline'],
        ['Touchpoints', 'Add touchpoint', 'Checkout'],
        ['Labels', 'Add label', 'Urgent'],
    ]) {
        await page.getByRole('link', { name: section }).click();
        await add(button, name);
        await save('Save');
        await page.getByRole('button', { name }).click();
        await dialog.getByLabel('Name').fill(`${name} 2`);
        await save('Save');
        await page.getByRole('button', { name: `${name} 2` }).click();
        await save('Archive');
        await page.getByRole('button', { name: `${name} 2` }).waitFor({ state: 'detached' });
    }

    await page.getByRole('link', { name: 'API keys' }).click();
    await add('Make a key', 'Shop');
    await save('Make a key');
    const token = await page.getByRole('region', { name: 'Key' }).textContent();
    assert.match(token, /^rap_[\w-]+$/);
    const sent = await server.post(
        '/api/v1/interactions',
        { kind: 'message', direction: 'in', channel: 'web', at: new Date(), text: 'Hello' },
        { token },
    );
    assert.equal(sent.status, 201, sent.text);
    await page.keyboard.press('Escape');
    const row = page.getByRole('listitem').filter({ hasText: 'Shop' });
    await row.getByRole('button', { name: 'Revoke' }).click();
    await row.getByText('Revoked').waitFor();
    assert.equal((await server.get('/api/v1/me', { token })).status, 401);
});

test('a fault of one field is said at that field', async (t) => {
    const server = await startDesk(t);
    const opened = await openPage(t, {}, /status of 4\d\d/);
    if (!opened) return;
    const { page } = opened;
    await signIn(page, `${server.url}/settings/people`);
    await page.getByRole('button', { name: 'Add person' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Ben');
    await dialog.getByLabel('E-mail').fill('nobody');
    await dialog.getByRole('button', { name: 'Add person' }).click();
    const field = dialog.getByLabel('E-mail');
    await page.waitForFunction(() => document.querySelector('input[type=email][aria-invalid=true]'));
    const described = await field.getAttribute('aria-describedby');
    assert.ok(described, 'the field is described by its fault');
});

test('the workspace takes a name and a zone, and the password can be changed', async (t) => {
    const server = await startDesk(t);
    const opened = await openPage(t);
    if (!opened) return;
    const { page } = opened;
    await signIn(page, `${server.url}/settings/workspace`);
    await page.getByLabel('Name').fill('Nordlicht');
    await page.getByLabel('Time zone').fill('Europe/Berlin');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('link', { name: 'Nordlicht' }).waitFor();
    const { body } = await server.get('/api/v1/settings');
    assert.equal(body.workspace_name, 'Nordlicht');
    assert.equal(body.zone, 'Europe/Berlin');

    await page.getByRole('link', { name: 'Profile' }).click();
    await page.getByLabel('Password now').fill(PERSON.password);
    await page.getByLabel('New password').fill('quite another sentence');
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('Saved').first().waitFor();
    const again = await server.post(
        '/api/v1/session',
        { email: PERSON.email, password: 'quite another sentence' },
        { token: null },
    );
    assert.equal(again.status, 200, again.text);

    await page.getByRole('button', { name: PERSON.name }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
});
