// A passkey is made, opens the door, confirms and is removed, with Chromium's own software
// authenticator; whoever has no script, or leaves the browser's question, types the code. Every page
// in both languages and widths.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LANGUAGES, WIDTHS, assertGood, codeOf, openBrowser, startFairdraw } from './support.mjs';

const PASSPHRASE = 'correct horse battery staple';

let site;
let browser;
/** Browsers make passkeys for names, and this machine has one. */
let origin;
let ahead = 0;

before(async () => {
  site = await startFairdraw({ env: { ROCKET_APP: '{staff_second_factor=true}' } });
  origin = site.url.replace('127.0.0.1', 'localhost');
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  await site?.stop();
});

async function advance(seconds) {
  await site.advance(seconds);
  ahead += seconds;
}

async function assertGoodInWidths(page) {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await assertGood(page);
  }
}

const send = (page) => page.locator('main form button[type=submit]').last().click();

/** A device of this browser that knows its person by the finger. */
async function withDevice(page) {
  const devices = await page.context().newCDPSession(page);
  await devices.send('WebAuthn.enable');
  const { authenticatorId } = await devices.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  const knows = (isUserVerified) => devices.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
  const count = async () => (await devices.send('WebAuthn.getCredentials', { authenticatorId })).credentials.length;
  return { knows, count };
}

async function firstStep(page, prefix) {
  await page.goto(`${origin}${prefix}/staff/account`);
  await page.fill('#name', '林主任');
  await page.fill('#passphrase', PASSPHRASE);
  await send(page);
  await page.locator('#proof_code').waitFor();
}

test('a passkey stands in the place of the code, and the code is always there', async () => {
  const page = await browser.page();
  const device = await withDevice(page);
  await page.goto(site.setupLink.replace('127.0.0.1', 'localhost'));
  await page.fill('#name', '林主任');
  await page.fill('#passphrase', PASSPHRASE);
  await page.fill('#passphrase_again', PASSPHRASE);
  await send(page);
  const secret = await page.locator('#factor-secret').innerText();
  await page.fill('#proof_code', codeOf(secret, ahead));
  await send(page);
  await page.locator('#recovery-codes li').first().waitFor();

  for (const [nth, { prefix, lang }] of LANGUAGES.entries()) {
    await page.goto(`${origin}${prefix}/staff/account`);
    await page.locator('form[action$="/staff/account/passkey"] button').click();
    const make = page.locator('button[data-passkey=create]');
    await make.waitFor();
    assert.equal(await page.locator('[data-passkey-none]').count(), 0);
    await assertGoodInWidths(page);
    // The key Enter asks the browser too, and who leaves it is told so.
    await device.knows(false);
    await page.fill('#label', `櫃檯 ${lang}`);
    await page.press('#label', 'Enter');
    await page.locator('[data-passkey-failed]').waitFor({ state: 'visible' });
    await assertGoodInWidths(page);
    await device.knows(true);
    await make.click();
    await page.waitForURL(/done=passkey$/);
    assert.equal(await device.count(), nth + 1);
    assert.equal(await page.getByRole('cell', { name: `櫃檯 ${lang}` }).count(), 1);
    await assertGoodInWidths(page);

    await page.locator('.who button').click();
    await page.waitForURL(/sign-in/);
    await firstStep(page, prefix);
    const use = page.locator('button[data-passkey=get]');
    await use.waitFor();
    await assertGoodInWidths(page);
    await device.knows(false);
    await use.click();
    await page.locator('[data-passkey-failed]').waitFor({ state: 'visible' });
    await device.knows(true);
    await use.click();
    await page.waitForURL(/\/staff\/account$/);

    await page.goto(`${origin}${prefix}/admin/staff/new`);
    await page.fill('#name', `周館員 ${lang}`);
    await page.locator('input[name=role]').first().check();
    await advance(600);
    await send(page);
    await use.waitFor();
    await assertGoodInWidths(page);
    await use.click();
    const link = await page.locator('#one-time-link').innerText();
    assert.match(link, /\/staff\/setup\//);

    await page.goto(`${origin}${prefix}/staff/account`);
    await page.locator('form[action$="/passkey/remove"] button').click();
    await page.waitForURL(/done=passkey-gone$/);
    assert.equal(await page.locator('form[action$="/passkey/remove"]').count(), 0);
    await assertGoodInWidths(page);
  }

  // Without scripts nothing of it is seen, and the code does.
  await page.locator('form[action$="/staff/account/passkey"] button').click();
  await page.locator('button[data-passkey=create]').click();
  await page.waitForURL(/done=passkey$/);
  await advance(30);
  const plain = await browser.page({ javaScript: false });
  await firstStep(plain, '/en');
  assert.equal(await plain.locator('button[data-passkey]').isVisible(), false);
  await assertGoodInWidths(plain);
  await plain.fill('#proof_code', codeOf(secret, ahead));
  await send(plain);
  await plain.waitForURL(/\/staff\/account$/);
  await plain.locator('form[action$="/staff/account/passkey"] button').click();
  await plain.locator('[data-passkey-none]').waitFor();
  assert.equal(await plain.locator('button[data-passkey]').isVisible(), false);
  await assertGoodInWidths(plain);
  // At the number of this machine there are none.
  const bare = await browser.page();
  await bare.goto(`${site.url}/staff/sign-in`);
  await bare.fill('#name', '林主任');
  await bare.fill('#passphrase', PASSPHRASE);
  await send(bare);
  await bare.locator('#proof_code').waitFor();
  assert.equal(await bare.locator('button[data-passkey]').count(), 0);
  for (const one of [page, plain, bare]) await one.context().close();
});
