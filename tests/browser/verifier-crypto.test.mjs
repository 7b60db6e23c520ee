// The verifier's own cryptography against Node's, against noble-curves, and against the published
// vectors. Needs no network and no browser.

import assert from 'node:assert/strict';
import { createCipheriv, createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { bls12_381 } from '@noble/curves/bls12-381.js';
import { ed25519 } from '@noble/curves/ed25519.js';

import { G1, G2 } from '../../static/js/verify/bls-curve.mjs';
import { expandMessage, hashToG1, hashToG2 } from '../../static/js/verify/bls-hash.mjs';
import { ISOGENY_G1, ISOGENY_G2 } from '../../static/js/verify/bls-isogeny.mjs';
import { P, R_ORDER } from '../../static/js/verify/bls-field.mjs';
import { blsVerifyOnG1, blsVerifyOnG2 } from '../../static/js/verify/bls.mjs';
import {
  Refused,
  concat,
  fromBase64,
  fromHex,
  textOf,
  toBase64,
  toHex,
  u32be,
  u64be,
  utf8,
} from '../../static/js/verify/bytes.mjs';
import { chachaBlock } from '../../static/js/verify/chacha20.mjs';
import { CHAINS, beaconValue, parseBeacon, roundTime } from '../../static/js/verify/drand.mjs';
import { ed25519Verify, isSoundKey } from '../../static/js/verify/ed25519.mjs';
import { sha256 } from '../../static/js/verify/sha256.mjs';
import { sha512 } from '../../static/js/verify/sha512.mjs';

const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
const drand = read('../../protocol/tests/vectors/drand-rounds.json');
const random = (length) => new Uint8Array(randomBytes(length));
const refused = (work) => assert.throws(work, Refused);

test('SHA-256 and SHA-512 agree with Node for every length around a block', () => {
  for (let length = 0; length < 400; length++) {
    const message = random(length);
    const node = (name) => createHash(name).update(message).digest('hex');
    assert.equal(toHex(sha256(message)), node('sha256'));
    assert.equal(toHex(sha512(message)), node('sha512'));
    const cut = length >> 1;
    assert.equal(toHex(sha256(message.subarray(0, cut), message.subarray(cut))), node('sha256'));
    assert.equal(toHex(sha512(message.subarray(0, cut), message.subarray(cut))), node('sha512'));
  }
});

test('ChaCha20 agrees with Node for random keys, counters and nonces', () => {
  for (let round = 0; round < 100; round++) {
    const [key, nonce] = [random(32), random(12)];
    const counter = new DataView(random(4).buffer).getUint32(0);
    const iv = Buffer.alloc(16);
    iv.writeUInt32LE(counter, 0);
    iv.set(nonce, 4);
    const expected = createCipheriv('chacha20', key, iv).update(Buffer.alloc(64));
    const found = Buffer.alloc(64);
    chachaBlock(key, counter, nonce).forEach((word, place) => found.writeUInt32LE(word, 4 * place));
    assert.deepEqual(found, expected);
  }
});

test('hexadecimal digits, base 64 and UTF-8 have one spelling each', () => {
  for (let length = 0; length < 200; length++) {
    const bytes = random(length);
    assert.equal(toHex(bytes), Buffer.from(bytes).toString('hex'));
    assert.equal(toBase64(bytes), Buffer.from(bytes).toString('base64'));
    assert.deepEqual(fromHex(toHex(bytes)), bytes);
    assert.deepEqual(fromBase64(toBase64(bytes)), bytes);
  }
  for (const text of ['a', 'A0', '0g', ' 00']) refused(() => fromHex(text));
  for (const text of ['QQ', 'QQ=', 'QR==', 'QQ==QQ==', 'QUJ=', 'Q===', 'QQ==\n', '_-==', '====']) {
    refused(() => fromBase64(text));
  }
  for (const hex of ['c0af', 'eda080', 'f4908080', 'ff']) refused(() => textOf(fromHex(hex)));
});

test('Ed25519 signatures of Node are accepted, and changed ones are not', () => {
  for (let round = 0; round < 40; round++) {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const key = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }).subarray(-32));
    const message = random(round * 5);
    const signature = new Uint8Array(sign(null, message, privateKey));
    assert.ok(isSoundKey(key));
    assert.ok(ed25519Verify(key, message, signature));
    assert.ok(!ed25519Verify(key, concat(message, u32be(0)), signature));
    const changed = signature.slice();
    changed[round] ^= 1 << round % 8;
    assert.ok(!ed25519Verify(key, message, changed));
    assert.ok(!ed25519Verify(random(32), message, signature));
  }
});

