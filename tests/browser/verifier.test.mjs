// The verifier of the browser under Node: golden vectors of the protocol, whole bundles, and bundles
// with something wrong. Needs no network and no browser.

import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

import { toHex, Refused, concat, fromHex, u32be, utf8 } from '../../static/js/verify/bytes.mjs';
import { Stream } from '../../static/js/verify/chacha20.mjs';
import {
  drawingOf,
  numbersValue,
  resultLines,
  seedOf,
  settleLines,
} from '../../static/js/verify/drawing.mjs';
import { encoded, taggedHash } from '../../static/js/verify/encoding.mjs';
import { Frontier, bitsSet, checkInclusion, leafHash } from '../../static/js/verify/merkle.mjs';
import { checkOnlyLine, parseNote, parseSiteKey } from '../../static/js/verify/note.mjs';
import { orderOf, uniform } from '../../static/js/verify/order.mjs';
import { parseLeaf, parseRecord } from '../../static/js/verify/records.mjs';
import { CHECK_NAMES } from '../../static/js/verify/report.mjs';
import {
  bindOf,
  nonceOf,
  parseSecret,
  parseTicket,
  subjectOf,
  ticketText,
} from '../../static/js/verify/ticket.mjs';
import { verify } from '../../static/js/verify/verify.mjs';
import { readZip } from '../../static/js/verify/zip.mjs';
import { bigBundle, zipOf } from './big-bundle.mjs';

const local = (path) => new URL(path, import.meta.url);
const vectors = JSON.parse(readFileSync(local('../../protocol/tests/vectors/draw-vectors.json')));
const bundle = (name) => new Uint8Array(readFileSync(local(`vectors/${name}.zip`)));
const refused = (work) => assert.throws(work, Refused);
const take = (iterator, count) => Array.from({ length: count }, () => iterator.next().value);

test('encodings and tagged hashes are those of the vectors', () => {
  for (const { label, parts, bytes } of vectors.enc) {
    assert.equal(toHex(encoded(label, ...parts.map(fromHex))), bytes);
  }
  for (const { label, parts, hash } of vectors.th) {
    assert.equal(taggedHash(label, ...parts.map(fromHex)), hash);
  }
});

test('stream, integers and order are those of the vectors', () => {
  const seed = fromHex(vectors.stream.seed);
  const values = (stream, count) => Array.from({ length: count }, () => String(stream.next()));
  assert.deepEqual(values(new Stream(seed), 20), vectors.stream.u64);
  assert.deepEqual(values(new Stream(new Uint8Array(32)), 20), vectors.stream.zero_seed_u64);
  for (const { m, out } of vectors.stream.uniform_fresh_stream_each) {
    if (BigInt(m) > 2n ** 53n) continue;
    const stream = new Stream(seed);
    assert.deepEqual(out.map(() => String(uniform(stream, Number(m)))), out, m);
  }
  for (const { n, order, full_order_sha256: hash } of vectors.order.cases) {
    const found = take(orderOf(fromHex(vectors.order.seed), n), order?.length ?? n);
    if (order) assert.deepEqual(found, order);
    else assert.equal(toHex(sha256Node(concat(...found.map(u32be)))), hash);
  }
});

function sha256Node(bytes) {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}

test('site notes are read by their form alone', () => {
  for (const { text, hash } of vectors.site.taken) {
    const { kind, hash: found } = parseLeaf(text);
    assert.deepEqual([kind, found], ['site', hash]);
  }
  for (const text of vectors.site.refused) refused(() => parseLeaf(text));
});

test('trees and inclusion proofs are those of the vectors, and changed proofs are refused', () => {
  const leaf = (index) => leafHash(sha256Node(u32be(index)));
  for (const { n, root } of vectors.merkle.roots) {
    const frontier = new Frontier();
    for (let index = 0; index < n; index++) frontier.push(leaf(index));
    assert.equal(toHex(frontier.root()), root);
    assert.equal(frontier.roots.length, n === 0 ? 0 : bitsSet(n));
  }
  const rootOf = (n) => fromHex(vectors.merkle.roots.find((tree) => tree.n === n).root);
  for (const { n, i, leaf_hash: hash, proof } of vectors.merkle.inclusion) {
    const [path, root] = [proof.map(fromHex), rootOf(n)];
    const check = (index, size, hashes) =>
      checkInclusion(fromHex(hash), BigInt(index), BigInt(size), hashes, root);
    check(i, n, path);
    refused(() => check(i, n, [...path, root]));
    refused(() => check(i, i, path));
    if (path.length > 0) {
      refused(() => check(i, n, path.slice(1)));
      refused(() => check(i, n, path.slice(0, -1)));
      refused(() => check(i ^ 1, n, path));
    }
  }
});

