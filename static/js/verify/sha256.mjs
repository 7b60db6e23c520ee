// SHA-256 (FIPS 180-4). The constants are computed from their definition: the first 32 bits behind
// the point of the square roots (start) and cube roots (rounds) of the first primes.

import { toHex, utf8 } from "./bytes.mjs";

export function firstPrimes(count) {
  const primes = [];
  for (let n = 2; primes.length < count; n++) {
    if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  }
  return primes;
}

// floor(root(n)) of the given degree, for n > 0: Newton's method from above.
export function integerRoot(n, degree) {
  const d = BigInt(degree);
  let guess = 1n << BigInt(Math.ceil(n.toString(2).length / degree));
  for (;;) {
    const next = ((d - 1n) * guess + n / guess ** (d - 1n)) / d;
    if (next >= guess) return guess;
    guess = next;
  }
}

function rootBits(prime, degree) {
  return Number(integerRoot(BigInt(prime) << BigInt(32 * degree), degree) & 0xffffffffn);
}

const START_256 = Int32Array.from(firstPrimes(8), (prime) => rootBits(prime, 2));
const ROUNDS_256 = Int32Array.from(firstPrimes(64), (prime) => rootBits(prime, 3));
const SCHEDULE_256 = new Int32Array(64);

export function sha256(...parts) {
  const state = START_256.slice();
  const padded = padded256(parts);
  const view = new DataView(padded.buffer);
  for (let offset = 0; offset < padded.length; offset += 64) {
    for (let t = 0; t < 16; t++) SCHEDULE_256[t] = view.getInt32(offset + 4 * t);
    block256(state, SCHEDULE_256);
  }
  const digest = new Uint8Array(32);
  const out = new DataView(digest.buffer);
  state.forEach((word, place) => out.setInt32(4 * place, word));
  return digest;
}

// H of the specification, in hexadecimal digits, of bytes or of an ASCII text.
export function hashHex(content) {
  return toHex(sha256(typeof content === "string" ? utf8(content) : content));
}

// The parts as one message, 0x80, zeros, and the length in bits as 64 bits.
function padded256(parts) {
  let length = 0;
  for (const part of parts) length += part.length;
  const padded = new Uint8Array(Math.ceil((length + 9) / 64) * 64);
  let offset = 0;
  for (const part of parts) {
    padded.set(part, offset);
    offset += part.length;
  }
  padded[length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(length / 0x20000000));
  view.setUint32(padded.length - 4, (length * 8) >>> 0);
  return padded;
}

function block256(state, w) {
  for (let t = 16; t < 64; t++) {
    const x = w[t - 15];
    const y = w[t - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[t] = (w[t - 16] + s0 + w[t - 7] + s1) | 0;
  }
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let e = state[4];
  let f = state[5];
  let g = state[6];
  let h = state[7];
  for (let t = 0; t < 64; t++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const choice = (e & f) ^ (~e & g);
    const t1 = (h + s1 + choice + ROUNDS_256[t] + w[t]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const t2 = (s0 + majority) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}
