// Staff link the own account to a real provider of OpenID Connect and come in by it, and people make an
// account of their own with it. The provider is
// `localhost` and the site 127.0.0.1, two sites for a browser: cookies for this site alone do not come
// along on the way back. Both languages, with scripts and without, every page in both widths.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, test } from 'node:test';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { LANGUAGES, WIDTHS, assertGood, freePort, openBrowser, startFairdraw } from './support.mjs';

const PASSPHRASE = 'correct horse battery staple';
const NAMES = { 'zh-Hant-TW': '市府帳號', en: 'City account' };

let site;
let browser;
let provider;

async function startProvider(port, backs) {
  const script = join(import.meta.dirname, '../support/oidc_provider.mjs');
  provider = spawn(script, ['localhost', String(port), ...backs], { stdio: ['pipe', 'pipe', 'inherit'] });
  await new Promise((done) => createInterface({ input: provider.stdout }).once('line', done));
}

before(async () => {
  const port = await freePort();
  const settings = `issuer="http://localhost:${port}",client_id="fairdraw",client_secret="not-a-secret",name_zh="市府帳號",name_en="City account"`;
  // The provider goes by the clock of the machine; the site's moves on and stays behind it.
  const clock = new Date(Date.now() - 3_600_000).toISOString();
  site = await startFairdraw({ clock, env: { ROCKET_APP: `{staff_second_factor=false,staff_openid={${settings}},member_openid={${settings}}}` } });
  const backs = ['staff', 'members'].flatMap((area) =>
    LANGUAGES.map(({ prefix }) => `${site.url}${prefix}/${area}/openid/back`),
  );
  await startProvider(port, backs);
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  await site?.stop();
  provider?.stdin.end();
});

async function assertGoodInWidths(page) {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await assertGood(page);
  }
}

const form = (page, action) => page.locator(`main form[action$="${action}"]`);
const press = (page, action) => form(page, action).locator('button').last().click();

/** At the provider: signs in, and agrees the first time. */
async function signInThere(page, name, { agreed = false } = {}) {
  await page.waitForURL(/^http:\/\/localhost:/);
  await page.fill('[name=login]', name);
  await page.fill('[name=password]', 'x');
  await page.getByRole('button', { name: 'Sign in' }).click();
  if (!agreed) await page.getByRole('button', { name: 'Continue' }).click();
}

/** The page that leads away at once, without what makes it do so. */
async function assertLeavingGood(page, action) {
  const address = `**${action}`;
  await page.route(address, async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replace(/<meta http-equiv="refresh"[^>]*>/, '');
    await route.fulfill({ response, body });
  });
  await press(page, action);
  await page.locator('main a.button').waitFor();
  await assertGoodInWidths(page);
  await page.unroute(address);
}

test('an account is linked, opens the door, confirms, and is unlinked, in both languages', async () => {
  const first = await browser.page();
  await first.goto(site.setupLink);
  await first.fill('#name', '林主任');
  await first.fill('#passphrase', PASSPHRASE);
  await first.fill('#passphrase_again', PASSPHRASE);
  await first.locator('main form button[type=submit]').last().click();
  await first.waitForURL(/\/admin$/);
  await first.context().close();

  for (const [index, language] of LANGUAGES.entries()) {
    const at = (path) => `${site.url}${language.prefix}${path}`;
    // One network may try so often and no more: with scripts in one language, without in the other.
    const javaScript = index === 0;
    const page = await browser.page({ language, javaScript });
    await page.goto(at('/staff/sign-in'));
    await assertGoodInWidths(page);
    await page.fill('#name', '林主任');
    await page.fill('#passphrase', PASSPHRASE);
    await press(page, '/staff/sign-in');
    await page.waitForURL(/\/staff$/);
    await page.goto(at('/staff/account'));
    assert.ok((await page.locator('#elsewhere').innerText()).includes(NAMES[language.lang]));
    await assertLeavingGood(page, '/staff/account/openid');
    await page.goto(at('/staff/account'));
    await press(page, '/staff/account/openid');
    await signInThere(page, 'lin');
    if (!javaScript) {
      await page.waitForURL(/\/staff\/openid\/back\?/);
      await assertGoodInWidths(page);
      await press(page, '/staff/openid/back');
    }
    await page.waitForURL(/done=linked$/);
    await assertGoodInWidths(page);

    // Signed out, and in again by the provider, which remembers who it is: nothing to type.
    await page.locator('.who button').click();
    await page.waitForURL(/why=out/);
    await page.goto(at('/staff/sign-in?next=' + encodeURIComponent(`${language.prefix}/staff/activities`)));
    await press(page, '/staff/openid');
    if (!javaScript) {
      await page.waitForURL(/\/staff\/openid\/back\?/);
      await press(page, '/staff/openid/back');
    }
    await page.waitForURL(/\/staff\/activities$/);
    const cookies = (await page.context().cookies(site.url)).map(({ name, sameSite }) => `${name} ${sameSite}`);
    assert.deepEqual(cookies, ['s Strict'], 'what was kept for the way is gone');

    // A form waits while its owner confirms at the provider, in another tab.
    await page.goto(at('/admin/staff/new'));
    const name = `周館員 ${language.lang} ${javaScript}`;
    await page.fill('#name', name);
    await page.locator('input[name=role]').first().check();
    await site.advance(660);
    await press(page, '/admin/staff/new');
    await form(page, '/staff/confirm/openid').waitFor();
    await assertGoodInWidths(page);
    const opened = page.context().waitForEvent('page');
    await press(page, '/staff/confirm/openid');
    const beside = await opened;
    await signInThere(beside, 'lin', { agreed: true });
    if (!javaScript) {
      await beside.waitForURL(/\/staff\/openid\/back\?/);
      await press(beside, '/staff/openid/back');
    }
    await beside.locator('main .panel.success').waitFor();
    await beside.close();
    await form(page, '/admin/staff/new').last().locator('button').click();
    await page.locator('#one-time-link').waitFor();

    await page.goto(at('/staff/account'));
    await press(page, '/openid/unlink');
    await page.waitForURL(/done=unlinked$/);
    await page.context().close();
  }
});