test('Ed25519 is strict: one form of each signature, no key and no R of small order', () => {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const prime = 2n ** 255n - 19n;
  const number = (bytes) => BigInt('0x' + toHex(bytes.slice().reverse()));
  const bytes = (value) => fromHex(value.toString(16).padStart(64, '0')).reverse();
  const secret = new Uint8Array(32).fill(7);
  const [key, message] = [ed25519.getPublicKey(secret), utf8('note\n')];
  const signature = ed25519.sign(message, secret);
  assert.ok(ed25519Verify(key, message, signature));

  const s = number(signature.slice(32));
  const larger = concat(signature.slice(0, 32), bytes(s + order));
  assert.ok(!ed25519Verify(key, message, larger), 's + L');

  // The eight points of small order, and second encodings of points with y below 19.
  const torsion = ed25519.Point.fromHex(
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    true,
  );
  let small = ed25519.Point.ZERO;
  for (let count = 0; count < 8; count++) {
    const encoded = small.toBytes();
    assert.ok(!isSoundKey(encoded), 'small order');
    const forged = concat(encoded, new Uint8Array(32));
    assert.ok(!ed25519Verify(encoded, message, forged), 'small order key and R');
    assert.ok(!ed25519Verify(key, message, concat(encoded, signature.slice(32))));
    small = small.add(torsion);
  }
  let seconds = 0;
  for (let y = 0n; y < 19n; y++) {
    for (const sign of [0n, 1n]) {
      assert.ok(!isSoundKey(bytes((y + prime) | (sign << 255n))), `y = p + ${y}`);
      if (isSoundKey(bytes(y | (sign << 255n)))) seconds++;
    }
  }
  assert.ok(seconds > 0, 'some of these points are sound keys in their canonical form');

  // R + a point of small order still solves the equation with the cofactor; it is refused.
  const r = ed25519.Point.fromBytes(signature.slice(0, 32)).add(torsion);
  assert.ok(!ed25519Verify(key, message, concat(r.toBytes(), signature.slice(32))));
});

const coordinates = (curve, point) =>
  curve.affine(point).map((c) => (Array.isArray(c) ? [c[1], c[0]] : [c])).flat();
const digits = (value) => value.toString(16).padStart(96, '0');

test('hashing to both groups gives the points of RFC 9380, appendices J.9.1 and J.10.1', () => {
  for (const { group, tag, cases } of read('vectors/rfc9380.json').suites) {
    const [curve, hash] = group === 'G1' ? [G1, hashToG1] : [G2, hashToG2];
    assert.equal(cases.length, 5);
    for (const { message, point } of cases) {
      assert.deepEqual(coordinates(curve, hash(utf8(message), tag)).map(digits), point);
    }
  }
  const tag = 'QUUX-V01-CS02-with-expander-SHA256-128';
  assert.equal(
    toHex(expandMessage(utf8('abc'), tag, 32)),
    'd8ccab23b5985ccea865c6c97b6e5b8350e794e603b4b97902f53a8a0d605615',
    'appendix K.1',
  );
});

