// What the browser tests stand on: a running Fairdraw, a Chromium, and what must hold on every page.
//
// A test opens pages through `openBrowser()`, which notes script errors, refused or foreign requests
// and the weight of each page; `assertGood(page)` then checks all of it at once. Nothing here sleeps:
// the clock of the site is advanced (`fairdraw.advance`), and pages are awaited by what they show.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { accessSync, constants, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const projectFolder = resolve(import.meta.dirname, '../..');

/** Both languages: what their addresses begin with, and what `<html lang>` says. */
export const LANGUAGES = [
  { prefix: '', lang: 'zh-Hant-TW', locale: 'zh-TW' },
  { prefix: '/en', lang: 'en', locale: 'en-GB' },
];

/** A computer, and the narrowest telephone (WCAG 2.2, 1.4.10). */
export const WIDTHS = [1280, 320];

/** Page and stylesheet together, uncompressed. */
export const MOST_BYTES = 30 * 1024;

/** A port of 127.0.0.1 that was free a moment ago. */
export function freePort() {
  return new Promise((done, failed) => {
    const probe = createServer().once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

/**
 * Starts `fairdraw` (the binary in FAIRDRAW_BIN, built with the feature `test-clock`) on a free port
 * with an empty data folder, and waits until it answers.
 *
 * `clock` is the moment at which its time begins (RFC 3339), `args` a command such as `['demo']`,
 * `env` more environment. Returns `url`, `setupLink` (the one-time link it printed, or undefined),
 * `printed` (its lines so far), `data`, `advance(seconds)` and `stop()`.
 */
export async function startFairdraw({ clock, args = [], env = {} } = {}) {
  const binary = process.env.FAIRDRAW_BIN;
  assert.ok(binary, 'FAIRDRAW_BIN is not set; run the browser tests with: make browser');
  const port = await freePort();
  const data = mkdtempSync(join(tmpdir(), 'fairdraw-browser-'));
  const url = `http://127.0.0.1:${port}`;
  const printed = [];
  const child = spawn(binary, args, {
    cwd: projectFolder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      // Staff sign in with a passphrase alone, except where a test says otherwise.
      ROCKET_APP: '{staff_second_factor=false}',
      ROCKET_ADDRESS: '127.0.0.1',
      ROCKET_PORT: String(port),
      FAIRDRAW_DATA: data,
      ...(clock ? { FAIRDRAW_CLOCK: clock } : {}),
      ...env,
    },
  });
  const ended = new Promise((done) => child.once('exit', (code, signal) => done(code ?? signal)));
  child.once('error', (error) => printed.push(String(error)));
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => printed.push(line));
  }

  const stop = async () => {
    child.kill('SIGTERM');
    const code = await ended;
    for (const folder of [data, `${data}-keys`, `${data}-other`]) {
      rmSync(folder, { recursive: true, force: true });
    }
    return code;
  };
  let over;
  ended.then((code) => (over = code));
  while (!(await answers(url))) {
    if (over !== undefined || child.pid === undefined) {
      rmSync(data, { recursive: true, force: true });
      throw new Error(`fairdraw ended (${over}) before it answered:\n${printed.join('\n')}`);
    }
  }
  return {
    url,
    data,
    printed,
    stop,
    setupLink: printed.map((line) => line.trim()).find((line) => /^https?:\S+\/staff\/setup\/\S+$/.test(line)),
    /** Moves the site's clock on and lets what became due happen. */
    async advance(seconds) {
      const answer = await fetch(`${url}/test-clock/advance?seconds=${seconds}`, {
        method: 'POST',
        headers: { Origin: url },
      });
      assert.equal(answer.status, 200, `the clock was not advanced: ${await answer.text()}`);
    },
  };
}

/** Whether something answers there; waits a moment when not, since a refused connection is quick. */
async function answers(url) {
  try {
    await fetch(url, { redirect: 'manual' });
    return true;
  } catch {
    await new Promise((done) => setTimeout(done, 50));
    return false;
  }
}

function chromiumPath() {
  const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  const found = places.find((place) => {
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  assert.ok(found, 'no Chromium; run: make prerequisites');
  return found;
}

/**
 * A Chromium without a window. `page({ width, language, javaScript })` opens a page as a new
 * person: own cookies, nothing remembered; `width` defaults to 1280, JavaScript to on. `switches`:
 * more switches of Chromium.
 */
export async function openBrowser({ switches = [] } = {}) {
  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...switches,
    ],
  });
  return {
    close: () => browser.close(),
    async page({ width = 1280, language = LANGUAGES[0], javaScript = true } = {}) {
      const context = await browser.newContext({
        viewport: { width, height: 900 },
        locale: language.locale,
        timezoneId: 'Asia/Taipei',
        javaScriptEnabled: javaScript,
        acceptDownloads: true,
      });
      // Long, because a timeout on a busy machine would say nothing about the page.
      context.setDefaultTimeout(60_000);
      return watched(await context.newPage(), !javaScript);
    },
  };
}

/** Another page of the same person, with the same cookies: the projector beside the desk. */
export async function openBeside(page) {
  return watched(await page.context().newPage(), notes.get(page).scriptsOff);
}

const notes = new WeakMap();

