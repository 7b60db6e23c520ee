// The main job in Chromium, every step clicked: a librarian set up through the printed link takes an
// activity from draft to purged, fifty patrons enter with JavaScript off, a recorded drand round is
// pasted, and the bundle is checked with all three verifiers before and after the purge.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { LANGUAGES, WIDTHS, assertGood, openBrowser, startFairdraw, syntheticId } from './support.mjs';

const DAY = 86_400;
const HOUR = 3_600;
// quicknet's round 10,000,000, published on 2024-08-04 at 20:29:24 UTC.
const ROUND = Date.parse('2024-08-04T20:29:24Z') / 1000;
const SIGNATURE =
  'a187c9f5800521e986b5658924696682071ce7ae965486e8fd08bc2c4758bdbb9ed9ecb7beee392a38214e321ecd434f';
const START = ROUND - 12 * DAY;
const PATRONS = 50;

let site;
let browser;
let now = START;

before(async () => {
  site = await startFairdraw({ clock: new Date(START * 1000).toISOString() });
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  await site?.stop();
});

/** What a person types into a date and time field, in Taipei. */
function typed(unix) {
  const shown = new Date((unix + 8 * HOUR) * 1000).toISOString();
  return shown.slice(0, 19).replace(/:00$/, '');
}

async function goTo(unix) {
  await site.advance(unix - now);
  now = unix;
}

const REPOSITORY = new URL('../../', import.meta.url).pathname;
const VERIFIERS = [
  [join(dirname(process.env.FAIRDRAW_BIN), 'lucky-draw-verify')],
  ['node', join(REPOSITORY, 'static/js/verify/cli.mjs')],
  ['python3', join(REPOSITORY, 'protocol/python/lucky_draw_verify.py')],
];