test('the isogenies lead from curve to curve', () => {
  assert.deepEqual(ISOGENY_G1.map((part) => part.length), [12, 11, 16, 16]);
  assert.deepEqual(ISOGENY_G2.map((part) => part.length), [4, 3, 4, 4]);
  for (let round = 0; round < 20; round++) {
    const message = random(round);
    for (const [curve, hash, noble] of [
      [G1, hashToG1, bls12_381.G1],
      [G2, hashToG2, bls12_381.G2],
    ]) {
      const tag = 'TEST';
      const point = hash(message, tag);
      const [x, y] = curve.affine(point);
      assert.ok(curve.field.same(curve.field.square(y), curve.right(x)), 'on the curve');
      assert.ok(curve.isInfinity(curve.multiple(point, R_ORDER)), 'in the subgroup');
      const theirs = noble.hashToCurve(message, { DST: tag }).toAffine();
      const pair = (c) => (typeof c === 'bigint' ? [c] : [c.c1, c.c0]);
      assert.deepEqual(coordinates(curve, point), [...pair(theirs.x), ...pair(theirs.y)]);
    }
  }
});

test('BLS signatures made by noble-curves are accepted, others are not', () => {
  const schemes = [
    [bls12_381.shortSignatures, bls12_381.G1, blsVerifyOnG1],
    [bls12_381.longSignatures, bls12_381.G2, blsVerifyOnG2],
  ];
  for (const [noble, group, verifies] of schemes) {
    for (let round = 0; round < 6; round++) {
      const tag = 'BLS_SIG_TEST';
      const [message, other] = [random(32), random(32)];
      const secret = bls12_381.utils.randomSecretKey();
      const key = noble.getPublicKey(secret).toBytes();
      const signature = noble.sign(group.hashToCurve(message, { DST: tag }), secret).toBytes();
      assert.ok(verifies(key, message, signature, tag));
      assert.ok(!verifies(key, other, signature, tag), 'another message');
      assert.ok(!verifies(key, message, signature, 'BLS_SIG_ELSE'), 'another tag');
      const stranger = noble.getPublicKey(bls12_381.utils.randomSecretKey()).toBytes();
      assert.ok(!verifies(stranger, message, signature, tag), 'another key');
      const negated = signature.slice();
      negated[0] ^= 0x20;
      assert.ok(!verifies(key, message, negated, tag), 'the negated point');
    }
  }
});

test('a point has one encoding, lies on its curve and in its subgroup, and is not infinity', () => {
  for (const [curve, noble, length] of [
    [G1, bls12_381.G1, 48],
    [G2, bls12_381.G2, 96],
  ]) {
    const good = noble.Point.BASE.multiply(5n).toBytes();
    assert.deepEqual(
      coordinates(curve, curve.decoded(good))[0],
      BigInt('0x' + toHex(good.slice(0, 48))) & ((1n << 381n) - 1n),
    );
    const infinity = new Uint8Array(length);
    infinity[0] = 0xc0;
    refused(() => curve.decoded(infinity));
    const plain = good.slice();
    plain[0] &= 0x7f;
    refused(() => curve.decoded(plain));
    const marked = good.slice();
    marked[0] |= 0x40;
    refused(() => curve.decoded(marked));
    refused(() => curve.decoded(good.slice(1)));
    refused(() => curve.decoded(concat(good, u32be(0))));
    refused(() => curve.decoded(new Uint8Array(0)));
    // x + p, where it still fits into 381 bits.
    for (let place = 0; place < length; place += 48) {
      const [from, to] = [place, place + 48];
      let tried = 0;
      for (let factor = 2n; factor < 60n && tried === 0; factor++) {
        const bytes = noble.Point.BASE.multiply(factor).toBytes();
        const flags = place === 0 ? bytes[0] & 0xe0 : 0;
        const x = BigInt('0x' + toHex(bytes.slice(from, to))) & ((1n << 381n) - 1n);
        if (x + P >= 1n << 381n) continue;
        tried++;
        const second = bytes.slice();
        second.set(fromHex(digits(x + P)), from);
        second[from] |= flags;
        refused(() => curve.decoded(second));
      }
      assert.equal(tried, 1);
    }
  }
});

