// A draw run live in a hall without internet, by keyboard alone: from the pre-flight checks over the
// pasted round to the printed minutes, with less motion, on both sizes of projector. The rehearsal
// and the entrant audit are looked at too.
//
// FAIRDRAW_SCREENSHOTS names a folder for pictures of every screen.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertAccessible, assertGood, assertNoFaults, openBeside, openBrowser, startFairdraw } from './support.mjs';

const DAY = 86_400;
const HOUR = 3_600;
// quicknet's round 10,000,000, published on 2024-08-04 at 20:29:24 UTC.
const ROUND = Date.parse('2024-08-04T20:29:24Z') / 1000;
const SIGNATURE =
  'a187c9f5800521e986b5658924696682071ce7ae965486e8fd08bc2c4758bdbb9ed9ecb7beee392a38214e321ecd434f';
const START = ROUND - 12 * DAY;
// From 30 tickets on, masked names are shown.
const PATRONS = 31;
const PROJECTORS = [
  { width: 1024, height: 768 },
  { width: 1920, height: 1080 },
];

let site;
let browser;
let staff;
let base;
let draw;
let now = START;

before(async () => {
  // A name that never resolves: the hall has no internet.
  const env = { ROCKET_RELAYS: '["https://relay.invalid"]' };
  site = await startFairdraw({ clock: new Date(START * 1000).toISOString(), env });
  browser = await openBrowser();
  await prepare();
});

after(async () => {
  await browser?.close();
  await site?.stop();
});

function typed(unix) {
  return new Date((unix + 8 * HOUR) * 1000).toISOString().slice(0, 19).replace(/:00$/, '');
}

async function goTo(unix) {
  await site.advance(unix - now);
  now = unix;
}

/** A synthetic ID number with a right check digit (weights 1, 9, 8 … 1, 1). */
function syntheticId(n) {
  const digits = `1${String(n).padStart(7, '0')}`;
  const sum = [1, 0, ...digits].reduce((all, digit, at) => all + Number(digit) * [1, 9, 8, 7, 6, 5, 4, 3, 2, 1][at], 0);
  return `A${digits}${(10 - (sum % 10)) % 10}`;
}

const send = (page) => page.locator('main form button[type=submit]').last().click();

/** A published draw with patrons, its list frozen; the round is due in 25 minutes, since the clock runs meanwhile. */
async function prepare() {
  staff = await browser.page();
  await staff.goto(site.setupLink);
  await signUp(staff, '陳館員');
  await staff.waitForURL(/\/(staff|admin)/);
  await staff.goto(`${site.url}/staff/activities/new?kind=draw`);
  const fields = {
    title_zh: '夏日閱讀抽獎', title_en: 'Summer reading draw', slug: 'summer-2024',
    text_zh: '填一題問卷，就能抽獎。', text_en: 'Answer one question to take part.',
    rules_zh: '持借閱證者都可以參加。', rules_en: 'Everybody with a library card may enter.',
    opens: typed(ROUND - 10 * DAY), closes: typed(ROUND - 2 * DAY), freezes: typed(ROUND - HOUR),
    draws: typed(ROUND), claim_days: '7', retention_days: '40',
  };
  for (const [field, value] of Object.entries(fields)) await staff.fill(`#${field}`, value);
  await send(staff);
  await staff.waitForURL(/\/privacy$/);
  base = staff.url().replace(/\/privacy$/, '');
  for (const field of ['name', 'national_id', 'phone', 'email']) {
    await staff.check(`input[name=${field}][value=required]`);
  }
  await staff.fill('#national_id_purpose_zh', '確認一人一份');
  await staff.fill('#national_id_purpose_en', 'One entry a person');
  await send(staff);
  await staff.waitForURL(base);
  await staff.goto(`${base}/draw`);
  const prizes = { prize_1_name_zh: '電子書閱讀器', prize_1_name_en: 'E-reader', prize_1_units: '1', prize_1_value: '6000', reserves: '3' };
  for (const [field, value] of Object.entries(prizes)) await staff.fill(`#${field}`, value);
  await staff.locator('button[name=do][value=add]').click();
  const more = { prize_2_name_zh: '圖書禮券', prize_2_name_en: 'Book voucher', prize_2_units: '3', prize_2_value: '500' };
  for (const [field, value] of Object.entries(more)) await staff.fill(`#${field}`, value);
  await staff.locator('button[name=do][value=save]').click();
  await staff.waitForURL((url) => !url.pathname.endsWith('/draw'));
  await staff.goto(`${base}/publish`);
  await staff.check('#sure');
  await send(staff);
  await staff.waitForURL((url) => !url.pathname.endsWith('/publish'));
  await goTo(ROUND - 10 * DAY + HOUR);
  for (let n = 1; n <= PATRONS; n += 1) await enter(n);
  for (const moment of [ROUND - 2 * DAY + HOUR, ROUND - HOUR + 10, ROUND - 1500]) await goTo(moment);
  await signIn(staff, '陳館員');
  await staff.goto(`${site.url}/draws`);
  draw = (await staff.locator('main a[href*="/d/"]').first().getAttribute('href')).split('/').pop();
}