test('the example draw gives its result and settlements byte for byte', () => {
  const { example } = vectors;
  const manifest = parseRecord('manifest', example.manifest_text);
  const close = parseRecord('close', example.close_text);
  assert.equal(manifest.hash, example.manifest_hash);
  assert.equal(close.hash, example.close_hash);
  assert.equal(numbersValue('8.9.10.12.31.45.'), example.values_hex[1]);
  assert.equal(seedOf(manifest, close, example.values_hex), example.seed);
  assert.deepEqual([...orderOf(fromHex(example.seed), 24)], example.order_full);

  const tickets = new Map(
    example.entries.map(({ i, tag, bind, ticket }) => [i, { tag, bind, ticketNo: ticket }]),
  );
  const drawing = drawingOf(manifest, close, [], tickets);
  const text = [...resultLines(drawing, example.values_hex)].join('\n') + '\n';
  assert.equal(text, example.result_text);
  const result = parseRecord('result', text);
  assert.equal(result.hash, example.result_hash);
  const settles = [];
  for (const expected of example.settlements) {
    const settle = parseRecord('settle', expected.text);
    const found = [...settleLines(drawing, result, settles, settle)].join('\n') + '\n';
    assert.equal(found, expected.text);
    assert.equal(settle.hash, expected.hash);
    settles.push(settle);
  }
  for (const { i, subject, nonce, bind, tag } of example.entries) {
    assert.equal(bindOf(nonce, subject), bind, `ticket ${i}`);
    const message = Buffer.from(encoded('lucky-draw/v1/tag', utf8(subject)));
    const key = Buffer.from(example.k_act, 'hex');
    assert.equal(createHmac('sha256', key).update(message).digest('hex'), tag);
  }
});

test('notes of C2SP and of the example are read, and anything else is refused', () => {
  const { c2sp_note: note, c2sp_vkey: vkey } = vectors.note;
  const key = parseSiteKey(vkey);
  checkOnlyLine(parseNote(note), key);
  refused(() => checkOnlyLine(parseNote(note.replace('example', 'Example')), key));
  const { signed_manifest: signed, vkey: site } = vectors.note;
  checkOnlyLine(parseNote(signed), parseSiteKey(site));
  for (const changed of [
    note.slice(0, -1),
    note.replace('\n\n', '\n'),
    note.replace('— ', '- '),
    note.replace('— ', '—  '),
    note.replace('aQM=', 'aQM'),
    note.replace('aQM=', 'aQN='),
    `${note}\n`,
  ]) {
    refused(() => checkOnlyLine(parseNote(changed), key));
  }
  for (const changed of [
    vkey.replace('530d903a', '530D903A'),
    vkey.replace('530d903a', '530d903b'),
    vkey.replace('+Aeky', '+BOky'),
    `${vkey}=`,
    '',
  ]) {
    refused(() => parseSiteKey(changed));
  }
});

test('records are read by their grammar only', () => {
  const { manifest_text: manifest, close_text: close } = vectors.example;
  const changes = [
    (text) => text.slice(0, -1),
    (text) => `${text}\n`,
    (text) => text.replace('\n', '\r\n'),
    (text) => text.replace(' ', '  '),
    (text) => text.replace('\n', ' \n'),
    (text) => text.replace(/(\d)\n/, '$1 0\n'),
    (text) => text.replace(/ (\d+)\n/, ' 0$1\n'),
    (text) => text.replace(/ (\d+)\n/, ' +$1\n'),
    (text) => text.replace(/ (\d+)\n/, ' 9007199254740992\n'),
    (text) => text.replace(/[0-9a-f]{64}/, (hash) => hash.toUpperCase().replace(/^./, 'A')),
    (text) => text.split('\n').toSpliced(2, 1).join('\n'),
    (text) => text.split('\n').toSpliced(2, 0, text.split('\n')[1]).join('\n'),
    (text) => text.replace('v1', 'v2'),
    (text) => text.replace('lucky', 'lücky'),
    () => '',
    () => '\n',
  ];
  for (const [kind, text] of [
    ['manifest', manifest],
    ['close', close],
    ['result', vectors.example.result_text],
    ['settle', vectors.example.settlements[0].text],
  ]) {
    assert.equal(parseRecord(kind, text).text, text);
    for (const [number, change] of changes.entries()) {
      assert.notEqual(change(text), text, `${kind} ${number}`);
      refused(() => parseRecord(kind, change(text)));
    }
  }
});