test('points on the curve but outside the subgroup are refused', () => {
  for (const curve of [G1, G2]) {
    let [outside, off] = [0, 0];
    for (let x = 1n; outside < 12 || off < 5; x++) {
      const value = curve === G1 ? x : [x, 1n];
      const isOn = curve.field.root(curve.right(value)) !== null;
      const parts = curve === G1 ? [x] : [1n, x];
      const bytes = concat(...parts.map((part) => fromHex(digits(part))));
      bytes[0] |= 0x80;
      try {
        curve.decoded(bytes);
      } catch (error) {
        assert.ok(error instanceof Refused);
        if (isOn) outside++;
        else off++;
        assert.match(error.message, isOn ? /subgroup/ : /not on the curve/);
      }
    }
  }
});

test('the pinned chains are those whose hashes drand derives from their parameters', () => {
  for (const chain of CHAINS) {
    const name = chain.name === 'default' ? '' : chain.name;
    const parameters = [u32be(Number(chain.period)), u64be(chain.genesis)];
    const rest = [fromHex(chain.publicKey), fromHex(chain.groupHash), utf8(name)];
    assert.equal(toHex(sha256(...parameters, ...rest)), chain.hash);
  }
  assert.deepEqual(
    CHAINS.map(({ name }) => name),
    ['quicknet', 'default'],
  );
});

function delivered({ round, signature, previous_signature: previous }) {
  return { round, signature: fromHex(signature), previous: previous ? fromHex(previous) : null };
}

// Any chain of the fixtures by its own parameters, so that networks that are not pinned count too.
function anyChain(name) {
  const pinned = CHAINS.find((chain) => chain.name === name);
  if (pinned) return pinned;
  const info = drand.chains[name];
  const onG1 = info.public_key.length === 192;
  const isRfc = info.schemeID === 'bls-unchained-g1-rfc9380';
  return {
    ...CHAINS[onG1 ? 0 : 1],
    publicKey: info.public_key,
    groupHash: info.groupHash,
    chained: info.schemeID === 'pedersen-bls-chained',
    tag: CHAINS[isRfc ? 0 : 1].tag,
  };
}

test('every real drand round gives its randomness at its time', () => {
  assert.equal(drand.rounds.length, 26);
  for (const round of drand.rounds) {
    const chain = anyChain(round.chain);
    const value = beaconValue(chain, round.round, delivered(round));
    assert.equal(toHex(value), round.randomness, `${round.chain} ${round.round}`);
    if (CHAINS.includes(chain)) assert.equal(Number(roundTime(chain, round.round)), round.unix_time);
  }
});

test('every round that must fail is refused, and so is the next round', () => {
  assert.ok(drand.must_fail.length >= 9);
  for (const round of drand.must_fail) {
    refused(() => beaconValue(anyChain(round.chain), round.round, delivered(round)));
  }
  const round = drand.rounds.find(({ round: number }) => number === 657413);
  refused(() => beaconValue(CHAINS[0], 657414, delivered(round)));
  refused(() => beaconValue(CHAINS[0], 657414, { ...delivered(round), round: 657414 }));
  refused(() => beaconValue(CHAINS[1], 657413, delivered(round)));
});

test('a beacon file has one form', () => {
  const { round, randomness, signature } = drand.rounds[0];
  const text = `{"round":${round},"randomness":"${randomness}","signature":"${signature}"}\n`;
  assert.equal(parseBeacon(text).round, round);
  for (const other of [
    text.trimEnd(),
    ` ${text}`,
    text.replace('"round":', '"round": '),
    text.replace(`:${round},`, `:0${round},`),
    text.replace(`:${round},`, ':0,'),
    text.replace(`:${round},`, ':9007199254740992,'),
    text.replace(signature, signature.toUpperCase()),
    text.replace(randomness, randomness.replace(/./, (digit) => (digit === '0' ? '1' : '0'))),
    text.replace('}', ',"previous_signature":""}'),
    text.replace('}', ',"more":1}'),
  ]) {
    refused(() => parseBeacon(other));
  }
});
