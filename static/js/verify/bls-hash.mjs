// Hashing to the groups of BLS12-381: RFC 9380, suites BLS12381G1_XMD:SHA-256_SSWU_RO_ and
// BLS12381G2_XMD:SHA-256_SSWU_RO_.

import { bigFromBytes, concat, utf8 } from "./bytes.mjs";
import { sha256 } from "./sha256.mjs";
import { FP, FP2, P, X_ABS } from "./bls-field.mjs";
import { G1, G2 } from "./bls-curve.mjs";
import { ISOGENY_G1, ISOGENY_G2 } from "./bls-isogeny.mjs";

// Section 5.3.1.
export function expandMessage(message, tag, length) {
  const tagPrime = concat(utf8(tag), Uint8Array.of(tag.length));
  const first = sha256(
    new Uint8Array(64),
    message,
    Uint8Array.of(length >> 8, length, 0),
    tagPrime,
  );
  let block = new Uint8Array(32);
  const blocks = [];
  for (let number = 1; number <= Math.ceil(length / 32); number++) {
    block = sha256(first.map((byte, place) => byte ^ block[place]), Uint8Array.of(number), tagPrime);
    blocks.push(block);
  }
  return concat(...blocks).subarray(0, length);
}

// Section 5.2: `count` integers modulo p of 64 bytes each.
function hashToIntegers(message, tag, count) {
  const bytes = expandMessage(message, tag, 64 * count);
  return Array.from(
    { length: count },
    (_, place) => bigFromBytes(bytes.subarray(64 * place, 64 * place + 64)) % P,
  );
}

// Section 6.6.2: a point of the isogenous curve y^2 = x^3 + a x + b.
function simplifiedSwu(field, { a, b, z }, u) {
  const f = field;
  const right = (x) => f.add(f.mul(f.add(f.square(x), a), x), b);
  const zuu = f.mul(z, f.square(u));
  const inverse = f.inverse(f.add(f.square(zuu), zuu));
  let x = f.isZero(inverse)
    ? f.mul(b, f.inverse(f.mul(z, a)))
    : f.mul(f.mul(f.neg(b), f.inverse(a)), f.add(f.one, inverse));
  let y = f.root(right(x));
  if (y === null) {
    x = f.mul(zuu, x);
    y = f.root(right(x));
  }
  if (f.sign0(u) !== f.sign0(y)) y = f.neg(y);
  return [x, y];
}

// Appendix E: from the isogenous curve to the curve itself.
function isogenous(curve, polynomials, [x, y]) {
  const f = curve.field;
  const [xTop, xBottom, yTop, yBottom] = polynomials.map((coefficients) =>
    coefficients.reduceRight((sum, coefficient) => f.add(f.mul(sum, x), coefficient), f.zero),
  );
  if (f.isZero(xBottom) || f.isZero(yBottom)) return curve.infinity;
  return curve.point(
    f.mul(xTop, f.inverse(xBottom)),
    f.mul(y, f.mul(yTop, f.inverse(yBottom))),
  );
}

// Sections 8.8.1 and 8.8.2: the isogenous curves and the effective cofactors.
const SWU_G1 = {
  a: 0x144698a3b8e9433d693a02c96d4982b0ea985383ee66a8d8e8981aefd881ac98936f8da0e0f97f5cf428082d584c1dn,
  b: 0x12e2908d11688030018b12e8753eee3b2016c1f0f24f4070a0b9c14fcef35ef55a23215a316ceaa5d1cc48e98e172be0n,
  z: 11n,
};
const SWU_G2 = { a: [0n, 240n], b: [1012n, 1012n], z: FP2.neg([2n, 1n]) };
const COFACTOR_G1 = X_ABS + 1n;
const COFACTOR_G2 =
  0xbc69f08f2ee75b3584c6a0ea91b352888e2a8e9145ad7689986ff031508ffe1329c2f178731db956d82bf015d1212b02ec0ec69d7477c1ae954cbc06689f6a359894c0adebbf6b4e8020005aaa95551n;

export function hashToG1(message, tag) {
  const [one, other] = hashToIntegers(message, tag, 2).map((u) =>
    isogenous(G1, ISOGENY_G1, simplifiedSwu(FP, SWU_G1, u)),
  );
  return G1.multiple(G1.added(one, other), COFACTOR_G1);
}

export function hashToG2(message, tag) {
  const [a, b, c, d] = hashToIntegers(message, tag, 4);
  const [one, other] = [[a, b], [c, d]].map((u) =>
    isogenous(G2, ISOGENY_G2, simplifiedSwu(FP2, SWU_G2, u)),
  );
  return G2.multiple(G2.added(one, other), COFACTOR_G2);
}
