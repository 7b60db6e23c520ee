// Ed25519 (RFC 8032), checked strictly: one encoding of each point, s below the group's order,
// and neither key nor R of small order. Then a signature cannot be varied by anybody.

import { sha512 } from "./sha512.mjs";
import { bigFromBytes, sameBytes } from "./bytes.mjs";

const P25519 = (1n << 255n) - 19n;
const ORDER25519 = (1n << 252n) + 27742317777372353535851937790883648493n;

function reduced(a) {
  const r = a % P25519;
  return r < 0n ? r + P25519 : r;
}

function power25519(base, exponent) {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % P25519;
    if (bit === "1") result = (result * base) % P25519;
  }
  return result;
}

const D25519 = reduced(-121665n * power25519(121666n, P25519 - 2n));
const ROOT_OF_MINUS_ONE = power25519(2n, (P25519 - 1n) / 4n);

// Points are [X, Y, Z, T] with x = X/Z, y = Y/Z, xy = T/Z (section 5.1.4).
const NEUTRAL = [0n, 1n, 1n, 0n];

function addPoints([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = ((y1 - x1) * (y2 - x2)) % P25519;
  const b = ((y1 + x1) * (y2 + x2)) % P25519;
  const c = (((2n * t1 * t2) % P25519) * D25519) % P25519;
  const d = (2n * z1 * z2) % P25519;
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [reduced(e * f), reduced(g * h), reduced(f * g), reduced(e * h)];
}

function doublePoint([x, y, z]) {
  const a = (x * x) % P25519;
  const b = (y * y) % P25519;
  const c = (2n * z * z) % P25519;
  const h = a + b;
  const e = h - (((x + y) * (x + y)) % P25519);
  const g = a - b;
  const f = c + g;
  return [reduced(e * f), reduced(g * h), reduced(f * g), reduced(e * h)];
}

function isSmallOrder(point) {
  const [x, y, z] = doublePoint(doublePoint(doublePoint(point)));
  return x === 0n && y === z;
}

// 32 bytes little-endian: y, and the lowest bit of x on top.
function littleEndian(bytes) {
  return bigFromBytes(bytes.slice().reverse());
}

// The point of an encoding, or null (section 5.1.3).
function decodePoint(bytes) {
  const number = littleEndian(bytes);
  const sign = number >> 255n;
  const y = number & ((1n << 255n) - 1n);
  if (y >= P25519) return null;
  const u = reduced(y * y - 1n);
  const v = reduced(D25519 * y * y + 1n);
  // x = sqrt(u/v) = u v^3 (u v^7)^((p-5)/8), up to the root of -1.
  const v3 = (v * v * v) % P25519;
  let x = (u * v3 * power25519((u * v3 * v3 * v) % P25519, (P25519 - 5n) / 8n)) % P25519;
  const check = (v * x * x) % P25519;
  if (check === reduced(-u)) x = (x * ROOT_OF_MINUS_ONE) % P25519;
  else if (check !== u) return null;
  if (x === 0n && sign === 1n) return null;
  if ((x & 1n) !== sign) x = P25519 - x;
  return [x, y, 1n, (x * y) % P25519];
}

function encodePoint([x, y, z]) {
  const inverse = power25519(z, P25519 - 2n);
  const encoded = ((y * inverse) % P25519) | ((((x * inverse) % P25519) & 1n) << 255n);
  return Uint8Array.from({ length: 32 }, (_, place) =>
    Number((encoded >> BigInt(8 * place)) & 0xffn),
  );
}

// (4/5 of y; x even) is the base point.
const BASE_POINT = decodePoint(
  encodePoint([0n, (4n * power25519(5n, P25519 - 2n)) % P25519, 1n, 0n]),
);

// [s]a + [k]b, both at once.
function doubleMultiple(s, a, k, b) {
  const both = addPoints(a, b);
  let result = NEUTRAL;
  for (let bit = 255n; bit >= 0n; bit--) {
    result = doublePoint(result);
    const [inS, inK] = [(s >> bit) & 1n, (k >> bit) & 1n];
    if (inS && inK) result = addPoints(result, both);
    else if (inS) result = addPoints(result, a);
    else if (inK) result = addPoints(result, b);
  }
  return result;
}

// Whether 32 bytes are the one encoding of a point of more than small order.
export function isSoundKey(key) {
  const point = key.length === 32 ? decodePoint(key) : null;
  return point !== null && !isSmallOrder(point);
}

// Whether `signature` is the key's on `message`.
export function ed25519Verify(key, message, signature) {
  if (key.length !== 32 || signature.length !== 64) return false;
  const r = signature.subarray(0, 32);
  const s = littleEndian(signature.subarray(32));
  const [a, pointR] = [decodePoint(key), decodePoint(r)];
  if (a === null || pointR === null || s >= ORDER25519) return false;
  if (isSmallOrder(a) || isSmallOrder(pointR)) return false;
  const k = littleEndian(sha512(r, key, message)) % ORDER25519;
  const minusA = [reduced(-a[0]), a[1], a[2], reduced(-a[3])];
  return sameBytes(encodePoint(doubleMultiple(s, BASE_POINT, k, minusA)), r);
}
