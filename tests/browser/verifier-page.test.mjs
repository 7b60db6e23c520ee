// The verify pages in Chromium: a draw of the site, a file, no network, no secure context, no
// scripts; and the one-file verifier opened from the disk.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { ticketText } from '../../static/js/verify/ticket.mjs';
import { readZip } from '../../static/js/verify/zip.mjs';
import { bigBundle, zipOf } from './big-bundle.mjs';
import { LANGUAGES, WIDTHS, assertGood, assertNoFaults, openBrowser, startFairdraw } from './support.mjs';

let site;
let browser;
let library;
const folder = mkdtempSync(join(tmpdir(), 'fairdraw-verifier-'));
const big = bigBundle({ tickets: 20000 });
const file = (name, content) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

before(async () => {
  // The second name stands for a laptop in a hall: plain http, not this machine's own name.
  const env = { ROCKET_APP: '{edge={hosts=["hall.example"]}}' };
  site = await startFairdraw({ args: ['demo', '--entries', '60'], env });
  library = Object.fromEntries(
    site.printed.filter((line) => /^[a-z]+: /.test(line)).map((line) => line.split(/: (.*)/s).slice(0, 2)),
  );
  browser = await openBrowser({ switches: ['--host-resolver-rules=MAP hall.example 127.0.0.1'] });
});

after(async () => {
  await browser?.close();
  await site?.stop();
  rmSync(folder, { recursive: true, force: true });
});

// The conclusion's kind: success, danger or warning.
async function concluded(page) {
  const panel = page.locator('[data-conclusion].panel:visible');
  await panel.waitFor();
  const kind = await panel.evaluate((element) => element.className.replace('panel ', ''));
  const items = await page
    .locator('[data-check]:visible')
    .evaluateAll((all) => all.map((item) => [item.dataset.check, item.className]));
  return { kind, text: await panel.innerText(), items: Object.fromEntries(items) };
}

for (const language of LANGUAGES) {
  for (const width of WIDTHS) {
    test(`a draw is checked and shown well in ${language.lang} at ${width} px`, async () => {
      const page = await browser.page({ width, language });
      await page.goto(`${site.url}${language.prefix}${library.drawn}/verify`);
      await assertGood(page);
      await page.locator('[data-start]').click();
      const { kind, items, text } = await concluded(page);
      assert.equal(kind, 'success', text);
      assert.equal(Object.keys(items).length, 16);
      assert.equal(items.beacon, 'passed');
      assert.ok(Object.values(items).every((outcome) => outcome !== 'failed'));
      await page.locator('[data-details]').click();
      assert.equal(await page.locator('[data-reason]:visible').count(), 16);
      await assertGood(page);
      await page.context().close();
    });
  }
}

test('my number is looked up without asking the site', async () => {
  const page = await browser.page({ language: LANGUAGES[1] });
  await page.goto(`${site.url}/en/verify`);
  await page.setInputFiles('[data-file]', file('big.zip', big.zip));
  await concluded(page);
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  const look = async (index) => {
    await page.fill('[data-own=ticket]', ticketText(index));
    await page.locator('[data-look]').click();
    return page.locator('[data-looked]').innerText();
  };
  assert.match(await look(big.drawn[0]), /book|Reserve/);
  assert.match(await look(big.voids[0]), /takes no part/);
  assert.match(await look(50000), /not in the list/);
  await page.fill('[data-own=ticket]', '12-12');
  await page.locator('[data-look]').click();
  assert.match(await page.locator('[data-looked]').innerText(), /317-7/);
  await page.locator('details:has([data-own=receipt]) summary').click();
  await page.setInputFiles('[data-own=receipt]', file('mine.tlog-proof', big.receipt(big.drawn[1])));
  await page.fill('[data-own=id]', `card:${big.drawn[1]}`);
  await page.fill('[data-own=vkey]', big.vkey);
  await page.locator('[data-again]').click();
  await page.locator('[data-check=receipt].passed').waitFor();
  assert.equal((await concluded(page)).kind, 'success');
  await page.fill('[data-own=id]', 'card:x');
  await page.locator('[data-again]').click();
  await page.locator('[data-check=receipt].failed').waitFor();
  await page.fill('[data-own=vkey]', 'mistyped');
  await page.locator('[data-again]').click();
  await page.locator('[data-conclusion].warning').waitFor();
  assert.deepEqual(asked, []);
  await assertNoFaults(page);
  await page.context().close();
});

