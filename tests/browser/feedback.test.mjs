// Feedback and discussion in Chromium: somebody writes and reads the answer with the code, with
// JavaScript off; a post with an ID number in it is asked about first. Every page on the way is good.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LANGUAGES, WIDTHS, assertGood, openBrowser, startFairdraw } from './support.mjs';

let site;
let browser;
let library;

before(async () => {
  site = await startFairdraw({ args: ['demo', '--entries', '60'] });
  library = Object.fromEntries(
    site.printed.filter((line) => /^[a-z]+: /.test(line)).map((line) => line.split(/: (.*)/s).slice(0, 2)),
  );
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  await site?.stop();
});

async function signedIn(language, width) {
  const page = await browser.page({ width, language });
  const [name, passphrase] = library.librarian.split(' ');
  await page.goto(`${site.url}${language.prefix}/staff/sign-in`);
  await page.fill('#name', name);
  await page.fill('#passphrase', passphrase);
  await page.locator('main form button[type=submit]').click();
  await page.waitForURL(/\/staff$/);
  return page;
}

for (const [at, language] of LANGUAGES.entries()) {
  const width = WIDTHS[at];

  test(`somebody writes and reads the answer by code in ${language.lang} at ${width} px`, async () => {
    const base = `${site.url}${language.prefix}`;
    const person = await browser.page({ width, language, javaScript: false });
    const send = (action) => person.locator(`main form[action$="${action}"] button[type=submit]`).last().click();
    await person.goto(`${base}/feedback`);
    await assertGood(person);
    await send('/feedback');
    await person.locator('.error-summary').waitFor();
    await assertGood(person);
    const words = `飲水機壞了 ${language.lang}`;
    await person.check('input[name=topic][value=service]');
    await person.fill('#text', words);
    await person.check('input[name=wish][value=page]');
    await send('/feedback');
    const code = await person.locator('#secret').innerText();
    await assertGood(person);
    assert.ok(!person.url().includes(code), 'the code is in no address');

    const staff = await signedIn(language, width);
    await staff.goto(`${base}/staff/feedback`);
    await assertGood(staff);
    // What has waited longest comes first; this is the newest that nobody has.
    await staff.selectOption('#state', 'new');
    await staff.locator('form.filters button').click();
    let found = false;
    for (const href of await staff.locator('tbody a').evaluateAll((all) => all.map((link) => link.href))) {
      await staff.goto(href);
      assert.ok(!(await staff.content()).includes(words), 'nothing is shown before it is opened');
      await staff.locator('form[action$="/read"] button').click();
      if ((await staff.locator('main').innerText()).includes(words)) {
        found = true;
        break;
      }
    }
    assert.ok(found, 'the letter is in the list');
    await assertGood(staff);
    await staff.fill('#answer', '今天修好了。');
    await staff.locator('form[action$="/answer"] button').click();
    await staff.locator('[role=status]').waitFor();
    await assertGood(staff);
    await staff.context().close();

    await person.goto(`${base}/feedback/status`);
    await assertGood(person);
    await person.fill('#code', code);
    await send('/feedback/status');
    await person.getByText('今天修好了。').waitFor();
    await assertGood(person);
    await person.fill('#text', '謝謝');
    await send('/feedback/write');
    await person.locator('[role=status]').waitFor();
    await assertGood(person);
    await person.context().close();
  });

  test(`a post with an ID number is asked about first in ${language.lang} at ${width} px`, async () => {
    const base = `${site.url}${language.prefix}`;
    const page = await browser.page({ width, language, javaScript: false });
    await page.goto(`${base}${library.open}/discussion`);
    await assertGood(page);
    await page.fill('#text', '我的證號 Ａ１２３ ４５６ ７８９ 有報到嗎？');
    const press = () => page.locator('main form button[type=submit]').first().click();
    await press();
    assert.match(await page.locator('mark').innerText(), /^Ａ１２３ ４５６ ７８９/);
    await assertGood(page);
    await page.fill('#text', `怎麼查有沒有報到名？ ${language.lang}`);
    await press();
    await page.locator('[role=status]').waitFor();
    await assertGood(page);
    const staff = await signedIn(language, width);
    await staff.goto(`${base}/staff`);
    await staff.locator('main a[href$="/discussion"]').first().click();
    await assertGood(staff);
    await staff.locator('form[action$="/approve"] button').last().click();
    await staff.locator('main > .panel.success').waitFor();
    await staff.context().close();
    await page.goto(`${base}${library.open}/discussion`);
    assert.ok((await page.locator('main').innerText()).includes(`有沒有報到名？ ${language.lang}`));
    await page.context().close();
  });

  test(`the way to another site has its words first in ${language.lang} at ${width} px`, async () => {
    const page = await browser.page({ width, language, javaScript: false });
    await page.goto(`${site.url}${language.prefix}/a/museum-2026`);
    await assertGood(page);
    await page.locator('main form[action$="/leave"] button').click();
    await page.waitForURL(/\/leave$/);
    await assertGood(page);
    const out = page.locator('main a.button');
    assert.equal(await out.getAttribute('rel'), 'noreferrer noopener');
    assert.match(await out.getAttribute('href'), /^https:\/\/museum\.example\//);
    await page.context().close();
  });
}
