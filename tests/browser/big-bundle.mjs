// Makes an honest bundle of any size for tests: its own signatures and trees, and the verifier's own
// computation of the result, which the vectors hold to the specification.

import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { concat, fromHex, toBase64, toHex, u32be, utf8 } from '../../static/js/verify/bytes.mjs';
import { drawingOf, resultLines } from '../../static/js/verify/drawing.mjs';
import { taggedHash } from '../../static/js/verify/encoding.mjs';
import { namedKey, vkeyText } from '../../static/js/verify/note.mjs';
import { parseRecord } from '../../static/js/verify/records.mjs';
import { crc32 } from '../../static/js/verify/zip.mjs';

const QUICKNET = '52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971';
const ROUNDS = new URL('../../protocol/tests/vectors/drand-rounds.json', import.meta.url);
const SITE = 'library.example.tw/draw';

const sha256 = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
};
const [LEAF, NODE] = [Uint8Array.of(0), Uint8Array.of(1)];

// All levels of the tree over `leaves` (leaf data), lowest first; an odd last node moves up.
function levelsOf(leaves) {
  const levels = [leaves.map((leaf) => sha256(LEAF, leaf))];
  while (levels.at(-1).length > 1) {
    const below = levels.at(-1);
    const level = [];
    for (let at = 0; at < below.length; at += 2) {
      level.push(at + 1 < below.length ? sha256(NODE, below[at], below[at + 1]) : below[at]);
    }
    levels.push(level);
  }
  return levels;
}

function pathOf(levels, index) {
  const path = [];
  let at = index;
  for (const level of levels.slice(0, -1)) {
    const sibling = level[at ^ 1];
    if (sibling) path.push(sibling);
    at >>= 1;
  }
  return path;
}

// A signer with a key made of a number.
function signer(name, number, kind) {
  const seed = Buffer.alloc(32, number);
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const secret = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(secret).export({ type: 'spki', format: 'der' });
  const key = namedKey(name, kind, new Uint8Array(spki.subarray(-32)));
  const line = (message, before = new Uint8Array(0)) =>
    `— ${name} ${toBase64(concat(fromHex(key.id), before, new Uint8Array(sign(null, Buffer.from(message), secret))))}\n`;
  return { key, line };
}

/** Writes files as the canonical zip of section 4.10. */
export function zipOf(files) {
  const [bodies, directory] = [[], []];
  let offset = 0;
  for (const [name, content] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const common = Buffer.alloc(26);
    common.writeUInt16LE(10, 0);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(content.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const at = Buffer.alloc(14);
    at.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x0a\x00'), common, at, Buffer.from(name));
    bodies.push(Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), content]));
    offset += bodies.at(-1).length;
  }
  const lines = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(bodies.length, 8);
  end.writeUInt16LE(bodies.length, 10);
  end.writeUInt32LE(lines.length, 12);
  end.writeUInt32LE(offset, 16);
  return new Uint8Array(Buffer.concat([...bodies, lines, end]));
}

// The journal with three witnesses.
class Journal {
  constructor(site, witnesses) {
    this.site = site;
    this.witnesses = witnesses;
    this.texts = [];
  }

  append(text) {
    return this.texts.push(text) - 1;
  }

  proof(index, time) {
    const levels = levelsOf(this.texts.map(utf8));
    const text = `${SITE}/journal\n${this.texts.length}\n${toBase64(levels.at(-1)[0])}\n`;
    const clock = new Uint8Array(8);
    new DataView(clock.buffer).setBigUint64(0, BigInt(time));
    const seen = `cosignature/v1\ntime ${time}\n${text}`;
    const lines = this.witnesses.map((witness) => witness.line(seen, clock));
    const path = pathOf(levels, index).map((hash) => `${toBase64(hash)}\n`);
    const head = `c2sp.org/tlog-proof@v1\nindex ${index}\n${path.join('')}\n`;
    return head + text + '\n' + this.site.line(text) + lines.join('');
  }
}

/**
 * A drawn bundle of `tickets` tickets, each of another person; every 50th is void. Gives the zip,
 * and for one ticket what its owner holds: `receipt(index)`, the text of a secret receipt.
 */