test('a file can be dropped, and a cancelled draw says so', async () => {
  const page = await browser.page({ language: LANGUAGES[1] });
  await page.goto(`${site.url}/en/verify`);
  const cancelled = readFileSync(new URL('vectors/cancelled.zip', import.meta.url));
  const transfer = await page.evaluateHandle((base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const carried = new DataTransfer();
    carried.items.add(new File([bytes], 'bundle.zip'));
    return carried;
  }, cancelled.toString('base64'));
  await page.dispatchEvent('[data-verifier]', 'drop', { dataTransfer: transfer });
  const { kind, text, items } = await concluded(page);
  assert.equal(kind, 'success', text);
  assert.match(text, /cancelled and has no result/);
  assert.match(text, /key came with the record file itself/);
  assert.equal(items.result, 'none');
  await page.fill('[data-own=ticket]', ticketText(1));
  await page.locator('[data-look]').click();
  assert.match(await page.locator('[data-looked]').innerText(), /with a result first/);
  await page.context().close();
});

test('a changed file does not match, and what cannot be read is no mismatch', async () => {
  const page = await browser.page({ language: LANGUAGES[1] });
  await page.goto(`${site.url}/en${library.drawn}/verify`);
  const files = new Map(readZip(big.zip));
  const rules = files.get('rules.txt').slice();
  rules[0] ^= 1;
  await page.setInputFiles('[data-file]', file('changed.zip', zipOf(files.set('rules.txt', rules))));
  const changed = await concluded(page);
  assert.equal(changed.kind, 'danger');
  assert.equal(changed.items.links, 'failed');
  assert.match(changed.text, /Does not match/);
  assert.match(await page.locator('[data-check=links] [data-reason]').innerText(), /expected .*, found /);
  await assertGood(page);

  await page.context().setOffline(true);
  await page.locator('[data-start]').click();
  await page.locator('[data-conclusion].warning').waitFor();
  assert.match((await concluded(page)).text, /does not mean that anything is wrong/i);
  // A file still works without a network.
  await page.setInputFiles('[data-file]', file('big.zip', big.zip));
  await page.locator('[data-conclusion]:not(.warning).panel').waitFor();
  await page.context().close();
});

test('a file that is no record and a receipt of something else say nothing against the draw', async () => {
  const page = await browser.page({ language: LANGUAGES[1] });
  await page.goto(`${site.url}/en/verify`);
  const cut = big.zip.subarray(0, big.zip.length - 100);
  for (const other of [file('letter.txt', Buffer.from('Dear library')), file('cut.zip', cut)]) {
    await page.setInputFiles('[data-file]', other);
    await page.locator('[data-conclusion].warning').waitFor();
    const { text, items } = await concluded(page);
    assert.match(text, /not a whole record file/);
    assert.ok(Object.values(items).every((outcome) => outcome === ''), 'nothing was checked');
    assert.doesNotMatch(await page.locator('ol.checks').innerText(), /Checking/);
    await page.setInputFiles('[data-file]', []);
  }
  await page.setInputFiles('[data-own=receipt]', file('photo.tlog-proof', Buffer.from('PNG')));
  await page.setInputFiles('[data-file]', file('big.zip', big.zip));
  await page.locator('[data-conclusion].success').waitFor();
  const { text, items } = await concluded(page);
  assert.match(text, /Your receipt does not fit this draw/);
  assert.equal(items.receipt, 'failed');
  await assertGood(page);
  await page.context().close();
});

// One check in a page that has checked nothing before: milliseconds, and the longest time in which
// the page could not answer.
async function timedCheck() {
  const page = await browser.page({ language: LANGUAGES[1] });
  await page.goto(`${site.url}/en/verify`);
  const timed = await page.evaluate(async (base64) => {
    const script = document.querySelector('script[type=module]').src;
    const { verify } = await import(script.replace('verify-page', 'verify/verify'));
    const zip = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    let [longest, last] = [0, performance.now()];
    const ticking = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    });
    const start = performance.now();
    const { result } = await verify(zip);
    clearInterval(ticking);
    return { took: performance.now() - start, longest, result };
  }, Buffer.from(big.zip).toString('base64'));
  await page.context().close();
  return timed;
}