test('ticket numbers and receipt codes are read as people type them', () => {
  assert.equal(ticketText(572), '572-4', "Damm's own example");
  for (const index of [0, 7, 317, 4294967294]) assert.equal(parseTicket(ticketText(index)), index);
  assert.equal(parseTicket(' ５７２ － ４ '), 572);
  for (const typed of ['572', '572-5', '752-4', '0572-4', '', '-4', '572-44']) {
    assert.equal(parseTicket(typed), null, typed);
  }
  for (const { secret, check, base, nonce } of vectors.receipt_secret) {
    const grouped = secret.replace(/(.{4})/g, '$1-') + check;
    for (const typed of [secret, grouped, grouped.toLowerCase(), ` ${grouped} `]) {
      assert.equal(parseSecret(typed), secret);
    }
    nonce.forEach((expected, ticketNo) => {
      assert.equal(nonceOf(secret, { hash: base }, ticketNo), expected);
    });
  }
  refused(() => parseSecret('7GQ4-X2MN-8R3T-K9WP-ABCD-8'));
  refused(() => parseSecret('7GQ4-X2MN'));
  assert.equal(subjectOf(' ａ123456789 '), 'twid:A123456789');
  assert.equal(subjectOf('card:x'), 'card:x');
});

const outcomes = ({ checks }) => Object.fromEntries(checks.map((check) => [check.name, check.outcome]));
const bundles = readdirSync(local('vectors/'))
  .filter((name) => name.endsWith('.zip'))
  .map((name) => name.slice(0, -4));

test('honest bundles pass, with sixteen checks in their order', async () => {
  assert.deepEqual(bundles, ['cancelled', 'drawn', 'excluding']);
  for (const name of bundles) {
    const seen = [];
    const report = await verify(bundle(name), { onCheck: (check) => seen.push(check.name) });
    assert.equal(report.exitCode, 0, report.result);
    assert.deepEqual(report.checks.map((check) => check.name), CHECK_NAMES);
    assert.deepEqual(seen, CHECK_NAMES);
    assert.ok(report.checks.every(({ reason }) => reason.length > 0 && !reason.includes('\n')));
    assert.ok(report.checks.every(({ reason }) => !reason.includes('this verifier stopped')));
    assert.deepEqual(zipOf(readZip(bundle(name))), bundle(name));
  }
  const drawn = await verify(bundle('drawn'));
  assert.equal(
    drawn.result,
    'result: passed; numbers not compared with the lottery; site key not pinned',
  );
  assert.match(drawn.computed.result, /^[0-9a-f]{64}$/);
  const cancelled = await verify(bundle('cancelled'));
  assert.match(cancelled.result, /the draw was cancelled \([A-Z]+\); time not proven/);
  assert.equal(cancelled.computed, null);
});

test('the site key of a poster is compared with the bundle', async () => {
  const files = readZip(bundle('drawn'));
  const own = new TextDecoder().decode(files.get('site.vkey')).trim();
  const pinned = await verify(bundle('drawn'), { siteKey: own });
  assert.ok(!pinned.result.includes('not pinned'));
  const other = await verify(bundle('drawn'), { siteKey: vectors.note.vkey });
  assert.equal(outcomes(other).signatures, 'failed');
});

test('without proof of time or of numbers the caller decides', async () => {
  assert.equal((await verify(bundle('drawn'), { requireTime: true })).exitCode, 2);
  assert.equal((await verify(bundle('cancelled'), { requireTime: true })).exitCode, 2);
});

