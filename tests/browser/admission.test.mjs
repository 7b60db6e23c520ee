// Who is let in: a librarian opens one draw to the cards of a list, one to invitation codes and one to
// addresses that a link confirms, and patrons enter each; every page in both widths.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LANGUAGES, WIDTHS, assertGood, openBrowser, startFairdraw, syntheticId } from './support.mjs';
import { linkOf, startMail } from './mail.mjs';

const DAY = 86_400;
const HOUR = 3_600;
const START = Date.parse('2024-07-23T20:00:00Z') / 1000;
const PASSPHRASE = 'correct horse battery staple';

let site;
let browser;
let mail;
let staff;

before(async () => {
  mail = await startMail();
  site = await startFairdraw({
    clock: new Date(START * 1000).toISOString(),
    env: { ROCKET_APP: `{staff_second_factor=false, smtp_url="${mail.url}", mail_from="draw@lib.example.tw"}` },
  });
  browser = await openBrowser();
  staff = await browser.page();
  await staff.goto(site.setupLink);
  await staff.fill('#name', '陳館員');
  await staff.fill('#passphrase', PASSPHRASE);
  await staff.fill('#passphrase_again', PASSPHRASE);
  await send(staff);
  await staff.waitForURL(/\/(staff|admin)/);
});

after(async () => {
  await browser?.close();
  await site?.stop();
  await mail?.stop();
});

const send = (page) => page.locator('main form button[type=submit]').first().click();

/** What a person types into a date and time field, in Taipei. */
const typed = (unix) => new Date((unix + 8 * HOUR) * 1000).toISOString().slice(0, 16);

