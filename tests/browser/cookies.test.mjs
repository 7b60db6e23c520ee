// Somebody who refuses every cookie that is not needed uses the whole site: enters, subscribes, writes
// to the library, changes the language. And somebody who chooses to be counted takes it back. Both
// languages; the page of the choice in both widths.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LANGUAGES, WIDTHS, assertGood, openBrowser, startFairdraw, syntheticId } from './support.mjs';

let demo;
let browser;

before(async () => {
  demo = await startFairdraw({ args: ['demo'] });
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

async function choose(page, language, value) {
  await page.goto(`${demo.url}${language.prefix}/cookies`);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await assertGood(page);
  }
  await page.check(`main input[name=choice][value=${value}]`);
  await page.locator('main form button[type=submit]').click();
  await page.waitForURL(/\/cookies\?done$/);
  await assertGood(page);
}

/** The names of the cookies that a browser has. */
const cookies = async (page) => (await page.context().cookies()).map(({ name }) => name);

/** The first activity that takes entries, as a visitor finds it. */
async function openActivity(page, language) {
  await page.goto(`${demo.url}${language.prefix}/activities`);
  const links = await page.locator('main a[href*="/a/"]').evaluateAll((all) => all.map((one) => one.href));
  for (const link of links) {
    await page.goto(link);
    if (await page.locator('main a.button[href$="/enter"]').count()) {
      await page.locator('main a.button[href$="/enter"]').first().click();
      if ((await page.locator('#national_id').count()) && (await page.locator('#email').count())) return;
    }
  }
  throw new Error('no activity takes entries');
}

async function enter(page, n) {
  const typed = {
    name: `王小明${n}`,
    national_id: syntheticId(n),
    phone: `09${12_000_000 + n}`,
    email: `patron${n}@example.org`,
  };
  for (const [field, value] of Object.entries(typed)) {
    if (await page.locator(`#${field}`).count()) await page.fill(`#${field}`, value);
  }
  for (const group of await page.locator('main fieldset:has(input[type=radio])').all()) {
    await group.locator('input[type=radio]').first().check();
  }
  await page.check('#consent');
  await page.locator('main form button[type=submit]').last().click();
  await page.locator('button[name=change]').first().waitFor();
  await page.locator('main form .buttons button').first().click();
  await page.locator('#secret').waitFor();
}

/** Writes to the library, with the answer to be read by a code. */
async function write(page, language) {
  await page.goto(`${demo.url}${language.prefix}/feedback`);
  await page.check('input[name=topic][value=service]');
  await page.fill('#text', '飲水機壞了');
  await page.check('input[name=wish][value=page]');
  await page.locator('main form[action$="/feedback"] button[type=submit]').last().click();
  await page.locator('#secret').waitFor();
}

/** Asks for the newsletter, and is told that a letter with a link comes. */
async function subscribe(page, language, address) {
  await page.goto(`${demo.url}${language.prefix}/newsletter`);
  await page.fill('#email', address);
  await page.locator('main input[name=topics]').first().check();
  await page.check('#agree');
  await page.locator('main form button').last().click();
  await page.waitForURL(/\/newsletter\/sent$/);
  await assertGood(page);
}

for (const [place, language] of LANGUAGES.entries()) {
  test(`whoever refuses every cookie that is not needed uses the whole site (${language.lang})`, async () => {
    const page = await browser.page({ language, javaScript: place === 1 });
    await choose(page, language, 'necessary');
    assert.deepEqual(await cookies(page), []);
    for (const path of ['/', '/activities', '/draws', '/privacy', '/statistics', '/newsletter', '/feedback', '/help']) {
      await page.goto(`${demo.url}${language.prefix}${path}`);
      await assertGood(page);
      assert.deepEqual(await cookies(page), [], path);
    }
    await openActivity(page, language);
    await enter(page, 7_100 + place);
    const kept = await cookies(page);
    await subscribe(page, language, `reader${place}@example.org`);
    await write(page, language);
    assert.ok(kept.every((name) => name === 'receipt'), `only what carries the receipt: ${kept}`);
    await page.locator('a[hreflang]').first().click();
    await page.goto(`${demo.url}${language.prefix}/cookies`);
    assert.ok(await page.locator('main input[name=choice][value=necessary]').isChecked());
    assert.ok((await cookies(page)).every((name) => name === 'receipt'));
  });

  test(`somebody chooses to be counted and takes it back (${language.lang})`, async () => {
    const page = await browser.page({ language });
    await choose(page, language, 'statistics');
    const [visit] = await page.context().cookies();
    assert.equal(visit.name, 'visit');
    assert.ok(visit.httpOnly && visit.sameSite === 'Strict');
    assert.ok(visit.expires < Date.now() / 1000 + 31 * 86_400);
    assert.ok(await page.locator('main input[name=choice][value=statistics]').isChecked());
    await choose(page, language, 'necessary');
    assert.deepEqual(await cookies(page), []);
  });
}
