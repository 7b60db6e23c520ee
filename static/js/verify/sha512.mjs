// SHA-512 (FIPS 180-4), which Ed25519 hashes with. A 64-bit word is a pair of 32-bit halves, high
// first, because JavaScript adds and shifts 32 bits at a time.

import { concat } from "./bytes.mjs";
import { firstPrimes, integerRoot } from "./sha256.mjs";

function rootHalves(prime, degree) {
  const root = integerRoot(BigInt(prime) << BigInt(64 * degree), degree);
  return [Number((root >> 32n) & 0xffffffffn), Number(root & 0xffffffffn)];
}

const START_512 = Int32Array.from(firstPrimes(8).flatMap((prime) => rootHalves(prime, 2)));
const ROUNDS_512 = Int32Array.from(firstPrimes(80).flatMap((prime) => rootHalves(prime, 3)));

export function sha512(...parts) {
  const message = concat(...parts);
  const padded = new Uint8Array(Math.ceil((message.length + 17) / 128) * 128);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(message.length / 0x20000000));
  view.setUint32(padded.length - 4, (message.length * 8) >>> 0);

  const state = START_512.slice();
  const schedule = new Int32Array(160);
  for (let offset = 0; offset < padded.length; offset += 128) {
    for (let t = 0; t < 32; t++) schedule[t] = view.getInt32(offset + 4 * t);
    block512(state, schedule);
  }
  const digest = new Uint8Array(64);
  const out = new DataView(digest.buffer);
  state.forEach((word, place) => out.setInt32(4 * place, word));
  return digest;
}

// One half of a word rotated right by n: `h` is the half asked for, `l` the other one.
function rotated(h, l, n) {
  return n < 32 ? (h >>> n) | (l << (32 - n)) : (l >>> (n - 32)) | (h << (64 - n));
}

// Adds up to five words, each as two halves; returns the high half and leaves the low one.
let lowSum = 0;
function sum(h1, l1, h2, l2, h3 = 0, l3 = 0, h4 = 0, l4 = 0, h5 = 0, l5 = 0) {
  const low = (l1 >>> 0) + (l2 >>> 0) + (l3 >>> 0) + (l4 >>> 0) + (l5 >>> 0);
  lowSum = low | 0;
  return (h1 + h2 + h3 + h4 + h5 + Math.floor(low / 0x100000000)) | 0;
}

function block512(state, w) {
  for (let t = 32; t < 160; t += 2) {
    const xh = w[t - 30];
    const xl = w[t - 29];
    const yh = w[t - 4];
    const yl = w[t - 3];
    const s0h = rotated(xh, xl, 1) ^ rotated(xh, xl, 8) ^ (xh >>> 7);
    const s0l = rotated(xl, xh, 1) ^ rotated(xl, xh, 8) ^ ((xl >>> 7) | (xh << 25));
    const s1h = rotated(yh, yl, 19) ^ rotated(yh, yl, 61) ^ (yh >>> 6);
    const s1l = rotated(yl, yh, 19) ^ rotated(yl, yh, 61) ^ ((yl >>> 6) | (yh << 26));
    w[t] = sum(w[t - 32], w[t - 31], s0h, s0l, w[t - 14], w[t - 13], s1h, s1l);
    w[t + 1] = lowSum;
  }
  let [ah, al, bh, bl, ch, cl, dh, dl, eh, el, fh, fl, gh, gl, hh, hl] = state;
  for (let t = 0; t < 160; t += 2) {
    const s1h = rotated(eh, el, 14) ^ rotated(eh, el, 18) ^ rotated(eh, el, 41);
    const s1l = rotated(el, eh, 14) ^ rotated(el, eh, 18) ^ rotated(el, eh, 41);
    const choiceH = (eh & fh) ^ (~eh & gh);
    const choiceL = (el & fl) ^ (~el & gl);
    const [kh, kl] = [ROUNDS_512[t], ROUNDS_512[t + 1]];
    const t1h = sum(hh, hl, s1h, s1l, choiceH, choiceL, kh, kl, w[t], w[t + 1]);
    const t1l = lowSum;
    const s0h = rotated(ah, al, 28) ^ rotated(ah, al, 34) ^ rotated(ah, al, 39);
    const s0l = rotated(al, ah, 28) ^ rotated(al, ah, 34) ^ rotated(al, ah, 39);
    const majorityH = (ah & bh) ^ (ah & ch) ^ (bh & ch);
    const majorityL = (al & bl) ^ (al & cl) ^ (bl & cl);
    [hh, hl, gh, gl, fh, fl] = [gh, gl, fh, fl, eh, el];
    eh = sum(dh, dl, t1h, t1l);
    el = lowSum;
    [dh, dl, ch, cl, bh, bl] = [ch, cl, bh, bl, ah, al];
    ah = sum(t1h, t1l, s0h, s0l, majorityH, majorityL);
    al = lowSum;
  }
  const after = [ah, al, bh, bl, ch, cl, dh, dl, eh, el, fh, fl, gh, gl, hh, hl];
  for (let place = 0; place < 16; place += 2) {
    state[place] = sum(state[place], state[place + 1], after[place], after[place + 1]);
    state[place + 1] = lowSum;
  }
}