test('twenty thousand entries are checked within two seconds, and the page stays alive', async (t) => {
  // Up to five times, because other work on this machine says nothing about the page.
  const runs = [];
  const isGood = ({ took, longest }) => took <= 2000 && longest <= 500;
  while (runs.length < 5 && !runs.some(isGood)) runs.push(await timedCheck());
  for (const { result } of runs) assert.match(result, /^result: passed/);
  const figures = runs.map(({ took, longest }) => `${Math.round(took)} (${Math.round(longest)})`);
  t.diagnostic(`20,000 entries in ms, and the longest pause: ${figures.join(', ')}`);
  assert.ok(runs.some(isGood), figures.join(', '));
});

test('it works over plain http on the network of a hall', async () => {
  const page = await browser.page();
  await page.goto(`${site.url.replace('127.0.0.1', 'hall.example')}${library.drawn}/verify`);
  assert.equal(await page.evaluate(() => globalThis.isSecureContext), false);
  await page.locator('[data-start]').click();
  assert.equal((await concluded(page)).kind, 'success');
  await page.context().close();
});

test('without scripts the page says how to check, and shows no dead control', async () => {
  const page = await browser.page({ javaScript: false });
  await page.goto(`${site.url}${library.drawn}/verify`);
  assert.equal(await page.locator('[data-verifier]').isVisible(), false);
  assert.equal(await page.locator('main button').count(), await page.locator('main button:not(:visible)').count());
  for (const link of ['bundle.zip', 'lucky-draw-verify.html', 'lucky_draw_verify.py']) {
    assert.ok(await page.locator(`main a[href$="${link}"]`).first().isVisible(), link);
  }
  await assertGood(page);
  await page.context().close();
});

test('the source page tells the true size and hash of every file', async () => {
  const page = await browser.page({ language: LANGUAGES[1] });
  await page.goto(`${site.url}/en/verify/source`);
  const rows = await page.locator('main dl a').evaluateAll((links) =>
    links.map((link) => [link.href, link.closest('div').innerText]),
  );
  assert.ok(rows.length >= 30, `${rows.length} files`);
  for (const [address, words] of rows) {
    const content = Buffer.from(await (await fetch(address)).arrayBuffer());
    assert.ok(words.includes(createHash('sha256').update(content).digest('hex')), address);
    const lines = content.toString().trimEnd().split('\n').length;
    assert.ok(words.includes(lines.toLocaleString('en')), `${address}: ${lines} lines`);
  }
  const python = rows.find(([address]) => address.endsWith('.py'));
  const repository = new URL('../../protocol/python/lucky_draw_verify.py', import.meta.url);
  assert.equal(await (await fetch(python[0])).text(), readFileSync(repository, 'utf8'));
  await page.context().close();
});

test('the one-file verifier works from the disk, in both languages, without any request', async () => {
  const answer = await fetch(`${site.url}/verify/lucky-draw-verify.html`);
  assert.match(answer.headers.get('content-disposition'), /^attachment/);
  const address = pathToFileURL(file('lucky-draw-verify.html', await answer.text())).href;
  for (const language of LANGUAGES) {
    for (const width of WIDTHS) {
      const page = await browser.page({ language, width });
      const asked = [];
      page.on('request', (request) => asked.push(request.url()));
      await page.goto(address);
      assert.equal(await page.getAttribute('html', 'lang'), language.lang);
      await page.locator('[data-file]:visible').setInputFiles(file('big.zip', big.zip));
      assert.equal((await concluded(page)).kind, 'success');
      assert.deepEqual(asked, [address]);
      await assertNoFaults(page);
      const other = LANGUAGES.find((each) => each !== language);
      await page.locator(`[data-language="${other.lang}"]`).click();
      assert.equal(await page.getAttribute('html', 'lang'), other.lang);
      assert.equal(await page.locator('[data-verifier]:visible').count(), 1);
      await page.context().close();
    }
  }
});
