// An account from its first mail to its last button, in a real browser with real mails; every page in
// both languages and widths.

import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { LANGUAGES, WIDTHS, assertGood, assertGoodEverywhere, freePort, openBrowser, startFairdraw } from './support.mjs';

const PASSPHRASE = 'borrowed umbrella in the reading room';

let site;
let browser;
let sink;

// A mail server that keeps everything: as much of SMTP (RFC 5321) as a client without TLS asks for.
async function startSink() {
  const mails = [];
  const waiting = [];
  const server = createServer((socket) => {
    let buffer = '';
    let body;
    let to = '';
    const say = (line) => socket.write(`${line}\r\n`);
    say('220 sink ready');
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => {
      buffer += bytes.toString('latin1');
      for (let end = buffer.indexOf('\r\n'); end >= 0; end = buffer.indexOf('\r\n')) {
        const line = buffer.slice(0, end);
        buffer = buffer.slice(end + 2);
        if (body !== undefined) {
          if (line !== '.') {
            body.push(line.replace(/^\.\./, '.'));
            continue;
          }
          mails.push({ to, source: body.join('\r\n') });
          body = undefined;
          say('250 kept');
          for (const go of waiting.splice(0)) go();
        } else if (/^EHLO/i.test(line)) say('250-sink\r\n250 8BITMIME');
        else if (/^DATA/i.test(line)) {
          body = [];
          say('354 end with a lone dot');
        } else if (/^QUIT/i.test(line)) {
          say('221 goodbye');
          socket.end();
        } else {
          to = /^RCPT TO:<([^>]*)>/i.exec(line)?.[1] ?? to;
          say('250 noted');
        }
      }
    });
  });
  const port = await freePort();
  await new Promise((done) => server.listen(port, '127.0.0.1', done));
  const next = () => new Promise((done) => waiting.push(done));
  return { mails, next, url: `smtp://127.0.0.1:${port}`, stop: () => new Promise((done) => server.close(done)) };
}

// The text part of a mail, decoded.
function textOf(source) {
  const part = source.slice(source.search(/Content-Type: text\/plain/i));
  const split = part.indexOf('\r\n\r\n');
  const boundary = /boundary="?([^"\r\n;]+)/i.exec(source)?.[1];
  const whole = part.slice(split + 4);
  const content = boundary ? whole.slice(0, whole.indexOf(`--${boundary}`)) : whole;
  if (/base64/i.test(part.slice(0, split))) return Buffer.from(content, 'base64').toString('utf8');
  if (/quoted-printable/i.test(part.slice(0, split))) {
    const bytes = content.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
    return Buffer.from(bytes, 'latin1').toString('utf8');
  }
  return Buffer.from(content, 'latin1').toString('utf8');
}

// The link in the next letter to an address; jobs of the site send it by themselves.
async function linkTo(email) {
  const read = opened.get(email) ?? 0;
  const mine = () => sink.mails.filter((mail) => mail.to === email);
  while (mine().length <= read) await sink.next();
  opened.set(email, read + 1);
  const link = /https?:\/\/\S+\/members\/\S+/.exec(textOf(mine()[read].source))?.[0];
  return new URL(link).pathname;
}

const opened = new Map();

before(async () => {
  sink = await startSink();
  site = await startFairdraw({
    env: { ROCKET_APP: `{staff_second_factor=false, smtp_url="${sink.url}", mail_from="draw@lib.example.tw"}` },
  });
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  await site?.stop();
  await sink?.stop();
});

// The same page as it stands, in the other widths; a form that was sent has no address to open.
async function assertGoodInWidths(page) {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await assertGood(page);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

const send = (page, action) => page.locator(`main form[action*="${action}"] button[type=submit]`).first().click();

async function signIn(page, email, passphrase) {
  await page.fill('#proof_email', email);
  await page.fill('#proof_passphrase', passphrase);
  await send(page, '/members/sign-in');
}

test('the ways in are good pages', async () => {
  for (const path of ['/members/sign-in', '/members/register', '/members/forgotten', '/members/sent', '/members/confirm/x']) {
    await assertGoodEverywhere(browser, site.url, path);
  }
});

for (const language of LANGUAGES) {
  test(`an account from its first mail to its last button (${language.lang})`, async () => {
    const email = `mei-${language.lang.toLowerCase()}@example.org`;
    const page = await browser.page({ language });
    await page.goto(`${site.url}${language.prefix}/`);
    // Quiet, in the footer; it leads to the sign-in, and from there to the form.
    await page.locator(`footer a[href="${language.prefix}/members/me"]`).click();
    await page.locator(`main a[href="${language.prefix}/members/register"]`).click();
    await page.fill('#email', 'not an address');
    await send(page, '/members/register');
    assert.equal(await page.locator('.error-summary').count(), 1);
    await assertGoodInWidths(page);
    await page.fill('#email', email);
    await send(page, '/members/register');
    await page.waitForURL(/\/members\/sent$/);

    await page.goto(`${site.url}${await linkTo(email)}`);
    await assertGoodInWidths(page);
    await page.fill('#passphrase', 'too short');
    await page.fill('#passphrase_again', 'too short');
    await send(page, '/members/confirm/');
    assert.equal(await page.locator('.error-summary li').count(), 2);
    await assertGoodInWidths(page);
    await page.fill('#passphrase', PASSPHRASE);
    await page.fill('#passphrase_again', PASSPHRASE);
    await page.check('#agree');
    await send(page, '/members/confirm/');
    await page.waitForURL(/\/members\/me\?did=begun$/);
    assert.match(await page.locator('main').innerText(), /m\*\*\*@example\.org/);
    await assertGoodInWidths(page);

    // The cookie is of this host alone and closed to scripts.
    const [cookie] = await page.context().cookies();
    assert.deepEqual([cookie.name, cookie.httpOnly, cookie.sameSite, cookie.expires], ['m', true, 'Strict', -1]);

    await send(page, '/members/sign-out');
    await page.waitForURL(/\/members\/sign-in\?why=out$/);
    assert.deepEqual(await page.context().cookies(), []);
    await signIn(page, email, 'not the passphrase');
    assert.equal(await page.locator('.error-summary').count(), 1);
    await assertGoodInWidths(page);

    await page.locator(`main a[href="${language.prefix}/members/forgotten"]`).click();
    await page.fill('#email', email);
    await send(page, '/members/forgotten');
    await page.waitForURL(/\/members\/sent$/);
    await page.goto(`${site.url}${await linkTo(email)}`);
    await assertGoodInWidths(page);
    await page.fill('#passphrase', `${PASSPHRASE} two`);
    await page.fill('#passphrase_again', `${PASSPHRASE} two`);
    await send(page, '/members/confirm/');
    await assertGoodInWidths(page);
    await page.locator(`main a[href="${language.prefix}/members/sign-in"]`).click();
    await signIn(page, email, `${PASSPHRASE} two`);
    await page.waitForURL(/\/members\/me$/);

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator(`main a[href="${language.prefix}/members/me/data"]`).click(),
    ]);
    assert.equal(download.suggestedFilename(), 'account.json');

    await page.fill('#delete_present', `${PASSPHRASE} two`);
    await send(page, '/members/me/delete');
    await page.locator('main h1').waitFor();
    await assertGoodInWidths(page);
    assert.deepEqual(await page.context().cookies(), []);
    await page.context().close();
  });
}