test('whatever bytes are given, there is a report and nothing passes', async () => {
  const whole = bundle('cancelled');
  const hostile = [
    new Uint8Array(0),
    utf8('PK'),
    utf8('PK\x03\x04'),
    utf8('<!doctype html>'),
    new Uint8Array(100000),
    whole.subarray(0, whole.length - 1),
    concat(whole, utf8('\n')),
    concat(whole, whole),
    zipOf(new Map()),
    zipOf(new Map([['site.vkey', utf8('x\n')]])),
    zipOf(new Map([['cancel.note', utf8('\n\n\n')]])),
    zipOf(new Map(readZip(whole)).set('more.txt', utf8('more'))),
  ];
  for (const bytes of hostile) {
    const { checks, exitCode, result } = await verify(bytes);
    assert.equal(exitCode, 1);
    assert.match(result, /^result: failed \(format\)/);
    assert.equal(checks.length, 16);
    assert.ok(checks.every(({ outcome }) => outcome !== 'passed'));
    assert.equal(checks.at(-1).outcome, 'not applicable');
  }
});

test('a flipped bit anywhere in a bundle fails, and never stops the verifier', async () => {
  for (const name of bundles) {
    const whole = bundle(name);
    const step = Math.ceil(whole.length / 25);
    for (let place = step >> 1; place < whole.length; place += step) {
      const changed = whole.slice();
      changed[place] ^= 1 << place % 8;
      const { exitCode, checks } = await verify(changed);
      assert.equal(exitCode, 1, `${name} byte ${place}`);
      assert.ok(checks.every(({ reason }) => !reason.includes('this verifier stopped')));
    }
  }
});

test('a changed byte in any file is found by a check, behind the zip', async () => {
  for (const name of bundles) {
    for (const [file, content] of readZip(bundle(name))) {
      // Of a draw without winners `proofs.txt` is empty.
      if (content.length === 0) continue;
      for (const place of [0, content.length >> 1, content.length - 2]) {
        const changed = content.slice();
        changed[place] ^= 1;
        const files = new Map(readZip(bundle(name))).set(file, changed);
        const { exitCode, checks } = await verify(zipOf(files));
        assert.equal(exitCode, 1, `${name}/${file} byte ${place}`);
        assert.ok(checks.every(({ reason }) => !reason.includes('this verifier stopped')));
      }
    }
  }
});

test('a missing file, a foreign file and a swapped file are found', async () => {
  const [drawn, other] = [readZip(bundle('drawn')), readZip(bundle('excluding'))];
  for (const file of drawn.keys()) {
    const without = new Map(drawn);
    without.delete(file);
    const report = await verify(zipOf(without));
    if (file === 'entries.bin') assert.equal(outcomes(report).entries, 'not applicable');
    else if (file.startsWith('reveal-')) assert.equal(report.exitCode, 1);
    else assert.notEqual(report.exitCode, 0, file);
    const theirs = other.get(file);
    if (theirs && !Buffer.from(theirs).equals(drawn.get(file))) {
      const swapped = await verify(zipOf(new Map(drawn).set(file, theirs)));
      assert.equal(swapped.exitCode, 1, file);
    }
  }
});

test('what fails inside an excluded draw fails outside', async () => {
  const outer = readZip(bundle('excluding'));
  const inner = new Map(readZip(outer.get('excluded-1.zip')));
  const result = inner.get('result.note').slice();
  result[result.length - 20] ^= 1;
  inner.set('result.note', result);
  const report = await verify(zipOf(new Map(outer).set('excluded-1.zip', zipOf(inner))));
  assert.equal(outcomes(report).signatures, 'failed');
  assert.match(report.checks[1].reason, /^excluded-1\.zip: /);
  const lost = await verify(zipOf(new Map(outer).set('excluded-1.zip', utf8('no zip'))));
  assert.equal(outcomes(lost).format, 'failed');
  assert.equal(outcomes(lost).result, 'could not check');
});

test('a bundle in a bundle in a bundle comes to an end', async () => {
  const outer = readZip(bundle('excluding'));
  let nested = bundle('excluding');
  for (let depth = 0; depth < 18; depth++) {
    nested = zipOf(new Map(outer).set('excluded-1.zip', nested));
  }
  assert.equal((await verify(nested)).exitCode, 1);
});