/** The report of one verifier as JSON. */
function reportOf([program, ...given], bundle) {
  const ran = spawnSync(program, [...given, bundle, '--json'], { encoding: 'utf8' });
  assert.match(ran.stdout, /^\{/, `${program}: ${ran.stderr}`);
  return JSON.parse(ran.stdout);
}

/** Checks a bundle of the running product with all three verifiers, which must say the same. */
function check(bundle) {
  const [rust, browserPage, python] = VERIFIERS.map((verifier) => reportOf(verifier, bundle));
  const outcomes = ({ checks }) => checks.map(({ name, outcome }) => `${outcome}\t${name}`);
  assert.deepEqual(outcomes(browserPage), outcomes(rust));
  assert.deepEqual(browserPage.computed, rust.computed);
  assert.deepEqual(python.computed, rust.computed);
  // Without py_ecc, Python cannot tell whether the beacon is signed, and says so.
  const known = outcomes(python).map((line, place) =>
    line === 'could not check\tbeacon' ? line.replace(/.*\t/, rust.checks[place].outcome + '\t') : line,
  );
  assert.deepEqual(known, outcomes(rust));
  const lines = rust.checks.map(({ name, outcome, reason }) => `${outcome}\t${name}\t${reason}`);
  return { code: rust.exit, words: [...lines, rust.result, ''].join('\n') };
}

async function save(page, link, name) {
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  const path = join(site.data, name);
  await download.saveAs(path);
  return path;
}

async function enter(page, n, language) {
  await page.goto(`${site.url}${language.prefix}/a/summer-2024`);
  await page.locator('main a.button').first().click();
  await page.fill('#name', `王小明${n}`);
  await page.fill('#national_id', syntheticId(n));
  await page.fill('#phone', `09${String(12_000_000 + n)}`);
  await page.fill('#email', `patron${n}@example.org`);
  await page.locator('main input[type=radio]').first().check();
  await page.check('#consent');
  await page.locator('main form button[type=submit]').last().click();
  await page.locator('button[name=change]').first().waitFor();
}

test('a librarian prepares, fifty patrons enter, the draw is made and checked, the data goes', async () => {
  const staff = await browser.page();
  await staff.goto(site.setupLink);
  await staff.fill('#name', '陳館員');
  await staff.fill('#passphrase', 'correct horse battery staple');
  await staff.fill('#passphrase_again', 'correct horse battery staple');
  await staff.locator('main form button[type=submit]').click();
  await staff.waitForURL(/\/(staff|admin)/);

  // Draft: details.
  await staff.goto(`${site.url}/staff`);
  await staff.locator('main a.button').first().click();
  await assertGood(staff);
  for (const [field, value] of Object.entries({
    title_zh: '夏日閱讀抽獎',
    title_en: 'Summer reading draw',
    slug: 'summer-2024',
    text_zh: '填一題問卷，就能抽獎。',
    text_en: 'Answer one question to take part.',
    rules_zh: '持借閱證者都可以參加。',
    rules_en: 'Everybody with a library card may enter.',
    opens: typed(ROUND - 10 * DAY),
    closes: typed(ROUND - 2 * DAY),
    freezes: typed(ROUND - HOUR),
    draws: typed(ROUND),
    claim_days: '7',
    retention_days: '40',
  })) {
    await staff.fill(`#${field}`, value);
  }
  await staff.locator('main form button[type=submit]').click();

  // Personal fields.
  await staff.waitForURL(/\/privacy$/);
  await assertGood(staff);
  const base = staff.url().replace(/\/privacy$/, '');
  for (const field of ['name', 'national_id', 'phone', 'email']) {
    await staff.check(`input[name=${field}][value=required]`);
  }
  await staff.fill('#national_id_purpose_zh', '確認一人一份');
  await staff.fill('#national_id_purpose_en', 'One entry a person');
  await staff.locator('main form button[type=submit]').click();
  await staff.waitForURL(base);
  await assertGood(staff);

  // A question.
  await staff.goto(`${base}/questions`);
  await staff.locator('main a[href*="kind=single_choice"]').click();
  await staff.fill('#label_zh', '您最常去哪個分館？');
  await staff.fill('#label_en', 'Which branch do you visit most?');
  await staff.fill('#options_zh', '總館\n東區分館');
  await staff.fill('#options_en', 'Main library\nEast branch');
  await assertGood(staff);
  await staff.locator('main form button[type=submit]').click();
  await staff.waitForURL(/\/questions$/);
  await assertGood(staff);

  // Prizes and rules of the draw.
  await staff.goto(`${base}/draw`);
  await staff.fill('#prize_1_name_zh', '禮券');
  await staff.fill('#prize_1_name_en', 'Voucher');
  await staff.fill('#prize_1_units', '3');
  await staff.fill('#prize_1_value', '500');
  await staff.fill('#reserves', '4');
  await assertGood(staff);
  await staff.locator('button[name=do][value=save]').click();
  await staff.waitForURL((url) => !url.pathname.includes('/draws/'));

  // Publish.
  await staff.goto(`${base}/publish`);
  await assertGood(staff);
  await staff.check('#sure');
  await staff.locator('main form button[type=submit]').click();
  await staff.waitForURL((url) => !url.pathname.endsWith('/publish'));
  await goTo(ROUND - 10 * DAY + HOUR);

  // Fifty patrons, JavaScript off, both languages.
  let receipt;
  for (let n = 1; n <= PATRONS; n += 1) {
    const language = LANGUAGES[n % 2];
    const patron = await browser.page({ javaScript: false, language, width: WIDTHS[n % 2] });
    await enter(patron, n, language);
    if (n <= 2) await assertGood(patron);
    await patron.locator('main form button[type=submit]:not([name])').click();
    await patron.waitForURL(/\/receipt$/);
    if (n <= 2) await assertGood(patron);
    if (n === PATRONS) receipt = await patron.locator('#secret').innerText();
    await patron.context().close();
  }

  // One of them takes the entry back.
  const patron = await browser.page({ javaScript: false });
  await patron.goto(`${site.url}/entry`);
  await patron.fill('#code', receipt);
  await patron.locator('main form button[type=submit]').click();
  await assertGood(patron);
  await patron.locator('form[action$="/entry/withdraw"] button[type=submit]').first().click();
  await assertGood(patron);
  await patron.locator('form[action$="/entry/withdraw"] button[type=submit]').first().click();

  // The list closes, is frozen, and the round is pasted. The session ended meanwhile.
  await goTo(ROUND - 2 * DAY + HOUR);
  await goTo(ROUND - HOUR + 10);
  await goTo(ROUND + 10);
  await staff.goto(`${base}/beacon`);
  await staff.fill('#name', '陳館員');
  await staff.fill('#passphrase', 'correct horse battery staple');
  await staff.locator('main form button[type=submit]').click();
  await staff.goto(`${base}/beacon`);
  await assertGood(staff);
  await staff.fill('#beacon', `${SIGNATURE.slice(0, -1)}e`);
  await staff.locator('main form button[type=submit]').click();
  await staff.locator('.error-summary').waitFor();
  await staff.fill('#beacon', SIGNATURE);
  await staff.locator('main form button[type=submit]').click();
  await staff.waitForURL((url) => !url.pathname.endsWith('/beacon'));

  // Anybody checks it.
  const anybody = await browser.page();
  await anybody.goto(`${site.url}/draws`);
  await anybody.locator('main a[href*="/d/"]').first().click();
  await assertGood(anybody);
  const draw = new URL(anybody.url()).pathname;
  const bundle = await save(anybody, anybody.locator('a[href$="/bundle.zip"]').first(), 'before.zip');
  const first = check(bundle);
  assert.equal(first.code, 0, first.words);
  assert.match(first.words, /^result: .*time not proven/m);

  // Winners are told, one claims with the ID card.
  await staff.goto(`${base}/winners`);
  await assertGood(staff);
  await staff.goto(`${base}/notify`);
  await assertGood(staff);
  await staff.locator('main form button[type=submit]').first().click();
  await staff.waitForURL((url) => !url.pathname.endsWith('/notify'));

  // Deadlines pass, reserves are called, the day of deletion comes.
  for (const days of [7, 14, 21, 28, 35]) await goTo(ROUND + days * DAY + HOUR);
  await goTo(ROUND + 40 * DAY + HOUR);
  await anybody.goto(`${site.url}${draw}/purge`);
  await assertGood(anybody);
  await anybody.locator('summary', { hasText: '看檔案內容' }).first().click();
  assert.match(await anybody.locator('main').innerText(), /fairdraw purge certificate\/1/);
  await anybody.goto(`${site.url}${draw}`);
  await assertGood(anybody);
  const kept = await save(anybody, anybody.locator('a[href$="/bundle.zip"]').first(), 'after.zip');
  const second = check(kept);
  assert.equal(second.code, 0, second.words);
  assert.match(second.words, /^passed\tpurge\t/m);

  // One flipped byte is refused with a named check.
  const bytes = readFileSync(kept);
  for (const at of [10, Math.floor(bytes.length / 2), bytes.length - 5]) {
    const flipped = Buffer.from(bytes);
    flipped[at] ^= 1;
    const path = join(site.data, 'flipped.zip');
    writeFileSync(path, flipped);
    const refused = check(path);
    assert.equal(refused.code, 1, `byte ${at}: ${refused.words}`);
    assert.match(refused.words, /^failed\t\w/m);
  }
});