async function signUp(page, name) {
  await page.fill('#name', name);
  await page.fill('#passphrase', 'correct horse battery staple');
  await page.fill('#passphrase_again', 'correct horse battery staple');
  await send(page);
}

async function signIn(page, name) {
  await page.goto(`${site.url}/staff/sign-in`);
  await page.fill('#name', name);
  await page.fill('#passphrase', 'correct horse battery staple');
  await send(page);
  await page.waitForURL((url) => !url.pathname.endsWith('/sign-in'));
}

async function enter(n) {
  const patron = await browser.page({ javaScript: false });
  await patron.goto(`${site.url}/a/summer-2024/enter`);
  const family = ['王', '陳', '林', '張', '歐陽'][n % 5];
  const values = {
    name: `${family}小明`, national_id: syntheticId(n),
    phone: `09${12_000_000 + n}`, email: `patron${n}@example.org`,
  };
  for (const [field, value] of Object.entries(values)) await patron.fill(`#${field}`, value);
  await patron.check('#consent');
  await send(patron);
  await patron.locator('main form button[type=submit]:not([name])').click();
  await patron.waitForURL(/\/receipt$/);
  await patron.context().close();
}

/** Tab until the focus is there, as somebody without a mouse does. */
async function tabTo(page, selector) {
  for (let presses = 0; presses < 80; presses += 1) {
    const there = await page.evaluate((css) => document.activeElement?.matches(css), selector);
    if (there) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`the Tab key does not lead to ${selector} on ${page.url()}`);
}