test('whoever has no link, turns back or finds nobody there is told what to do', async () => {
  for (const language of LANGUAGES) {
    const at = (path) => `${site.url}${language.prefix}${path}`;
    const page = await browser.page({ language });
    await page.goto(at('/staff/sign-in'));
    await press(page, '/staff/openid');
    await signInThere(page, 'stranger');
    await page.waitForURL(at('/staff/openid/back'));
    await assertGoodInWidths(page);
    await page.locator('main a.button').click();
    await page.waitForURL(/\/staff\/sign-in$/);

    const other = await browser.page({ language });
    await other.goto(at('/staff/sign-in'));
    await press(other, '/staff/openid');
    await other.getByRole('button', { name: 'Cancel' }).click();
    await other.waitForURL(at('/staff/openid/back'));
    await assertGoodInWidths(other);
    await other.context().close();
    await page.context().close();
  }
  // A browser that did not set out.
  const victim = await browser.page();
  await victim.goto(`${site.url}/staff/openid/back?code=x&state=y`);
  await victim.waitForURL(`${site.url}/staff/openid/back`);
  assert.equal(await victim.locator('.who').count(), 0);
  await victim.context().close();
});

test('somebody makes an account of their own, comes in again, and an address is not taken over', async () => {
  for (const [index, language] of LANGUAGES.entries()) {
    const at = (path) => `${site.url}${language.prefix}${path}`;
    const javaScript = index === 0;
    const name = `mei${index}`;
    const page = await browser.page({ language, javaScript });
    await page.goto(at('/members/sign-in?next=' + encodeURIComponent(`${language.prefix}/members/me`)));
    await assertGoodInWidths(page);
    await assertLeavingGood(page, '/members/openid');
    await page.goto(at('/members/sign-in'));
    await press(page, '/members/openid');
    await signInThere(page, name);
    if (!javaScript) {
      await page.waitForURL(/\/members\/openid\/back\?/);
      await assertGoodInWidths(page);
      await press(page, '/members/openid/back');
    }
    await form(page, '/members/openid/begin').waitFor();
    await assertGoodInWidths(page);
    await press(page, '/members/openid/begin');
    await page.locator('.error-summary').waitFor();
    await page.check('#agree');
    await press(page, '/members/openid/begin');
    await page.waitForURL(/did=begun$/);
    await assertGoodInWidths(page);
    const cookies = (await page.context().cookies(site.url)).map(({ name, sameSite }) => `${name} ${sameSite}`);
    assert.deepEqual(cookies, ['m Strict']);

    await form(page, '/members/sign-out').locator('button').click();
    await page.waitForURL(/why=out/);
    await press(page, '/members/openid');
    if (!javaScript) {
      await page.waitForURL(/\/members\/openid\/back\?/);
      await press(page, '/members/openid/back');
    }
    await page.waitForURL(/\/members\/me$/);
    await page.context().close();

    const other = await browser.page({ language });
    await other.goto(at('/members/sign-in'));
    await press(other, '/members/openid');
    await signInThere(other, `unverified-${name}`);
    await other.waitForURL(at('/members/openid/back'));
    await assertGoodInWidths(other);
    await other.context().close();
  }
});