export function bigBundle({ tickets, units = 100, reserves = 100, origin = `${SITE}/big` }) {
  const beacon = JSON.parse(readFileSync(ROUNDS)).rounds.find(({ round }) => round === 10000000);
  const freezes = beacon.unix_time - 1200;
  const site = signer(SITE, 1, 1);
  const journalKey = signer(`${SITE}/journal`, 1, 1);
  const witnesses = [2, 3, 4].map((number) => signer(`witness-${number}.example`, number, 4));
  witnesses.sort((a, b) => (vkeyText(a.key) < vkeyText(b.key) ? -1 : 1));
  const journal = new Journal(journalKey, witnesses);
  const files = new Map();
  const put = (name, text) => files.set(name, typeof text === 'string' ? utf8(text) : text);
  const note = (name, text) => put(name, `${text}\n${site.line(text)}`);
  const record = (kind, lines) => parseRecord(kind, `lucky-draw/v1 ${kind}\n${lines.join('\n')}\n`);

  const rules = utf8('The rules of a test.\n');
  const manifest = record('manifest', [
    `origin ${origin}`,
    `rules ${toHex(sha256(rules))}`,
    `opens ${freezes - 200000}`,
    `closes ${freezes - 100000}`,
    `freezes ${freezes}`,
    `source drand ${QUICKNET} ${beacon.round}`,
    `prize book ${units}`,
    `reserves ${reserves}`,
    'wins-per-person 1',
    'tickets-per-person 1',
  ]);
  const openings = new Map();
  const leaves = [];
  const secret = (index) => utf8(String(index).padStart(20, '0'));
  const nonce = (index) => taggedHash('nonce', secret(index), fromHex(manifest.hash), u32be(0));
  for (let index = 0; index < tickets; index++) {
    const tag = taggedHash('person', u32be(index));
    const bind = taggedHash('bind', fromHex(nonce(index)), utf8(`card:${index}`));
    openings.set(index, { tag, bind, ticketNo: 0 });
    const parts = [manifest.hash, tag, bind].map(fromHex);
    leaves.push(fromHex(taggedHash('commit', ...parts, u32be(0))));
  }
  const levels = levelsOf(leaves);
  const root = levels.at(-1)[0];

  const start = journal.append(manifest.text);
  const key = record('key', [
    `manifest ${manifest.hash}`,
    `tag-key ${taggedHash('tagkey', new Uint8Array(32))}`,
    'witnesses 3 2',
    ...witnesses.map((witness) => `witness ${vkeyText(witness.key)}`),
  ]);
  const keyIndex = journal.append(key.text);
  put('key.proof', journal.proof(keyIndex, manifest.opens - 60));
  put('manifest.proof', journal.proof(start, manifest.opens - 60));
  const voids = [...openings.keys()].filter((index) => index % 50 === 49);
  const close = record('close', [
    `manifest ${manifest.hash}`,
    'seq 0',
    `size ${tickets}`,
    `root ${toHex(root)}`,
    `voids ${voids.length}`,
    ...voids.map((index) => `void ${index} W`),
  ]);
  journal.append(close.text);
  const freeze = record('freeze', [`manifest ${manifest.hash}`, `close ${close.hash}`]);
  const freezeIndex = journal.append(freeze.text);
  put('freeze.proof', journal.proof(freezeIndex, freezes + 5));
  const coded = journal.texts.map((text) => `leaf ${toBase64(utf8(text))}\n`).join('');
  put('journal.txt', `lucky-draw/v1 journal\nstart 0\nend ${journal.texts.length}\n${coded}`);

  const drawing = drawingOf(manifest, close, [], openings);
  const text = [...resultLines(drawing, [beacon.randomness])].join('\n') + '\n';
  const result = parseRecord('result', text);
  const drawn = result.lines.filter(({ what }) => what === 'slot').map(({ index }) => index);
  const proofs = drawn.sort((a, b) => a - b).map((index) => {
    const path = pathOf(levels, index).map((hash) => ` ${toHex(hash)}`).join('');
    return `leaf ${index} ${toHex(leaves[index])}${path}\n`;
  });
  put('site.vkey', `${vkeyText(site.key)}\n`);
  put('rules.txt', rules);
  put('proofs.txt', proofs.join(''));
  put('entries.bin', concat(...leaves));
  const { round, randomness, signature } = beacon;
  put('beacon-1.json', `${JSON.stringify({ round, randomness, signature })}\n`);
  for (const each of [manifest, key, freeze, result]) note(`${each.kind}.note`, each.text);
  note('close-0.note', close.text);

  const receipt = (index) => {
    const { tag, bind } = openings.get(index);
    const extra = concat(fromHex(tag), fromHex(bind), u32be(0), fromHex(nonce(index)));
    const checkpoint = `${origin}\n${tickets}\n${toBase64(root)}\n`;
    const path = pathOf(levels, index).map((hash) => `${toBase64(hash)}\n`).join('');
    const head = `c2sp.org/tlog-proof@v1\nextra ${toBase64(extra)}\nindex ${index}\n${path}\n`;
    return `${head}${checkpoint}\n${site.line(checkpoint)}`;
  };
  return { zip: zipOf(files), drawn, voids, receipt, vkey: vkeyText(site.key) };
}