async function picture(page, name, size) {
  const folder = process.env.FAIRDRAW_SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}-${size.width}x${size.height}.png`) });
}

/** What must hold on the projector, in both sizes: readable from the last row, inside the margins. */
async function assertStage(page, name) {
  await assertNoFaults(page);
  for (const size of PROJECTORS) {
    await page.setViewportSize(size);
    const faults = await page.evaluate(({ width, height }) => {
      const found = [];
      const screen = document.querySelector('.screen');
      if (screen.scrollHeight > screen.clientHeight + 1) found.push(`overflow ${screen.scrollHeight} > ${screen.clientHeight}`);
      const walker = document.createTreeWalker(screen, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const element = node.parentElement;
        if (!node.data.trim() || element.closest('.vh, svg')) continue;
        const high = parseFloat(getComputedStyle(element).fontSize);
        if (high < height / 20) found.push(`${high} px high: ${node.data.trim()}`);
        const range = document.createRange();
        range.selectNodeContents(node);
        const box = range.getBoundingClientRect();
        const [left, right] = [width * 0.05 - 2, width * 0.95 + 2];
        const clipped = element.closest('.earlier, .all');
        if (box.width > 0 && (box.left < left || (!clipped && box.right > right) || box.bottom > height * 0.95 + 2)) {
          found.push(`outside the margins: ${node.data.trim()} ${Math.round(box.left)}–${Math.round(box.right)}, ${Math.round(box.bottom)}`);
        }
      }
      return found;
    }, size);
    assert.deepEqual(faults, [], `${name} at ${size.width}x${size.height}`);
    await picture(page, name, size);
  }
  await assertAccessible(page);
  const contrast = await page.evaluate(async () => {
    const report = await globalThis.axe.run('.screen', { runOnly: ['color-contrast-enhanced'], rules: { 'color-contrast-enhanced': { enabled: true } } });
    return report.violations.flatMap((violation) => violation.nodes.map((node) => node.html));
  });
  assert.deepEqual(contrast, [], `contrast of ${name}`);
}

const heading = (page, words) => page.locator('h1', { hasText: words }).first().waitFor();

test('a rehearsal cannot be mistaken for the draw', async () => {
  const desk = await openBeside(staff);
  await desk.goto(`${site.url}/staff/draws/${draw}/rehearse`);
  await assertGood(desk);
  const stage = await openBeside(staff);
  await stage.emulateMedia({ reducedMotion: 'reduce' });
  await stage.goto(`${site.url}/stage/${draw}/rehearsal`);
  await assertStage(stage, 'rehearsal-doors');
  await stage.keyboard.press('ArrowRight');
  await heading(stage, '三句話');
  await assertStage(stage, 'rehearsal-words');
  await stage.keyboard.press('ArrowRight');
  await heading(stage, '距離第');
  await assertStage(stage, 'rehearsal-countdown');
  await desk.reload();
  await desk.fill('#beacon', await desk.locator('code.hash').last().innerText());
  await desk.locator('#verdict', { hasText: '✓' }).waitFor();
  await desk.locator('button[value=receive]').click();
  await heading(stage, '結果已決定');
  await assertStage(stage, 'rehearsal-decided');
  await stage.keyboard.press('Space');
  await stage.locator('.counter', { hasText: '1 / 4' }).waitFor();
  assert.equal(await stage.locator('.mark').innerText(), '彩排 REHEARSAL');
  await assertStage(stage, 'rehearsal-winner');
  await stage.close();
  await desk.close();
});

test('a draw is run live by keyboard alone, without a network, to the printed minutes', async () => {
  const desk = staff;
  await desk.goto(`${site.url}/staff/draws/${draw}/run`);
  await assertGood(desk);
  const checks = await desk.locator('.checks').innerText();
  assert.match(checks, /名冊已封存/);
  await tabTo(desk, 'button[value=ask]');
  await desk.keyboard.press('Enter');
  await desk.locator('.checks', { hasText: '連不上公共亂數的網站' }).waitFor();
  await assertGood(desk);

  const stage = await openBeside(staff);
  await stage.emulateMedia({ reducedMotion: 'reduce' });
  await stage.goto(`${site.url}/stage/${draw}`);
  await assertStage(stage, 'doors');

  // Space and the arrow act where the group of cues has the focus, and in a text field they write.
  await tabTo(desk, '#keys');
  await desk.keyboard.press('Space');
  await heading(stage, '三句話');
  await assertStage(stage, 'words');
  await tabTo(desk, '#keys');
  await desk.keyboard.press('ArrowRight');
  await heading(stage, '距離第');
  assert.match(await stage.locator('.huge').innerText(), /^\d{1,2}:[0-5]\d$/);
  await assertStage(stage, 'countdown');
  await goTo(ROUND + 5);
  await heading(stage, '等待公共亂數');
  await assertStage(stage, 'waiting');

  // A phone shows the round; one wrong sign is seen while it is typed.
  await tabTo(desk, '#beacon');
  await desk.keyboard.insertText(`${SIGNATURE.slice(0, -1)}e`);
  await desk.locator('#verdict', { hasText: '✗' }).waitFor();
  await desk.keyboard.press('Control+A');
  await desk.keyboard.insertText(SIGNATURE.replace(/(.{8})/g, '$1 '));
  await desk.locator('#verdict', { hasText: '第 10000000 輪 ✓' }).waitFor();
  await desk.keyboard.press('p');
  await desk.keyboard.press('Backspace');
  assert.equal(await stage.locator('.state').count(), 0, 'typing gives no cue');
  await tabTo(desk, 'button[value=receive]');
  await desk.keyboard.press('Enter');
  await heading(stage, '結果已決定');
  await assertStage(stage, 'decided');

  // The winners, one by one: the voucher first, the reader last. A pause and a dark screen hold.
  await stage.keyboard.press('Space');
  await stage.locator('.counter', { hasText: '1 / 4' }).waitFor();
  assert.match(await stage.locator('.name').innerText(), /^.○+明$/);
  assert.equal(await stage.locator('.ticket b').first().evaluate((sign) => getComputedStyle(sign).animationName), 'none');
  assert.match(await stage.locator('#say').innerText(), /圖書禮券.*\d-\d/);
  await assertStage(stage, 'winner');
  await stage.keyboard.press('p');
  await stage.locator('.state').waitFor();
  await stage.keyboard.press('Space');
  await stage.keyboard.press('p');
  await stage.locator('.state').waitFor({ state: 'detached' });
  assert.equal(await stage.locator('.counter').innerText(), '1 / 4');
  await stage.keyboard.press('b');
  await stage.locator('.show.black').waitFor();
  await picture(stage, 'black', PROJECTORS[0]);
  await stage.keyboard.press('b');
  await stage.locator('.show:not(.black)').waitFor();
  // Two presses on one screen are one: nobody is passed over.
  await stage.locator('button[value=next]').evaluate((button) => {
    button.click();
    button.click();
  });
  await stage.locator('.counter', { hasText: '2 / 4' }).waitFor();
  for (let shown = 3; shown <= 4; shown += 1) {
    await stage.keyboard.press('ArrowRight');
    await stage.locator('.counter', { hasText: `${shown} / 4` }).waitFor();
  }
  assert.equal(await stage.locator('h1').innerText(), '電子書閱讀器');
  await assertStage(stage, 'last-winner');
  await stage.keyboard.press('ArrowRight');
  await heading(stage, '全部得獎號碼');
  assert.equal(await stage.locator('.all li').count(), 4);
  await assertStage(stage, 'end');
  await stage.reload();
  assert.equal(await stage.locator('.all li').count(), 4, 'a reload changes nothing');
  assert.doesNotMatch(await stage.content(), /小明/, 'no full name');

  // The minutes, on one sheet of A4.
  await desk.setViewportSize({ width: 1280, height: 900 });
  await desk.reload();
  await tabTo(desk, 'a[href$="/minutes"]');
  await desk.keyboard.press('Enter');
  await desk.waitForURL(/\/minutes$/);
  await assertGood(desk);
  const pdf = await desk.pdf({ preferCSSPageSize: true });
  const sheets = pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g).length;
  assert.equal(sheets, 1, 'one sheet');
  if (process.env.FAIRDRAW_SCREENSHOTS) writeFileSync(join(process.env.FAIRDRAW_SCREENSHOTS, 'minutes.pdf'), pdf);
  await stage.close();
});

test('everything works by buttons and a reload where scripts are off', async () => {
  const page = await browser.page({ javaScript: false, width: 320 });
  await signIn(page, '陳館員');
  await page.goto(`${site.url}/staff/draws/${draw}/run`);
  await assertGood(page);
  await page.goto(`${site.url}/en/staff/draws/${draw}/run`);
  await assertGood(page);
  await page.locator('button[value=black]').click();
  await page.goto(`${site.url}/stage/${draw}`);
  await page.locator('.show.black').waitFor();
  await page.locator('nav.controls button[value=black]').click();
  await page.waitForURL(/\/stage\//);
  await page.locator('.show:not(.black)').waitFor();
  await page.context().close();
});

test('an outside auditor finds people and the public page says what it proves', async () => {
  // Whoever signed in long ago would be asked to confirm first.
  const admin = await browser.page();
  await signIn(admin, '陳館員');
  await admin.goto(`${site.url}/admin/staff/new`);
  await admin.fill('#name', '林稽核');
  await admin.check('input[name=role][value=auditor]');
  await send(admin);
  const link = await admin.locator('#one-time-link').innerText();
  const auditor = await browser.page();
  await auditor.goto(link.trim());
  await auditor.fill('#passphrase', 'correct horse battery staple');
  await auditor.fill('#passphrase_again', 'correct horse battery staple');
  await send(auditor);
  await auditor.goto(`${site.url}/staff`);
  await auditor.waitForURL(/\/staff\/inspections$/);
  await assertGood(auditor);
  await auditor.locator('main .card a').first().click();
  await assertGood(auditor);
  await auditor.locator('input[name=size]').first().check();
  await auditor.locator('button[value=begin]').click();
  await auditor.locator('table').waitFor();
  await assertGood(auditor);
  const tickets = await auditor.locator('td a').allInnerTexts();
  assert.equal(tickets.length, PATRONS);
  for (const [place, ticket] of tickets.entries()) {
    await auditor.goto(`${site.url}/staff/draws/${draw}/audit/${ticket}`);
    if (place === 0) await assertGood(auditor);
    const patron = Number(ticket.split('-')[0]) + 1;
    await auditor.fill('#national_id', syntheticId(patron));
    await auditor.locator('button[value=match]').click();
    await auditor.waitForURL(/\/audit$/);
  }
  await auditor.check('#sure');
  await auditor.locator('button[value=sign]').click();
  await auditor.locator('.panel.success').waitFor();
  await assertGood(auditor);
  const anybody = await browser.page();
  await anybody.goto(`${site.url}/d/${draw}`);
  assert.match(await anybody.locator('main').innerText(), /每個號碼都查過：沒有真人的號碼正好 0 個/);
  await assertGood(anybody);
});
