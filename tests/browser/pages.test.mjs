// Every page of the demo library × both languages × both widths: axe finds nothing, nothing scrolls
// sideways, page and stylesheet stay under 30 KB. Pages with JavaScript off must say the same.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LANGUAGES, WIDTHS, assertGood, openBrowser, startFairdraw, syntheticId } from './support.mjs';

// Who works in the demo, and how many pages each reaches at least.
const ROLES = { staff: 60, librarian: 30, drawofficer: 10, officer: 12, accountant: 4, auditor: 2 };

// Answers that are files, and the pages of a log that goes on and on.
const isFile = (path) => /\/affected\/|\.(csv|json|zip|txt)$|[?&]page=(?!2$)/.test(path);

// Pages of one template, whatever they are about: every part with a digit in it is an id.
const kindOf = (path) => path.replace(/\?.*/, '?').replace(/\/[^/?]*\d[^/?]*/g, '/*');

// How many pages of one kind a role opens. Who has every role follows every link, on a telephone in
// Chinese.
const mostAlike = (role, language, width) => (role === 'staff' && language.prefix === '' && width < 640 ? Infinity : 3);

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

// Enters the draw whose contacts may go to a partner; answers with the receipt code.
async function enter(page, language, n) {
  await page.goto(`${site.url}${language.prefix}${library.shared}/enter`);
  const tick = page.locator('main form input[type=checkbox][name^="share"]').first();
  if (await tick.count()) await tick.check();
  await page.fill('#name', '林小美');
  await page.fill('#national_id', syntheticId(900_000 + n));
  await page.fill('#phone', '0912345678');
  await page.fill('#email', 'mei@mailbox.example');
  await page.check('#consent');
  for (const box of await page.locator('main fieldset').all()) {
    const choice = box.locator('input[type=radio]').first();
    if (await choice.count()) await choice.check();
  }
  await page.locator('main form button[type=submit]').last().click();
  await page.locator('button[name=change]').first().waitFor();
  await page.locator('main form button[type=submit]:not([name])').click();
  await page.waitForURL(/\/receipt$/);
  return page.locator('#secret').innerText();
}

