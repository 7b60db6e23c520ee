// An account from its first mail to its last button, in a real browser with real mails; every page in
// both languages and widths.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LANGUAGES, WIDTHS, assertGood, assertGoodEverywhere, openBrowser, startFairdraw } from './support.mjs';
import { linkOf, startMail } from './mail.mjs';

const PASSPHRASE = 'borrowed umbrella in the reading room';

let site;
let browser;
let mail;

// The path in the next letter to an address; jobs of the site send it by themselves.
async function linkTo(email) {
  const read = opened.get(email) ?? 0;
  const letter = await mail.nextTo(email, read, async () => {});
  opened.set(email, read + 1);
  return linkOf(letter, '/members/');
}

const opened = new Map();

before(async () => {
  mail = await startMail();
  site = await startFairdraw({
    env: { ROCKET_APP: `{staff_second_factor=false, smtp_url="${mail.url}", mail_from="draw@lib.example.tw"}` },
  });
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  await site?.stop();
  await mail?.stop();
});

// The same page as it stands, in the other widths; a form that was sent has no address to open.
async function assertGoodInWidths(page) {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await assertGood(page);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

const send = (page, action) => page.locator(`main form[action*="${action}"] button[type=submit]`).first().click();

async function signIn(page, email, passphrase) {
  await page.fill('#proof_email', email);
  await page.fill('#proof_passphrase', passphrase);
  await send(page, '/members/sign-in');
}

test('the ways in are good pages', async () => {
  for (const path of ['/members/sign-in', '/members/register', '/members/forgotten', '/members/sent', '/members/confirm/x']) {
    await assertGoodEverywhere(browser, site.url, path);
  }
});

for (const language of LANGUAGES) {
  test(`an account from its first mail to its last button (${language.lang})`, async () => {
    const email = `mei-${language.lang.toLowerCase()}@example.org`;
    const page = await browser.page({ language });
    await page.goto(`${site.url}${language.prefix}/`);
    // Quiet, in the footer; it leads to the sign-in, and from there to the form.
    await page.locator(`footer a[href="${language.prefix}/members/me"]`).click();
    await page.locator(`main a[href="${language.prefix}/members/register"]`).click();
    await page.fill('#email', 'not an address');
    await send(page, '/members/register');
    assert.equal(await page.locator('.error-summary').count(), 1);
    await assertGoodInWidths(page);
    await page.fill('#email', email);
    await send(page, '/members/register');
    await page.waitForURL(/\/members\/sent$/);

    await page.goto(`${site.url}${await linkTo(email)}`);
    await assertGoodInWidths(page);
    await page.fill('#passphrase', 'too short');
    await page.fill('#passphrase_again', 'too short');
    await send(page, '/members/confirm/');
    assert.equal(await page.locator('.error-summary li').count(), 2);
    await assertGoodInWidths(page);
    await page.fill('#passphrase', PASSPHRASE);
    await page.fill('#passphrase_again', PASSPHRASE);
    await page.check('#agree');
    await send(page, '/members/confirm/');
    await page.waitForURL(/\/members\/me\?did=begun$/);
    assert.match(await page.locator('main').innerText(), /m\*\*\*@example\.org/);
    await assertGoodInWidths(page);

    // The cookie is of this host alone and closed to scripts.
    const [cookie] = await page.context().cookies();
    assert.deepEqual([cookie.name, cookie.httpOnly, cookie.sameSite, cookie.expires], ['m', true, 'Strict', -1]);

    await send(page, '/members/sign-out');
    await page.waitForURL(/\/members\/sign-in\?why=out$/);
    assert.deepEqual(await page.context().cookies(), []);
    await signIn(page, email, 'not the passphrase');
    assert.equal(await page.locator('.error-summary').count(), 1);
    await assertGoodInWidths(page);

    await page.locator(`main a[href="${language.prefix}/members/forgotten"]`).click();
    await page.fill('#email', email);
    await send(page, '/members/forgotten');
    await page.waitForURL(/\/members\/sent$/);
    await page.goto(`${site.url}${await linkTo(email)}`);
    await assertGoodInWidths(page);
    await page.fill('#passphrase', `${PASSPHRASE} two`);
    await page.fill('#passphrase_again', `${PASSPHRASE} two`);
    await send(page, '/members/confirm/');
    await assertGoodInWidths(page);
    await page.locator(`main a[href="${language.prefix}/members/sign-in"]`).click();
    await signIn(page, email, `${PASSPHRASE} two`);
    await page.waitForURL(/\/members\/me$/);

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator(`main a[href="${language.prefix}/members/me/data"]`).click(),
    ]);
    assert.equal(download.suggestedFilename(), 'account.json');

    await page.fill('#delete_present', `${PASSPHRASE} two`);
    await send(page, '/members/me/delete');
    await page.locator('main h1').waitFor();
    await assertGoodInWidths(page);
    assert.deepEqual(await page.context().cookies(), []);
    await page.context().close();
  });
}