test('a receipt that is none fails, and a code alone shows nothing', async () => {
  const receipt = async (options) => outcomes(await verify(bundle('drawn'), options)).receipt;
  assert.equal(await receipt({}), 'not applicable');
  assert.equal(await receipt({ receipt: 'no receipt' }), 'failed');
  assert.equal(await receipt({ receipt: '' }), 'failed');
  assert.equal(await receipt({ id: 'A123456789' }), 'could not check');
  assert.equal(await receipt({ secret: '7GQ4-X2MN-8R3T-K9WP-ABCD-9' }), 'could not check');
  const both = { secret: '7GQ4-X2MN-8R3T-K9WP-ABCD-9', id: 'A123456789' };
  assert.equal(await receipt(both), 'could not check');
  assert.equal(await receipt({ ...both, secret: 'mistyped' }), 'could not check');
  const report = await verify(bundle('drawn'), both);
  assert.ok(!JSON.stringify(report).includes('A123456789'), 'an ID number in the report');
  const cancelled = await verify(bundle('cancelled'), both);
  assert.equal(outcomes(cancelled).receipt, 'could not check');
});

test('a zip that somebody packed again is told as that, in the words of all verifiers', async () => {
  const honest = bundle('drawn');
  const again = 'its contents were not checked, download bundle.zip again and keep it as it is';
  const fields =
    'this zip was packed again: its order, times, comments or other fields are not those of the one canonical zip of its files';
  const reasonOf = async (change) => {
    const [format] = (await verify(change(Uint8Array.from(honest)))).checks;
    assert.equal(format.outcome, 'failed');
    return format.reason;
  };
  const set = (pairs) => (zip) => {
    for (const [at, byte] of pairs) zip[at] = byte;
    return zip;
  };
  const nameLength = honest[26];
  const withExtra = (zip) => {
    zip[28] = 4;
    const end = 30 + nameLength;
    return concat(zip.subarray(0, end), utf8('UT__'), zip.subarray(end));
  };
  const marks = [...honest.keys()].filter(
    (at) => honest[at] === 0x50 && toHex(honest.subarray(at, at + 4)) === '504b0304',
  );
  const otherOrder = (zip) =>
    concat(zip.subarray(marks[1], marks[2]), zip.subarray(0, marks[1]), zip.subarray(marks[2]));
  const [, second] = marks;
  const expected = [
    [set([[second + 8, 8], [second + 14, honest[second + 14] ^ 255]]), `this zip was packed again: the file that starts at ${second} is compressed; ${again}`],
    [set([[second + 6, 8], [second + 8, 8]]), `this zip was packed again: the file that starts at ${second} is compressed; ${again}`],
    [set([[6, 1], [8, 8]]), `this zip was packed again: the file that starts at 0 is encrypted; ${again}`],
    [set([[6, 8]]), `${fields}; ${again}`],
    [set([[12, 0x21]]), `${fields}; ${again}`],
    [withExtra, `${fields}; ${again}`],
    [otherOrder, `${fields}; ${again}`],
    [(zip) => concat(set([[zip.length - 2, 2]])(zip), utf8('hi')), `${fields}; ${again}`],
    [set([[30 + nameLength, honest[30 + nameLength] ^ 1]]), 'the file that starts at 0 does not match its CRC-32: it was changed or damaged'],
    [(zip) => zip.subarray(0, 40), 'expected a zip of stored files, found other bytes at 0'],
    [() => zipOf(new Map([['', utf8('x')]])), 'expected a zip of stored files, found other bytes at 0'],
  ];
  for (const [change, reason] of expected) assert.equal(await reasonOf(change), reason);
});