/** Notes what goes wrong on a page while a person uses it, and what it weighs. */
function watched(page, scriptsOff) {
  const seen = { faults: [], bytes: new Map(), scriptsOff };
  notes.set(page, seen);
  page.on('pageerror', (error) => seen.faults.push(`script error: ${error.message}`));
  page.on('console', (message) => {
    // Chromium reports every answer of 400 and more as an error; a form with mistakes is one.
    const isAnswer = message.text().startsWith('Failed to load resource: the server responded');
    if (message.type() === 'error' && !isAnswer) seen.faults.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const to = new URL(request.url());
    const isOurs = !to.host || to.hostname === '127.0.0.1' || to.hostname === 'localhost';
    if (!isOurs) seen.faults.push(`request to ${to.host}`);
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) seen.bytes.clear();
  });
  page.on('response', (response) => {
    const kind = response.request().resourceType();
    const isRedirect = response.status() >= 300 && response.status() < 400;
    if (['document', 'stylesheet'].includes(kind) && !isRedirect) {
      seen.bytes.set(response.url(), response.body().then((body) => body.length, () => 0));
    }
  });
  return page;
}

/** Everything that must hold on every page. */
export async function assertGood(page) {
  await assertNoFaults(page);
  await assertAccessible(page);
  await assertFits(page);
  await assertLight(page);
  await photograph(page);
}

/** No script error, no refused or foreign request since the page was opened. */
export async function assertNoFaults(page) {
  assert.deepEqual(notes.get(page).faults, [], page.url());
}

/** axe finds nothing, with the target sizes of WCAG 2.2 switched on. */
export async function assertAccessible(page) {
  const examined = notes.get(page).scriptsOff ? await copyWithScripts(page) : page;
  await examined.evaluate(axeSource);
  const violations = await examined.evaluate(async () => {
    const report = await globalThis.axe.run(document, { rules: { 'target-size': { enabled: true } } });
    return report.violations.map(
      (violation) => `${violation.id}: ${violation.help} at ${violation.nodes.map((node) => node.target).join(' and ')}`,
    );
  });
  if (examined !== page) await examined.context().close();
  assert.deepEqual(violations, [], page.url());
}

/** The same page, as it stands, where scripts run: axe waits for timers, which else never fire. */
async function copyWithScripts(page) {
  const html = await page.content();
  const context = await page.context().browser().newContext({ viewport: page.viewportSize() });
  const copy = await context.newPage();
  await copy.route('**/*', (route) => {
    const request = route.request();
    if (request.isNavigationRequest()) return route.fulfill({ body: html, contentType: 'text/html; charset=utf-8' });
    return request.resourceType() === 'script' ? route.abort() : route.continue();
  });
  await copy.goto(page.url());
  return copy;
}

/** Nothing is wider than the window. */
export async function assertFits(page) {
  const { wide, window, culprit } = await page.evaluate(() => {
    const wide = document.documentElement.scrollWidth;
    const window = document.documentElement.clientWidth;
    const beyond = [...document.querySelectorAll('body *')].find(
      (element) => element.getBoundingClientRect().right > window + 1,
    );
    return { wide, window, culprit: beyond?.outerHTML.slice(0, 120) };
  });
  assert.ok(wide <= window, `${page.url()} is ${wide} px wide in a window of ${window} px: ${culprit}`);
}

/** The page with its stylesheet is at most 30 KB. */
export async function assertLight(page) {
  const parts = await Promise.all(
    [...notes.get(page).bytes].map(async ([url, length]) => [url, await length]),
  );
  const bytes = parts.reduce((sum, [, length]) => sum + length, 0);
  const list = parts.map(([url, length]) => `${length} ${url}`).join(', ');
  assert.ok(parts.length > 0, `${page.url()} was not weighed`);
  assert.ok(bytes <= MOST_BYTES, `${bytes} bytes are more than ${MOST_BYTES}: ${list}`);
}

/** Keeps a picture of the page when FAIRDRAW_SCREENSHOTS names a folder. */
async function photograph(page) {
  const folder = process.env.FAIRDRAW_SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  const { pathname } = new URL(page.url());
  const name = pathname.replaceAll('/', '_').replace(/^_$/, '_home');
  await page.screenshot({ path: join(folder, `${name}-${page.viewportSize().width}.png`), fullPage: true });
}

/** Opens one address in both languages and at both widths, and checks each page. */
export async function assertGoodEverywhere(browser, origin, path) {
  for (const language of LANGUAGES) {
    for (const width of WIDTHS) {
      const page = await browser.page({ width, language });
      await page.goto(`${origin}${language.prefix}${path === '/' && language.prefix ? '' : path}`);
      assert.equal(await page.locator('html').getAttribute('lang'), language.lang, page.url());
      await assertGood(page);
      await page.context().close();
    }
  }
}

/**
 * What a telephone with this secret (base32) shows when the site's clock is so many seconds ahead
 * (RFC 6238, apart from the server's own).
 */
export function codeOf(secret, ahead = 0) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret.replace(/\s/g, '')].map((one) => alphabet.indexOf(one).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor((Date.now() / 1000 + ahead) / 30)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const number = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

/** A synthetic ID number with a right check digit (weights 1, 9, 8 … 1, 1). */
export function syntheticId(n) {
  const digits = `1${String(n).padStart(7, '0')}`;
  const sum = [1, 0, ...digits].reduce((all, digit, at) => all + Number(digit) * [1, 9, 8, 7, 6, 5, 4, 3, 2, 1][at], 0);
  return `A${digits}${(10 - (sum % 10)) % 10}`;
}
