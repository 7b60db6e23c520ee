// Every page of the demo library × both languages × both widths: axe finds nothing, nothing scrolls
// sideways, page and stylesheet stay under 30 KB. Pages with JavaScript off must say the same.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LANGUAGES, WIDTHS, assertGood, openBrowser, startFairdraw } from './support.mjs';

let site;
let browser;
let library;

before(async () => {
  site = await startFairdraw({ args: ['demo', '--entries', '120'] });
  library = Object.fromEntries(
    site.printed.filter((line) => /^[a-z]+: /.test(line)).map((line) => line.split(/: (.*)/s).slice(0, 2)),
  );
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  await site?.stop();
});

for (const language of LANGUAGES) {
  for (const width of WIDTHS) {
    test(`public pages are good in ${language.lang} at ${width} px`, async () => {
      const { open, drawn, purged } = library;
      const page = await browser.page({ width, language });
      for (const path of [
        '/',
        '/activities',
        '/activities?stage=open&q=zzz',
        open,
        `${open}/enter`,
        `${open}/rules`,
        `${open}/privacy`,
        '/a/winter-2026',
        '/a/winter-2026/enter',
        '/a/school-2026',
        '/a/moon-2026',
        '/a/study-room-2026/enter',
        '/entry',
        '/receipt',
        '/draws',
        drawn,
        `${drawn}/entries`,
        `${drawn}/check?ticket=3`,
        `${drawn}/how`,
        `${drawn}/verify`,
        `${drawn}/notes`,
        `${drawn}/results`,
        `${open}/proof`,
        '/a/late-summer-2026/proof?ticket=3-7',
        '/a/late-summer-2026/proof?ticket=3',
        '/a/late-summer-2026/proof?refused=code',
        '/verify/how',
        purged,
        `${purged}/purge`,
        `${purged}/notes`,
        `${purged}/entries`,
        '/a/summer-2025/answers',
        '/verify',
        '/verify/source',
        '/no-such-page',
        '/staff/sign-in',
      ]) {
        await page.goto(`${site.url}${language.prefix}${path}`);
        assert.equal(await page.getAttribute('html', 'lang'), language.lang, path);
        await assertGood(page);
      }
      // Draws in every other phase: coming, open, closed with its days of objection, cancelled.
      await page.goto(`${site.url}${language.prefix}/draws`);
      const draws = await page.locator('main a[href*="/d/"]').evaluateAll((all) => all.map((link) => link.href));
      const others = draws.filter((href) => !href.endsWith(drawn) && !href.endsWith(purged));
      assert.ok(others.length >= 4, draws.join(' '));
      for (const href of others) {
        await page.goto(href);
        await assertGood(page);
      }
      await page.goto(`${site.url}${language.prefix}${open}/enter`);
      await page.locator('main form button[type=submit]').last().click();
      await page.locator('.error-summary').waitFor();
      await assertGood(page);
      await page.context().close();
    });

    test(`staff pages are good in ${language.lang} at ${width} px`, async () => {
      const page = await browser.page({ width, language });
      const [name, passphrase] = library.staff.split(' ');
      await page.goto(`${site.url}${language.prefix}/staff/sign-in`);
      await page.fill('#name', name);
      await page.fill('#passphrase', passphrase);
      await page.locator('main form button[type=submit]').click();
      await page.waitForURL(/\/(staff|admin)$/);
      const seen = new Set();
      const waiting = ['/staff', '/staff/activities', '/staff/activities/new?kind=draw', '/staff/account', '/admin'];
      while (waiting.length > 0) {
        const path = waiting.shift();
        if (seen.has(path)) continue;
        seen.add(path);
        await page.goto(`${site.url}${language.prefix}${path}`);
        await assertGood(page);
        const links = await page.locator('main a[href]').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
        for (const link of links) {
          const own = language.prefix && link.startsWith(language.prefix) ? link.slice(language.prefix.length) : link;
          if (/^\/(staff|admin)\b/.test(own) && waiting.length + seen.size < 70) waiting.push(own);
        }
      }
      assert.ok(seen.size > 30, `only ${seen.size} staff pages were reached`);
      await page.context().close();
    });
  }
}
