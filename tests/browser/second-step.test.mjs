// A telephone is set up, makes codes and lies in a drawer; a form that waited too long is carried
// through the confirmation by the browser itself (307). Every page in both languages and widths.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LANGUAGES, WIDTHS, assertGood, codeOf, openBrowser, startFairdraw } from './support.mjs';

const PASSPHRASE = 'correct horse battery staple';

let site;
let browser;
let ahead = 0;

before(async () => {
  site = await startFairdraw({ env: { ROCKET_APP: '{staff_second_factor=true}' } });
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

// The same page as it stands, in the other widths; a form that was sent has no address to open.
async function assertGoodInWidths(page) {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await assertGood(page);
  }
}

const send = (page) => page.locator('main form button[type=submit]').last().click();

test('a telephone is set up, opens the door, and a form that waited is sent on', async () => {
  const page = await browser.page();
  await page.goto(site.setupLink);
  await page.fill('#name', '林主任');
  await page.fill('#passphrase', PASSPHRASE);
  await page.fill('#passphrase_again', PASSPHRASE);
  await send(page);
  const secret = await page.locator('#factor-secret').innerText();
  await assertGoodInWidths(page);
  await page.fill('#proof_code', codeOf(secret, ahead));
  await send(page);
  assert.equal(await page.locator('#recovery-codes li').count(), 10);
  await assertGoodInWidths(page);
  await page.locator('main p.buttons a').click();
  await page.waitForURL(/\/admin$/);

  for (const language of LANGUAGES) {
    await advance(30);
    const other = await browser.page({ language });
    await other.goto(`${site.url}${language.prefix}/staff/account`);
    await other.fill('#name', '林主任');
    await other.fill('#passphrase', PASSPHRASE);
    await send(other);
    await other.locator('#proof_code').waitFor();
    await assertGoodInWidths(other);
    await other.fill('#proof_code', codeOf(secret, ahead));
    await send(other);
    await other.waitForURL(/\/staff\/account$/);
    await assertGoodInWidths(other);

    await other.goto(`${site.url}${language.prefix}/admin/staff/new`);
    await other.fill('#name', `周館員 ${language.lang}`);
    await other.locator('input[name=role]').first().check();
    await advance(600);
    await send(other);
    await other.locator('#proof_code').waitFor();
    await assertGoodInWidths(other);
    await other.fill('#proof_code', '000000');
    await send(other);
    await other.locator('.error-summary').waitFor();
    await other.fill('#proof_code', codeOf(secret, ahead));
    await send(other);
    const link = await other.locator('#one-time-link').innerText();
    assert.match(link, /\/staff\/setup\//);
    await other.goto(`${site.url}${language.prefix}/admin/staff`);
    assert.equal(await other.getByText(`周館員 ${language.lang}`).count(), 1, 'once');
    await other.context().close();
  }
});
