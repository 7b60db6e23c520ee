// Somebody guesses passphrases: the network is blocked and reads why, an incident is opened, the
// admin's letter comes from a real mail server, and the incident is worked on and closed. Under
// pressure a browser with scripts works a moment, and one without waits. Every page in both
// languages and widths.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LANGUAGES, WIDTHS, assertGood, openBrowser, startFairdraw, syntheticId } from './support.mjs';
import { startMail, textOf } from './mail.mjs';

const ADMIN = 'admin@lib.example.tw';
const PASSPHRASE = 'correct horse battery staple';

let site;
let browser;
let mail;

before(async () => {
  mail = await startMail();
  const app = [
    'staff_second_factor=false',
    `smtp_url="${mail.url}"`,
    'incident_report_hours=72',
    'edge={trusted_proxies=["127.0.0.1"]}',
    `watch={alarm_to=["${ADMIN}"],alarm_minutes=5}`,
  ];
  site = await startFairdraw({ env: { ROCKET_APP: `{${app.join(',')}}` } });
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  await site?.stop();
  await mail?.stop();
});

/** A person in a network elsewhere. */
async function from(address, options) {
  const page = await browser.page(options);
  await page.context().setExtraHTTPHeaders({ 'X-Forwarded-For': address });
  return page;
}

async function assertGoodInWidths(page) {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await assertGood(page);
  }
}

const send = (page, value) =>
  page.locator(value ? `main form button[value=${value}]` : 'main form button[type=submit]').last().click();

test('passphrases are guessed, the network is blocked, the admin is told and closes the incident', async () => {
  const admin = await from('198.51.100.7');
  await admin.goto(site.setupLink);
  await admin.fill('#name', '林主任');
  await admin.fill('#passphrase', PASSPHRASE);
  await admin.fill('#passphrase_again', PASSPHRASE);
  await send(admin);
  await admin.waitForURL(/\/admin$/);

  const guesser = await from('203.0.113.7');
  for (let number = 0; number < 20; number += 1) {
    await guesser.goto(`${site.url}/staff/sign-in`);
    await guesser.fill('#name', number < 5 ? '林主任' : `館員${number}`);
    await guesser.fill('#passphrase', 'let me in, please');
    await Promise.all([guesser.waitForNavigation(), send(guesser)]);
  }
  await site.advance(2);
  for (const language of LANGUAGES) {
    const blocked = await from('203.0.113.90', { language });
    await blocked.goto(`${site.url}${language.prefix}/entry`);
    await blocked.fill('#code', '7KQ2');
    await send(blocked);
    await blocked.getByRole('heading', { level: 1, name: /暫時不能送出表單|cannot send forms/ }).waitFor();
    assert.equal(await blocked.locator('input[name=code]').inputValue(), '7KQ2', 'nothing typed is lost');
    await assertGoodInWidths(blocked);
    await blocked.context().close();
  }

  // The lock-out was told at once; what came after it keeps its distance.
  await site.advance(300);
  await mail.nextTo(ADMIN, 1, () => site.advance(1));
  assert.equal(mail.to(ADMIN).length, 2);
  const letter = mail.to(ADMIN).map(textOf).join('\n');
  assert.match(letter, /一直猜同仁的密碼/);
  assert.match(letter, /林主任/);
  assert.match(letter, /\/admin\/security/);
  assert.doesNotMatch(letter, /203\.0\.113/);

  for (const language of LANGUAGES) {
    for (const path of ['/admin/security', '/admin/incidents']) {
      await admin.goto(`${site.url}${language.prefix}${path}`);
      await assertGoodInWidths(admin);
    }
  }
  await admin.goto(`${site.url}/admin/incidents`);
  await admin.locator('tbody a').first().click();
  await admin.waitForURL(/\/admin\/incidents\/\w+$/);
  await admin.locator('details summary', { hasText: '加一筆經過' }).click();
  await admin.fill('#note', '密碼已更換');
  await send(admin, 'note');
  await admin.getByText('密碼已更換').waitFor();
  assert.match(await admin.locator('main').innerText(), /還剩 7[12] 小時/);
  for (const language of LANGUAGES) {
    await admin.goto(admin.url().replace(/\/(en\/)?admin/, `${language.prefix}/admin`).replace(/\?.*/, ''));
    await assertGoodInWidths(admin);
  }
  await admin.goto(admin.url().replace('/en/', '/'));
  await admin.fill('#dismiss', '沒有人登入成功，沒有外洩');
  await send(admin, 'dismiss');
  await admin.getByText('決定不必通知').first().waitFor();
  assert.match(await admin.locator('main').innerText(), /已結案/);

  await admin.goto(`${site.url}/admin/security`);
  await admin.locator('input[name^=reason-]').first().fill('已查明');
  await admin.locator('form[action$="/lift"] button').first().click();
  await admin.waitForURL(/\/admin\/security\?done$/);
  await assertGoodInWidths(admin);
});

test('under pressure a browser works a moment, and a person without scripts waits', async () => {
  const demo = await startFairdraw({
    args: ['demo', '--entries', '50'],
    env: { ROCKET_APP: '{edge={trusted_proxies=["127.0.0.1"]},watch={robots=2}}' },
  });
  try {
    const shared = demo.printed.find((line) => line.startsWith('shared: ')).slice('shared: '.length);
    const fill = async (page, language, n) => {
      await page.goto(`${demo.url}${language.prefix}${shared}/enter`);
      await page.fill('#name', '林小美');
      await page.fill('#national_id', syntheticId(930_000 + n));
      await page.fill('#phone', '0912345678');
      await page.fill('#email', 'mei@mailbox.example');
      await page.check('#consent');
      for (const box of await page.locator('main fieldset').all()) {
        const choice = box.locator('input[type=radio]').first();
        if (await choice.count()) await choice.check();
      }
      await page.locator('main form button[type=submit]').last().click();
      await page.locator('button[name=change]').first().waitFor();
    };
    const press = (page) => page.locator('main form button[type=submit]:not([name])').click();

    const robot = await from('203.0.115.7');
    for (let n = 0; n < 3; n += 1) {
      await robot.goto(`${demo.url}${shared}/enter`);
      await robot.locator('#website').evaluate((field) => (field.value = 'https://spam.example'));
      await Promise.all([
        robot.waitForNavigation(),
        robot.locator('main form button[type=submit]').last().click(),
      ]);
    }
    await demo.advance(2);
    for (const [at, language] of LANGUAGES.entries()) {
      const worker = await from('203.0.115.8', { language });
      await fill(worker, language, at);
      assert.equal(await worker.locator('input[data-work]').count(), 1);
      await assertGoodInWidths(worker);
      await press(worker);
      await worker.waitForURL(/\/receipt$/);
      await worker.context().close();

      const patient = await from('203.0.115.9', { language, javaScript: false });
      await fill(patient, language, 10 + at);
      await assertGoodInWidths(patient);
      await press(patient);
      await patient.locator('[role=alert]').waitFor();
      assert.match(await patient.locator('[role=alert]').innerText(), /請等 \d+ 秒|wait \d+ seconds/);
      await assertGoodInWidths(patient);
      await demo.advance(21);
      await press(patient);
      await patient.waitForURL(/\/receipt$/);
      await patient.context().close();
    }
    // Elsewhere nobody notices anything.
    const other = await from('198.51.100.8');
    await fill(other, LANGUAGES[0], 20);
    assert.equal(await other.locator('input[data-work]').count(), 0);
  } finally {
    await demo.stop();
  }
});
