// The optimal ate pairing of BLS12-381, as far as signatures need it: whether a product of
// pairings is 1.
//
// Numbers of the large field are six pairs: a0 + a1 w + … + a5 w^5 with w^6 = 1 + u. The twist
// takes (x, y) of G2 to (x / w^2, y / w^3).

import { FP2, P, X_ABS, modP } from "./bls-field.mjs";
import { G1, G2 } from "./bls-curve.mjs";

const ONE12 = [FP2.one, FP2.zero, FP2.zero, FP2.zero, FP2.zero, FP2.zero];

// Schoolbook, reduced once for each coefficient; zero coefficients cost nothing.
function mul12(a, b) {
  const real = new Array(11).fill(0n);
  const imaginary = new Array(11).fill(0n);
  for (let i = 0; i < 6; i++) {
    const [a0, a1] = a[i];
    if (a0 === 0n && a1 === 0n) continue;
    for (let j = 0; j < 6; j++) {
      const [b0, b1] = b[j];
      if (b0 === 0n && b1 === 0n) continue;
      real[i + j] += a0 * b0 - a1 * b1;
      imaginary[i + j] += a0 * b1 + a1 * b0;
    }
  }
  // w^(6+i) = (1 + u) w^i.
  return Array.from({ length: 6 }, (_, i) => {
    const [over0, over1] = i < 5 ? [real[i + 6], imaginary[i + 6]] : [0n, 0n];
    return [modP(real[i] + over0 - over1), modP(imaginary[i] + over0 + over1)];
  });
}

// a^(p^6): w becomes -w.
function conjugate12(a) {
  return a.map((pair, i) => (i % 2 === 0 ? pair : FP2.neg(pair)));
}

function power2(base, exponent) {
  let result = FP2.one;
  for (const bit of exponent.toString(2)) {
    result = FP2.square(result);
    if (bit === "1") result = FP2.mul(result, base);
  }
  return result;
}

// a^p: pairs are conjugated, and w^p = w (1 + u)^((p-1)/6).
const FROBENIUS_STEP = power2([1n, 1n], (P - 1n) / 6n);
const FROBENIUS = Array.from({ length: 6 }, (_, i) => power2(FROBENIUS_STEP, BigInt(i)));
function frobenius12(a) {
  return a.map(([c0, c1], i) => FP2.mul([c0, modP(-c1)], FROBENIUS[i]));
}

// The product of a's conjugates over the pairs is a pair: 1/a = others / (a * others).
function inverse12(a) {
  let others = ONE12;
  let next = a;
  for (let step = 1; step < 6; step++) {
    next = frobenius12(frobenius12(next));
    others = mul12(others, next);
  }
  const norm = FP2.inverse(mul12(a, others)[0]);
  return others.map((pair) => FP2.mul(pair, norm));
}

// For numbers of norm 1, where the conjugate is the inverse: a^x with the curve's negative x.
function powerX(a) {
  let result = a;
  for (const bit of X_ABS.toString(2).slice(1)) {
    result = mul12(result, result);
    if (bit === "1") result = mul12(result, a);
  }
  return conjugate12(result);
}

// The line with `slope` through t = [x, y] on the twist, at the point [px, py] of G1, times w^3.
function line([x, y], slope, [px, py]) {
  const constant = FP2.sub(FP2.mul(slope, x), y);
  const square = FP2.scale(slope, modP(-px));
  return [constant, FP2.zero, square, [py, 0n], FP2.zero, FP2.zero];
}

function slopeOfTangent([x, y]) {
  return FP2.mul(FP2.scale(FP2.square(x), 3n), FP2.inverse(FP2.scale(y, 2n)));
}

function slopeThrough([x1, y1], [x2, y2]) {
  return FP2.mul(FP2.sub(y2, y1), FP2.inverse(FP2.sub(x2, x1)));
}

function nextPoint([x1, y1], [x2], slope) {
  const x = FP2.sub(FP2.sub(FP2.square(slope), x1), x2);
  return [x, FP2.sub(FP2.mul(slope, FP2.sub(x1, x)), y1)];
}

// Miller's loop over |x| for points [px, py] of G1 and q of G2; x is negative.
function miller(p, q) {
  let f = ONE12;
  let t = q;
  for (const bit of X_ABS.toString(2).slice(1)) {
    const tangent = slopeOfTangent(t);
    f = mul12(mul12(f, f), line(t, tangent, p));
    t = nextPoint(t, t, tangent);
    if (bit === "1") {
      const chord = slopeThrough(t, q);
      f = mul12(f, line(t, chord, p));
      t = nextPoint(t, q, chord);
    }
  }
  return conjugate12(f);
}

// f^(3 (p^12 - 1) / r), which is 1 exactly when f^((p^12 - 1) / r) is: the results have order r.
// 3 (p^4 - p^2 + 1) / r = (x - 1)^2 (x + p) (x^2 + p^2 - 1) + 3 (Hayashida, Hayasaka, Teruya 2020).
function finalPower(f) {
  const easy = mul12(conjugate12(f), inverse12(f));
  const m = mul12(frobenius12(frobenius12(easy)), easy);
  const timesXMinus1 = (a) => mul12(powerX(a), conjugate12(a));
  const a = timesXMinus1(timesXMinus1(m));
  const b = mul12(powerX(a), frobenius12(a));
  const c = mul12(
    mul12(powerX(powerX(b)), frobenius12(frobenius12(b))),
    conjugate12(b),
  );
  return mul12(c, mul12(mul12(m, m), m));
}

// Whether e(p1, q1) e(p2, q2) … = 1, for pairs of points that are not at infinity.
export function pairingProductIsOne(pairs) {
  const product = pairs
    .map(([p, q]) => miller(G1.affine(p), G2.affine(q)))
    .reduce((all, one) => mul12(all, one));
  return finalPower(product).every((pair, i) => FP2.same(pair, ONE12[i]));
}
