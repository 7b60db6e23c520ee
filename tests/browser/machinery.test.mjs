// The tools of the other tests, tried on small pages that are good or bad on purpose.

import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  assertAccessible,
  assertFits,
  assertGood,
  assertGoodEverywhere,
  assertLight,
  assertNoFaults,
  openBrowser,
  startFairdraw,
} from './support.mjs';

const GOOD = '<h1>抽獎</h1><p>每次抽獎都可以自己驗證。</p>';
const BODIES = {
  '/good': GOOD,
  '/no-name': `${GOOD}<button></button>`,
  '/small-targets': `${GOOD}<p><a href="/a" style="display:inline-block;width:9px">a</a><a href="/b" style="display:inline-block;width:9px">b</a></p>`,
  '/wide': `${GOOD}<p style="width:900px">寬</p>`,
  '/heavy': `${GOOD}<!--${'x'.repeat(31_000)}-->`,
  '/broken': `${GOOD}<script>nothing.there()</script>`,
  '/foreign': `${GOOD}<img alt="" src="http://foreign.invalid/a.png">`,
};

const site = createServer((request, response) => {
  const path = request.url.replace(/^\/en/, '') || '/';
  const lang = request.url.startsWith('/en') ? 'en' : 'zh-Hant-TW';
  if (path === '/site.css') {
    response.setHeader('Content-Type', 'text/css').end('body { font-family: sans-serif; }');
    return;
  }
  response.statusCode = path === '/mistakes' ? 422 : 200;
  // As strict as the real site about scripts, except that inline ones show an error.
  response.setHeader('Content-Security-Policy', "default-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'unsafe-inline'; img-src *");
  response.setHeader('Content-Type', 'text/html; charset=utf-8').end(
    `<!doctype html><html lang="${lang}"><head><title>頁</title><link rel="icon" href="/icon.png"><link rel="stylesheet" href="/site.css">` +
      `<meta name="viewport" content="width=device-width"></head><body><main>${BODIES[path] ?? GOOD}</main></body></html>`,
  );
});

let browser;
let origin;
before(async () => {
  browser = await openBrowser();
  await new Promise((done) => site.listen(0, '127.0.0.1', done));
  origin = `http://127.0.0.1:${site.address().port}`;
});
after(async () => {
  await browser?.close();
  site.close();
});

let last;

/** Opens a path for a new person; the one before goes away, since a window costs memory. */
async function open(path, options) {
  await last?.context().close();
  last = await browser.page(options);
  await last.goto(origin + path);
  return last;
}

test('a good page passes in both languages and widths', async () => {
  await assertGoodEverywhere(browser, origin, '/good');
});

test('a good page passes with JavaScript off', async () => {
  const page = await open('/good', { javaScript: false });
  await assertGood(page);
  await assertFails(assertAccessible(await open('/no-name', { javaScript: false })), /button-name/);
  const broken = await open('/broken', { javaScript: false });
  await assertAccessible(broken);
  await assertNoFaults(broken);
});

test('a page with mistakes in a form is no fault', async () => {
  await assertGood(await open('/mistakes'));
});

test('each check finds what it is for', async () => {
  await assertFails(assertAccessible(await open('/no-name')), /button-name/);
  await assertFails(assertAccessible(await open('/small-targets')), /target-size/);
  await assertFails(assertFits(await open('/wide', { width: 320 })), /900px/);
  await assertFits(await open('/wide'));
  await assertFails(assertLight(await open('/heavy')), /more than 30720/);
  await assertFails(assertNoFaults(await open('/broken')), /script error/);
  await assertFails(assertNoFaults(await open('/foreign')), /foreign\.invalid/);
});

test('a person is somebody new on each page that is opened', async () => {
  const first = await browser.page();
  await first.context().addCookies([{ name: 'who', value: 'mei', url: origin }]);
  const second = await open('/good');
  assert.deepEqual(await second.context().cookies(), []);
  await first.context().close();
});

test('a program that ends early is told with its own words', async () => {
  await withProgram('echo "no such folder" >&2; exit 3', async () => {
    await assertFails(startFairdraw(), /ended \(3\)[\s\S]*no such folder/);
  });
});

test('the setup link is found, and the program is stopped and cleaned up', async () => {
  const serve = "require('http').createServer((q, r) => r.end('hello')).listen(process.env.ROCKET_PORT, '127.0.0.1')";
  const script = `echo "  http://127.0.0.1:$ROCKET_PORT/staff/setup/abc"; echo "clock $FAIRDRAW_CLOCK"; exec "${process.execPath}" -e "${serve}"`;
  await withProgram(script, async () => {
    const fairdraw = await startFairdraw({ clock: '2026-03-01T09:00:00Z' });
    assert.equal(fairdraw.setupLink, `${fairdraw.url}/staff/setup/abc`);
    assert.ok(fairdraw.printed.includes('clock 2026-03-01T09:00:00Z'));
    await fairdraw.advance(60);
    assert.equal(await fairdraw.stop(), 'SIGTERM');
    await assert.rejects(fetch(fairdraw.url));
  });
});

/** Runs `use` while FAIRDRAW_BIN names a small shell program. */
async function withProgram(script, use) {
  const folder = mkdtempSync(join(tmpdir(), 'fairdraw-machinery-'));
  const program = join(folder, 'fairdraw');
  writeFileSync(program, `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o755);
  const real = process.env.FAIRDRAW_BIN;
  process.env.FAIRDRAW_BIN = program;
  try {
    await use();
  } finally {
    if (real === undefined) delete process.env.FAIRDRAW_BIN;
    else process.env.FAIRDRAW_BIN = real;
    rmSync(folder, { recursive: true });
  }
}

async function assertFails(promise, words) {
  await assert.rejects(promise, (error) => {
    assert.match(`${error.message}\n${JSON.stringify(error.actual ?? '')}`, words);
    return true;
  });
}