// The same page as it stands, in both widths; a form that was sent has no address to open.
async function assertGoodInWidths(page) {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await assertGood(page);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

/** A draft for these people; `base` is its own page. */
async function draft(slug, eligibility, fields) {
  await staff.goto(`${site.url}/staff`);
  await staff.locator('main a.button').first().click();
  for (const [field, value] of Object.entries({
    title_zh: `夏日抽獎 ${slug}`,
    title_en: `Summer draw ${slug}`,
    slug,
    text_zh: '歡迎參加。',
    text_en: 'Come and take part.',
    rules_zh: '一人一份。',
    rules_en: 'One entry a person.',
    opens: typed(START + 2 * HOUR),
    closes: typed(START + 8 * DAY),
    freezes: typed(START + 9 * DAY),
    draws: typed(START + 10 * DAY),
    claim_days: '7',
    retention_days: '40',
  })) {
    await staff.fill(`#${field}`, value);
  }
  await staff.check(`input[name=eligibility][value=${eligibility}]`);
  await staff.locator('main form button[type=submit]').click();
  await staff.waitForURL(/\/privacy$/);
  await assertGoodInWidths(staff);
  const base = staff.url().replace(/\/privacy$/, '');
  for (const field of fields) await staff.check(`input[name=${field}][value=required]`);
  if (fields.includes('national_id')) {
    await staff.fill('#national_id_purpose_zh', '確認一人一份');
    await staff.fill('#national_id_purpose_en', 'One entry a person');
  }
  await staff.locator('main form button[type=submit]').click();
  await staff.waitForURL(base);
  await staff.goto(`${base}/draw`);
  await staff.fill('#prize_1_name_zh', '禮券');
  await staff.fill('#prize_1_name_en', 'Voucher');
  await staff.fill('#prize_1_units', '1');
  await staff.fill('#prize_1_value', '500');
  await staff.locator('button[name=do][value=save]').click();
  await staff.waitForURL((url) => !url.pathname.includes('/draws/'));
  return base;
}

async function publish(base) {
  await staff.goto(`${base}/publish`);
  await staff.check('#sure');
  await send(staff);
  await staff.waitForURL((url) => !url.pathname.endsWith('/publish'));
}

/** Fills what an activity asks of everybody. */
async function fillIn(page, n) {
  await page.fill('#name', `王小明${n}`);
  if (await page.locator('#national_id').count()) await page.fill('#national_id', syntheticId(n));
  await page.fill('#email', `patron${n}@example.org`);
  await page.check('#consent');
}

/** From the filled form to the receipt. */
async function finish(page) {
  await page.locator('main form button[type=submit]').last().click();
  await page.locator('button[name=change]').first().waitFor();
  await assertGoodInWidths(page);
  await page.locator('main form button[type=submit]:not([name])').click();
  await page.waitForURL(/\/receipt$/);
  await page.context().close();
}

let codes;

test('a librarian says who may enter', async () => {
  const cards = await draft('cards', 'cards', ['name', 'email']);
  await staff.goto(`${cards}/admission`);
  await assertGoodInWidths(staff);
  await staff.locator('main details summary').click();
  await staff.fill('#pasted', 'A0001\n王小明\n');
  await staff.locator('main details form button').click();
  await staff.locator('.error-summary').waitFor();
  await assertGoodInWidths(staff);
  assert.match(await staff.inputValue('#pasted'), /王小明/, 'nothing typed is lost');
  await staff.fill('#pasted', 'A0001\nA0002\n');
  await staff.locator('main details form button').click();
  await staff.locator('[role=status]').waitFor();
  await assertGoodInWidths(staff);
  await publish(cards);
  await staff.goto(`${cards}/admission`);
  await assertGoodInWidths(staff);

  const invited = await draft('codes', 'codes', ['name', 'national_id', 'email']);
  await staff.goto(`${invited}/admission`);
  await assertGoodInWidths(staff);
  await staff.fill('#count', 'two');
  await send(staff);
  await staff.locator('.error-summary').waitFor();
  await assertGoodInWidths(staff);
  await staff.fill('#count', '2');
  await send(staff);
  await staff.locator('.invitations .code').first().waitFor();
  await assertGoodInWidths(staff);
  codes = (await staff.locator('.invitations .code').allInnerTexts()).map((code) => code.trim());
  assert.equal(codes.length, 2);
  await publish(invited);
  await staff.goto(`${invited}/admission`);
  await staff.locator('main td details summary').click();
  await assertGoodInWidths(staff);

  const reached = await draft('email', 'email', ['name', 'national_id']);
  await staff.goto(`${reached}/admission`);
  await assertGoodInWidths(staff);
  await publish(reached);
  await site.advance(3 * HOUR);
});

test('with a library card', async () => {
  for (const [n, language] of LANGUAGES.entries()) {
    const page = await browser.page({ language, javaScript: false });
    await page.goto(`${site.url}${language.prefix}/a/cards/enter`);
    await fillIn(page, n + 1);
    await page.fill('#library_card', 'A0009');
    await page.locator('main form button[type=submit]').last().click();
    await page.locator('.error-summary').waitFor();
    await assertGoodInWidths(page);
    assert.equal(await page.inputValue('#name'), `王小明${n + 1}`);
    await page.fill('#library_card', `a-000${n + 1}`);
    await finish(page);
  }
});

test('with an invitation code', async () => {
  for (const [n, language] of LANGUAGES.entries()) {
    // What the QR code on the sheet leads to.
    const page = await browser.page({ language });
    await page.goto(`${site.url}${language.prefix}/a/codes/enter#invitation=${codes[n]}`);
    await page.locator('#invitation').waitFor();
    assert.equal(await page.inputValue('#invitation'), codes[n]);
    assert.equal(new URL(page.url()).hash, '', 'the code leaves the address');
    await fillIn(page, n + 10);
    await finish(page);
  }
  const late = await browser.page();
  await late.goto(`${site.url}/a/codes/enter`);
  await fillIn(late, 19);
  await late.fill('#invitation', codes[0]);
  await late.locator('main form button[type=submit]').last().click();
  await late.locator('.error-summary').waitFor();
  await assertGoodInWidths(late);
  await late.context().close();
});

test('by a link in a mail', async () => {
  for (const [n, language] of LANGUAGES.entries()) {
    const email = `patron${n + 20}@example.org`;
    const page = await browser.page({ language, javaScript: false });
    await page.goto(`${site.url}${language.prefix}/a/email`);
    await page.locator('main a.button').first().click();
    await assertGoodInWidths(page);
    await page.fill('#email', 'patron');
    await send(page);
    await page.locator('.error-summary').waitFor();
    await assertGoodInWidths(page);
    await page.fill('#email', email);
    await send(page);
    await page.waitForURL(/\/a\/email\/address$/);
    await assertGoodInWidths(page);
    const letter = await mail.nextTo(email, 0, async () => {});
    const link = linkOf(letter, '/a/email/address/');
    await page.goto(`${site.url}${link}`);
    await assertGoodInWidths(page);
    await send(page);
    await page.locator('#national_id').waitFor();
    await assertGoodInWidths(page);
    await fillIn(page, 29);
    await page.locator('main form button[type=submit]').last().click();
    await page.locator('.error-summary').waitFor();
    await assertGoodInWidths(page);
    await fillIn(page, n + 20);
    await finish(page);
  }
  const page = await browser.page();
  await page.goto(`${site.url}/a/email/address/${'A'.repeat(90)}`);
  await page.locator('[role=alert]').waitFor();
  await assertGoodInWidths(page);
  await page.context().close();
});