for (const language of LANGUAGES) {
  for (const width of WIDTHS) {
    test(`public pages are good in ${language.lang} at ${width} px`, async () => {
      const { open, drawn, purged, shared, seats } = library;
      const page = await browser.page({ width, language });
      // The map of the site names every page that is always there.
      await page.goto(`${site.url}${language.prefix}/sitemap`);
      const always = await page
        .locator('main li a')
        .evaluateAll((all) => all.map((link) => new URL(link.href).pathname.replace(/^\/en(?=\/|$)/, '') || '/'));
      assert.ok(always.length >= 25, always.join(' '));
      for (const path of [
        ...always,
        '/activities?stage=open&q=zzz',
        open,
        `${open}/enter`,
        `${open}/rules`,
        `${open}/poster`,
        `${seats}/poster`,
        `${open}/privacy`,
        '/a/winter-2026',
        '/a/winter-2026/enter',
        '/a/school-2026',
        '/a/moon-2026',
        '/a/study-room-2026/enter',
        '/receipt',
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
        purged,
        `${purged}/purge`,
        `${purged}/notes`,
        `${purged}/entries`,
        '/a/summer-2025/answers',
        `${purged}/results`,
        '/a/summer-2025/purge',
        `${open}/privacy/1`,
        '/newsletter/sent',
        '/newsletter/confirm/over',
        '/newsletter/unsubscribe/over',
        library.news,
        `${open}/discussion`,
        '/a/museum-2026',
        '/a/museum-2026/leave',
        shared,
        `${shared}/enter`,
        seats,
        `${seats}/enter`,
        `${seats}/privacy`,
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

    test(`a place in a session is good in ${language.lang} at ${width} px`, async () => {
      const page = await browser.page({ width, language });
      const at = `${site.url}${language.prefix}`;
      const n = LANGUAGES.indexOf(language) * 2 + WIDTHS.indexOf(width);
      await page.goto(`${at}${library.seats}/enter`);
      // The morning is full: first without the box, then in its line.
      await page.fill('#name', '林小美');
      await page.fill('#national_id', syntheticId(910_000 + n));
      await page.fill('#phone', '0912345678');
      await page.fill('#email', 'mei@mailbox.example');
      await page.check('#consent');
      for (const box of await page.locator('main fieldset').all()) {
        const choice = box.locator('input[type=radio]').first();
        if (await choice.count()) await choice.check();
      }
      await page.locator('main form button[type=submit]').last().click();
      await page.locator('.error-summary').waitFor();
      await assertGood(page);
      await page.check('#wait');
      await page.locator('main form button[type=submit]').last().click();
      await page.locator('button[name=change]').first().waitFor();
      await assertGood(page);
      await page.locator('main form button[type=submit]:not([name])').click();
      await page.waitForURL(/\/receipt$/);
      await assertGood(page);
      // Somebody whose turn has come.
      await page.goto(`${at}/entry`);
      await page.fill('#code', library.offered);
      await page.locator('main form button[type=submit]').last().click();
      await page.locator('form[action$="/entry/accept"]').waitFor();
      await assertGood(page);
      await page.locator('main form[action$="/entry/withdraw"] button').first().click();
      await page.locator('input[name=sure]').waitFor({ state: 'attached' });
      await assertGood(page);
      await page.context().close();
    });

    test(`what a person does with the receipt code is good in ${language.lang} at ${width} px`, async () => {
      const page = await browser.page({ width, language });
      const code = await enter(page, language, LANGUAGES.indexOf(language) * 2 + WIDTHS.indexOf(width));
      const own = `${site.url}${language.prefix}/entry`;
      const press = (action) => page.locator(`main form[action$="${action}"] button`).first().click();
      for (const action of ['/entry/copy', '/entry/correct', '/entry/withdraw', '/entry/share']) {
        await page.goto(own);
        await page.fill('#code', code);
        await page.locator('main form button[type=submit]').click();
        await page.locator('#opened').waitFor();
        await assertGood(page);
        await press(action);
        await assertGood(page);
      }
      await page.locator('main [role=status]').waitFor();
      await press('/entry/withdraw');
      await page.locator('main form[action$="/entry/withdraw"] button.danger').click();
      await page.locator('main .tag.stopped').waitFor();
      await assertGood(page);
      await page.goto(own);
      await page.fill('#code', `${code.slice(0, -1)}!`);
      await page.locator('main form button[type=submit]').click();
      await page.locator('.error-summary').waitFor();
      assert.equal(await page.inputValue('#code'), `${code.slice(0, -1)}!`, 'what was typed stays');
      await assertGood(page);
      await page.context().close();
    });

    for (const [role, fewest] of Object.entries(ROLES)) {
      test(`what the ${role} sees is good in ${language.lang} at ${width} px`, async () => {
        const page = await browser.page({ width, language });
        const [name, passphrase] = library[role].split(' ');
        await page.goto(`${site.url}${language.prefix}/staff/sign-in`);
        await page.fill('#name', name);
        await page.fill('#passphrase', passphrase);
        await page.locator('main form button[type=submit]').click();
        await page.waitForURL(/\/(staff|admin)(\/custody|\/inspections)?$/);
        const [seen, kinds] = [new Set(), new Map()];
        const waiting = ['/staff', '/staff/account'];
        while (waiting.length > 0) {
          const path = waiting.shift();
          const alike = kinds.get(kindOf(path)) ?? 0;
          if (seen.has(path) || alike === mostAlike(role, language, width)) continue;
          seen.add(path);
          kinds.set(kindOf(path), alike + 1);
          const answer = await page.goto(`${site.url}${language.prefix}${path}`);
          assert.equal(answer.status(), 200, `a link leads the ${role} to ${path}`);
          await assertGood(page);
          const links = await page.locator('header a[href], main a[href]:not([download])').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
          for (const link of links) {
            const own = language.prefix && link.startsWith(language.prefix) ? link.slice(language.prefix.length) : link;
            if (/^\/(staff|admin)\b/.test(own) && !isFile(own) && !seen.has(own)) waiting.push(own);
          }
        }
        assert.ok(seen.size >= fewest, `only ${seen.size} pages: ${[...seen].join(' ')}`);
        await page.context().close();
      });
    }
  }
}
