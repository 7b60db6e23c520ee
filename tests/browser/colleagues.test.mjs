// What people of the library do together: a branch is opened and a colleague works for it alone; two
// privacy officers agree to compare members with a bookshop's list, and everybody reads of it. Every
// page in both languages and widths.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LANGUAGES, WIDTHS, assertGood, openBrowser, startFairdraw } from './support.mjs';

const PASSPHRASE = 'correct horse battery staple';

let site;
let browser;
let admin;

before(async () => {
  site = await startFairdraw();
  browser = await openBrowser();
  admin = await browser.page();
  await setUp(admin, site.setupLink, '林主任');
});

after(async () => {
  await browser?.close();
  await site?.stop();
});

async function setUp(page, link, name) {
  await page.goto(link);
  if (name) await page.fill('#name', name);
  await page.fill('#passphrase', PASSPHRASE);
  await page.fill('#passphrase_again', PASSPHRASE);
  await send(page);
  await page.waitForURL((url) => !url.pathname.includes('/setup/'));
}

const send = (page) => page.locator('main form button[type=submit]').last().click();

async function assertGoodEverywhere(page, paths) {
  for (const language of LANGUAGES) {
    for (const path of paths) {
      await page.goto(`${site.url}${language.prefix}${path}`);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        await assertGood(page);
      }
    }
  }
}

/** Invites a colleague, who signs in with the link; `branch` as its name is shown. */
async function colleague(name, role, branch) {
  await admin.goto(`${site.url}/admin/staff/new`);
  await admin.fill('#name', name);
  await admin.locator(`main input[name=role][value=${role}]`).check();
  if (branch) await admin.getByLabel(branch).check();
  await send(admin);
  const link = await admin.locator('#one-time-link').innerText();
  const page = await browser.page();
  await setUp(page, link.trim());
  return page;
}

/** Begins a draw; the branch only where it is asked for. */
async function begin(page, slug, title, branch) {
  await page.goto(`${site.url}/staff/activities/new?kind=draw`);
  for (const [field, value] of Object.entries({
    title_zh: title,
    title_en: slug,
    slug,
    text_zh: '填一題問卷，就能抽獎。',
    text_en: 'Answer one question to take part.',
    rules_zh: '持借閱證者都可以參加。',
    rules_en: 'Everybody with a library card may enter.',
    opens: '2199-12-01 09:00',
    closes: '2199-12-10 09:00',
    freezes: '2199-12-11 09:00',
    draws: '2199-12-12 09:00',
    claim_days: '7',
    retention_days: '40',
  })) {
    await page.fill(`#${field}`, value);
  }
  if (branch) await page.selectOption('#branch', { label: branch });
  await send(page);
  await page.waitForURL((url) => /\/staff\/activities\/(?!new)\w+/.test(url.pathname));
  return new URL(page.url()).pathname.split('/').slice(0, 4).join('/');
}

test('a librarian of one branch finds its activities, and none of another', async () => {
  for (const [zh, en] of [['總館', 'Main library'], ['北投分館', 'Beitou branch']]) {
    await admin.goto(`${site.url}/admin/branches`);
    await admin.fill('#name_zh', zh);
    await admin.fill('#name_en', en);
    await send(admin);
    await admin.getByRole('heading', { name: zh }).waitFor();
  }
  await assertGoodEverywhere(admin, ['/admin/branches', '/admin/mail', '/admin/staff/new', '/staff/activities/new?kind=draw']);
  const other = await begin(admin, 'main-2026', '總館抽獎', '總館');

  const librarian = await colleague('北投館員', 'librarian', '北投分館');
  const own = await begin(librarian, 'beitou-2026', '溫泉抽獎');
  await librarian.goto(`${site.url}/staff/activities`);
  const listed = await librarian.locator('main').innerText();
  assert.match(listed, /溫泉抽獎/);
  assert.doesNotMatch(listed, /總館抽獎/);
  await assertGoodEverywhere(librarian, ['/staff/activities', own, `${own}/details`]);
  const shut = await librarian.goto(`${site.url}${other}`);
  assert.equal(shut.status(), 403);
  await assertGood(librarian);
});

test('two officers agree with a bookshop, a list is compared, and everybody reads of it', async () => {
  const visitor = await browser.page();
  await assertGoodEverywhere(visitor, ['/privacy/comparisons']);
  const officers = [];
  for (const name of ['陳專員', '李專員']) officers.push(await colleague(name, 'privacy_officer'));
  const [first, second] = officers;
  await first.goto(`${site.url}/admin/custody`);
  await first.locator('main a[href$="/admin/agreements"]').click();
  await send(first);
  await first.locator('.error-summary').waitFor();
  await assertGood(first);
  for (const [field, value] of Object.entries({
    counterparty_zh: '北投書店',
    counterparty_en: 'Beitou bookshop',
    aim_zh: '了解書店會員有多少人也是本館會員',
    aim_en: 'How many customers are also members',
    document: '北市圖字第1150001234號',
    signed_on: '109/1/2',
    until: '2199-12-31',
  })) {
    await first.fill(`#${field}`, value);
  }
  await send(first);
  await first.waitForURL(/\/admin\/agreements\/\w+$/);
  const own = new URL(first.url()).pathname;
  await assertGoodEverywhere(first, ['/admin/agreements', own]);

  await second.goto(`${site.url}${own}`);
  await second.locator('button', { hasText: '核准' }).click();
  await second.locator('#list').waitFor();
  const list = (count) => Array.from({ length: count }, (_, each) => `讀者${each},reader${each}@example.org`).join('\n');
  const take = (content) =>
    second.setInputFiles('#list', { name: 'customers.csv', mimeType: 'text/csv', buffer: Buffer.from(content) });
  await take(`姓名,e-mail\n${list(20)}`);
  await second.locator('form[enctype] button').click();
  await second.locator('.error-summary').waitFor();
  await assertGood(second);
  await take(`姓名,e-mail\n${list(150)}`);
  await second.locator('form[enctype] button').click();
  await second.waitForURL(/\?done$/);
  const told = await second.locator('main table').innerText();
  assert.match(told, /150/);
  // Nobody of the list is a member, and chance moves the number.
  assert.match(told, /很少，或沒有|約 [1-9]\d{1,2} 人/);
  await assertGoodEverywhere(second, [own]);
  await assertGoodEverywhere(visitor, ['/privacy/comparisons']);
  assert.match(await visitor.locator('main').innerText(), /Beitou bookshop/);
});
