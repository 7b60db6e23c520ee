// The privacy policy changes: the officer writes, compares and publishes, and every page says so.

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

async function signedIn() {
  const [name, passphrase] = library.officer.split(/ (.*)/s);
  const page = await browser.page();
  await page.goto(`${site.url}/staff/sign-in`);
  await page.fill('#name', name);
  await page.fill('#passphrase', passphrase);
  await page.locator('main form button[type=submit]').click();
  await page.waitForURL(/\/(staff|admin)(\/custody|\/inspections)?$/);
  return page;
}

// The same page as it stands, in the other widths.
async function assertGoodInWidths(page) {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await assertGood(page);
  }
}

test('a version is written, compared, published, and told on every page', async () => {
  const page = await signedIn();
  await page.goto(`${site.url}/admin/policy`);
  await assertGoodInWidths(page);
  const body = await page.inputValue('#body_zh');
  await page.fill('#body_zh', body.replace('不賣、不租、不交換', '不賣、不租、不借、不交換'));
  await page.fill('#body_en', (await page.inputValue('#body_en')).replace('sell, rent or', 'sell, rent, lend or'));
  await page.fill('#change_zh', '寫明也不出借資料');
  await page.fill('#change_en', 'Says that data is not lent either');
  await page.check('input[name=weight][value=major]');
  await page.fill('#wait_days', '7');
  await page.locator('button[name=do][value=preview]').click();
  await page.waitForURL(/\/preview$/);
  assert.match(await page.locator('main ins').first().innerText(), /借、不/);
  await assertGoodInWidths(page);

  const publish = page.locator('form[action$="/publish"] button[type=submit]');
  await publish.click();
  await page.locator('.error-summary').waitFor();
  await assertGoodInWidths(page);
  await page.check('#sure');
  await publish.click();
  await page.waitForURL(/\/admin\/policy\?done$/);
  await assertGoodInWidths(page);

  for (const language of LANGUAGES) {
    for (const width of WIDTHS) {
      const visitor = await browser.page({ width, language });
      for (const path of ['/', library.open, `${library.open}/enter`, '/entry', '/privacy']) {
        await visitor.goto(`${site.url}${language.prefix}${path}`);
        assert.equal(await visitor.locator('aside a[href*="/privacy/compare"]').count(), 1, path);
        await assertGood(visitor);
      }
      await visitor.locator('aside a[href*="/privacy/compare"]').click();
      await visitor.waitForURL(/compare\?from=1&to=2$/);
      // Lines under and through the words, whatever the colours.
      const line = (selector) =>
        visitor.locator(selector).last().evaluate((one) => getComputedStyle(one).textDecorationLine);
      assert.equal(await line('main ins'), 'underline');
      assert.equal(await line('main del'), 'line-through');
      await assertGood(visitor);
      for (const path of ['/privacy/v/1', '/privacy/v/2', '/privacy/versions']) {
        await visitor.goto(`${site.url}${language.prefix}${path}`);
        await assertGood(visitor);
      }
      assert.deepEqual(await visitor.context().cookies(), [], 'the announcement needs no cookie');
      await visitor.context().close();
    }
  }
});
