// The newsletter in Chromium: a librarian makes a topic, a reader subscribes with JavaScript off, uses
// the link of the mail, gets an issue, changes the choice and leaves; every page is looked at on the way.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { linkOf, startMail, textOf } from './mail.mjs';
import { LANGUAGES, WIDTHS, assertGood, openBrowser, startFairdraw } from './support.mjs';

const START = '2026-11-23T01:00:00Z';

let site;
let browser;
let mail;
let folder;

/** The letter to somebody that comes after `count` others. */
const letterTo = (address, count) => mail.nextTo(address, count, () => site.advance(60));

before(async () => {
  mail = await startMail();
  folder = mkdtempSync(join(tmpdir(), 'fairdraw-newsletter-'));
  const settings = join(folder, 'Rocket.toml');
  writeFileSync(settings, `[default.app]\nsmtp_url = "${mail.url}"\n`);
  site = await startFairdraw({ clock: START, env: { ROCKET_CONFIG: settings } });
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  await site?.stop();
  await mail?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('a librarian writes, a reader subscribes, reads, changes and leaves', async () => {
  const staff = await browser.page();
  await staff.goto(site.setupLink);
  await staff.fill('#name', '陳館員');
  await staff.fill('#passphrase', 'correct horse battery staple');
  await staff.fill('#passphrase_again', 'correct horse battery staple');
  await staff.locator('main form button[type=submit]').click();
  await staff.waitForURL(/\/(staff|admin)/);
  await staff.goto(`${site.url}/newsletter`);
  await assertGood(staff);
  for (const [zh, en] of [['新書通報', 'New books'], ['活動消息', 'Events']]) {
    await staff.goto(`${site.url}/staff/newsletters/topics`);
    await staff.fill('#name_zh', zh);
    await staff.fill('#name_en', en);
    await staff.locator('main form').last().locator('button').click();
    await staff.locator('main [role=status]').waitFor();
  }
  await assertGood(staff);

  let n = 0;
  for (const language of LANGUAGES) {
    for (const width of WIDTHS) {
      n += 1;
      const address = `reader${n}@example.org`;
      const slug = `issue-${n}`;
      const at = `${site.url}${language.prefix}`;
      const page = await browser.page({ width, language, javaScript: false });

      // Nothing filled in: each mistake beside its field.
      await page.goto(`${at}/newsletter`);
      await page.locator('main form button').last().click();
      await page.locator('.error-summary').waitFor();
      await assertGood(page);
      await page.fill('#email', address);
      await page.locator('input[name=topics]').first().check();
      await page.check('#agree');
      await page.locator('main form button').last().click();
      await page.waitForURL(/\/newsletter\/sent$/);
      await assertGood(page);

      // The link shows a page; its button subscribes.
      await page.goto(`${site.url}${linkOf(await letterTo(address, 0), '/newsletter/confirm/')}`);
      await assertGood(page);
      await page.locator('main form button').click();
      await page.locator('main [role=status]').waitFor();
      await assertGood(page);

      // An issue, from the empty form to the last letter.
      await staff.goto(`${at}/staff/newsletters/new`);
      await assertGood(staff);
      await staff.locator('main form button').last().click();
      await staff.locator('.error-summary').waitFor();
      await assertGood(staff);
      for (const [field, value] of Object.entries({
        slug,
        subject_zh: '十二月新書',
        subject_en: 'New books in December',
        body_zh: '## 推薦\n\n- **山海經**\n\n[全部書單](https://lib.example.tw/new)',
        body_en: '## Our choice\n\n- **Seas and mountains**\n\n[The list](https://lib.example.tw/new)',
      })) {
        await staff.fill(`#${field}`, value);
      }
      await staff.locator('input[name=topics]').first().check();
      await staff.locator('main form button').last().click();
      await staff.waitForURL(/\/preview$/);
      await assertGood(staff);
      await staff.goto(staff.url().replace(/preview$/, 'send'));
      await assertGood(staff);
      await staff.locator('button[value=now]').click();
      await staff.locator('main [role=status]').waitFor();
      await assertGood(staff);
      const issue = await letterTo(address, 1);
      assert.match(issue, /^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r?$/m);
      assert.match(textOf(issue), language.prefix ? /Seas and mountains/ : /山海經/);
      await staff.reload();
      await assertGood(staff);

      // What everybody reads.
      await page.goto(`${at}/news/${slug}`);
      assert.equal(await page.locator('article h2').count(), 1);
      await assertGood(page);
      await page.goto(`${at}/news`);
      await assertGood(page);

      // One's own subscription: another topic, then out.
      await page.goto(`${site.url}${linkOf(issue, '/newsletter/preferences/')}`);
      await assertGood(page);
      await page.locator('input[name=topics]').last().check();
      await page.locator('main form button').first().click();
      await page.locator('main [role=status]').waitFor();
      assert.equal(await page.locator('input[name=topics]:checked').count(), 2);
      await assertGood(page);
      await page.goto(`${site.url}${linkOf(issue, '/newsletter/unsubscribe/')}`);
      await assertGood(page);
      await page.locator('main form button.danger').click();
      await page.waitForLoadState();
      await assertGood(page);
      await page.goto(`${site.url}${linkOf(issue, '/newsletter/preferences/')}`);
      assert.equal(await page.locator('main form').count(), 0, 'the subscription is gone');
      await page.context().close();
    }
  }
});

test('a mail program unsubscribes in one click from another site, and nothing else is let through', async () => {
  const page = await browser.page();
  await page.goto(`${site.url}/newsletter`);
  await page.fill('#email', 'click@example.org');
  await page.locator('input[name=topics]').first().check();
  await page.check('#agree');
  await page.locator('main form button').last().click();
  await page.waitForURL(/\/newsletter\/sent$/);
  await page.goto(`${site.url}${linkOf(await letterTo('click@example.org', 0), '/newsletter/confirm/')}`);
  await page.locator('main form button').click();
  const own = await page.locator('main a[href*="/newsletter/preferences/"]').getAttribute('href');
  const click = async (path) => {
    const answer = await fetch(`${site.url}${path}`, {
      method: 'POST',
      body: 'List-Unsubscribe=One-Click',
      headers: { Origin: 'https://mail.example', 'Content-Type': 'application/x-www-form-urlencoded' },
    });
    return answer.status;
  };
  assert.equal(await click(own), 403);
  assert.equal(await click('/newsletter'), 403);
  assert.equal((await page.goto(`${site.url}${own}`)).status(), 200);
  assert.equal(await click(own.replace('preferences', 'unsubscribe')), 200);
  assert.equal((await page.goto(`${site.url}${own}`)).status(), 422);
  await page.context().close();
});