test('the receipt of another draw is told as that, and once', async () => {
  const { zip } = bigBundle({ tickets: 6, units: 1, reserves: 0 });
  const other = bigBundle({ tickets: 6, units: 1, reserves: 0, origin: 'library.example.tw/draw/other' });
  const found = (await verify(zip, { receipt: other.receipt(2) })).checks.at(-1);
  assert.equal(found.outcome, 'failed');
  assert.equal(
    found.reason,
    "the receipt is of another draw's log: expected library.example.tw/draw/big, found library.example.tw/draw/other",
  );
  const short = other.receipt(2).replace(/^extra .*$/m, 'extra AAAA');
  const { zip: own } = other;
  const refusal = (await verify(own, { receipt: short })).checks.at(-1);
  assert.equal(refusal.reason, 'receipt: expected 100 or 32 bytes of extra data');
});

test('the owner of a ticket finds it, and nobody else does', async () => {
  const { zip, drawn, voids, receipt, vkey } = bigBundle({ tickets: 60, units: 2, reserves: 2 });
  const [winner] = drawn;
  const none = [0, 1, 2, 3, 4].find((index) => !drawn.includes(index));
  const code = (index) => String(index).padStart(20, '0');
  const checked = async (options) => (await verify(zip, { siteKey: vkey, ...options })).checks.at(-1);
  assert.equal((await verify(zip, { siteKey: vkey, requireTime: true })).result, 'result: passed');

  const own = { receipt: receipt(winner), id: `card:${winner}`, secret: code(winner) };
  const found = await checked(own);
  assert.equal(found.outcome, 'passed', found.reason);
  assert.equal(found.facts.state, 'holds');
  assert.match(found.reason, /belongs to the given ID number; it holds (book|reserve)\/[12]$/);
  assert.equal((await checked({ receipt: receipt(none) })).facts.state, 'none');
  assert.deepEqual((await checked({ receipt: receipt(voids[0]) })).facts.code, 'W');
  assert.equal((await checked({ ...own, id: 'card:x' })).outcome, 'failed');
  assert.equal((await checked({ ...own, secret: code(7777) })).outcome, 'failed');

  const byCode = { id: own.id, secret: own.secret };
  assert.equal((await checked(byCode)).facts.ticket, found.facts.ticket);
  assert.equal((await checked({ ...byCode, id: 'card:x' })).outcome, 'could not check');

  // The shareable proof has the leaf alone, and does not show whose it is.
  const lines = receipt(none).split('\n');
  const tickets = readZip(zip).get('entries.bin');
  const leaf = tickets.subarray(32 * none, 32 * none + 32);
  const shared = [lines[0], `extra ${Buffer.from(leaf).toString('base64')}`, ...lines.slice(2)].join('\n');
  assert.equal((await checked({ receipt: shared })).outcome, 'passed');
  assert.equal((await checked({ receipt: shared, id: own.id })).outcome, 'could not check');
  const other = lines.map((line) => (line.startsWith('index') ? `index ${none + 1}` : line)).join('\n');
  assert.equal((await checked({ receipt: other })).outcome, 'failed');

  // Another list of the same size, signed by the same site, is proof of fraud.
  const forged = bigBundle({ tickets: 60, units: 3, reserves: 2 });
  const fraud = await checked({ receipt: forged.receipt(none) });
  assert.equal(fraud.outcome, 'failed');
  const files = new Map(readZip(zip));
  files.delete('entries.bin');
  const without = await verify(zipOf(files), { receipt: receipt(none) });
  assert.equal(without.checks.at(-1).outcome, 'passed', 'the receipt is of the whole list');
});

// The one-file verifier puts all modules into one script: one name must not stand for two things.
test('the modules can be put into one script', () => {
  const folder = local('../../static/js/verify/');
  const names = new Map();
  for (const file of [...readdirSync(folder), '../verify-page.mjs']) {
    if (file === 'cli.mjs') continue;
    const text = readFileSync(new URL(file, folder), 'utf8');
    assert.ok(text.split('\n').length <= 400, `${file} is too long to read`);
    assert.match(text, /^\/\/ /, `${file} starts by saying what it is`);
    assert.ok(!/^import (?!\{)|^import .* as |^export (default|\{|\*)|\bimport\(|<\/script/m.test(text), file);
    for (const [, name] of text.matchAll(/^(?:export )?(?:async )?(?:const|let|class|function\*?) (\w+)/gm)) {
      assert.ok(!names.has(name), `${name} in ${file} and ${names.get(name)}`);
      names.set(name, file);
    }
  }
  assert.equal(names.get('verify'), 'verify.mjs');
});
