// A person without JavaScript takes both files home, checks the proof, and sends the wrong one by
// mistake; the receipt fits on a sheet of A5 and on a receipt roll.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { LANGUAGES, WIDTHS, assertGood, openBrowser, startFairdraw } from './support.mjs';

const DAY = 86_400;
// Synthetic ID numbers whose check digits are right.
const IDS = ['A123456789', 'B123456780'];

let site;
let browser;

before(async () => {
  site = await startFairdraw({ args: ['demo', '--entries', '120'] });
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  await site?.stop();
});

/** Fills whatever the form asks, goes through the check page, and stands on the receipt. */
async function enter(page, prefix, id) {
  await page.goto(`${site.url}${prefix}/a/autumn-2026/enter`);
  const values = { name: '王小明', national_id: id, phone: '0912345678', email: 'ming@example.org' };
  for (const [field, value] of Object.entries(values)) {
    if (await page.locator(`#${field}`).count()) await page.fill(`#${field}`, value);
  }
  for (const group of await page.locator('main fieldset').all()) {
    const choice = group.locator('input[type=radio]').first();
    if (await choice.count()) await choice.check();
  }
  for (const text of await page.locator('main textarea').all()) await text.fill('謝謝');
  await page.check('#consent');
  await page.locator('main form button[type=submit]').last().click();
  await page.locator('main form[action$="/check"] button[type=submit]:not([name])').click();
  await page.waitForURL(/\/receipt$/);
}

/** Follows a link to a file and keeps it. */
async function save(page, link) {
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  const path = join(site.data, download.suggestedFilename());
  await download.saveAs(path);
  return path;
}

const pages = (pdf) => pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g).length;

test('a proof is taken home, checked, and told from the receipt', async () => {
  const kept = [];
  for (const [n, language] of LANGUAGES.entries()) {
    const page = await browser.page({ javaScript: false, language, width: WIDTHS[n] });
    await enter(page, language.prefix, IDS[n]);
    await assertGood(page);
    const number = await page.locator('.receipt .big').innerText();
    const secret = await save(page, page.locator('main a[href$="/receipt/file"]'));
    const proof = await save(page, page.locator('main a[href$="/receipt/proof"]'));
    assert.match(secret, new RegExp(`secret-receipt-autumn-2026-${number}\\.tlog-proof$`));
    assert.match(proof, new RegExp(`shareable-proof-autumn-2026-${number}\\.tlog-proof$`));
    assert.ok(readFileSync(proof, 'utf8').length < readFileSync(secret, 'utf8').length);
    // On paper: one sheet of A5, one strip of 80 mm; number and code are on it.
    const sheet = await page.pdf({ width: '148mm', height: '210mm' });
    assert.equal(pages(sheet), 1, 'A5');
    const strip = await page.pdf({ width: '80mm', height: '297mm' });
    assert.equal(pages(strip), 1, '80 mm');
    await page.emulateMedia({ media: 'print' });
    assert.ok(await page.locator('#secret').isVisible());
    assert.ok(!(await page.locator('main details').isVisible()));
    assert.ok(!(await page.locator('header').isVisible()));
    kept.push({ language, number, secret, proof, width: WIDTHS[n] });
    await page.context().close();
  }
  for (const { language, secret, proof, width } of kept) {
    const page = await browser.page({ javaScript: false, language, width });
    await page.goto(`${site.url}${language.prefix}/a/autumn-2026/proof`);
    await assertGood(page);
    await page.setInputFiles('#file', secret);
    await page.locator('form[enctype] button').click();
    await page.locator('.panel.danger').waitFor();
    await assertGood(page);
    await page.setInputFiles('#file', proof);
    await page.locator('form[enctype] button').click();
    await page.locator('.panel.notice').waitFor();
    await assertGood(page);
    await page.context().close();
  }
  await site.advance(60 * DAY);
  for (const { language, number, proof, width } of kept) {
    const page = await browser.page({ javaScript: false, language, width });
    await page.goto(`${site.url}${language.prefix}/a/autumn-2026/proof`);
    await page.fill('#proof', readFileSync(proof, 'utf8'));
    await page.locator('form[enctype] button').click();
    assert.match(await page.locator('.panel.success h2').innerText(), new RegExp(number));
    await page.locator('main details summary').click();
    assert.ok((await page.locator('main details tbody tr').count()) >= 3);
    await assertGood(page);
    await page.context().close();
  }
});
