// The fields below BLS12-381: integers modulo p, and pairs a + b u with u^2 = -1. Both have the
// same operations, so that the curve's formulas are written once (bls-curve.mjs).

// The curve's parameter is -X_ABS; p and the order r of the groups follow from it.
export const X_ABS = 0xd201000000010000n;
const X = -X_ABS;
export const R_ORDER = X ** 4n - X ** 2n + 1n;
export const P = ((X - 1n) ** 2n * R_ORDER) / 3n + X;

export function modP(a) {
  const r = a % P;
  return r < 0n ? r + P : r;
}

export function powerP(base, exponent) {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % P;
    if (bit === "1") result = (result * base) % P;
  }
  return result;
}

// Extended Euclid; 0 for 0, as RFC 9380 asks of inv0.
function inverseP(a) {
  let [low, high, u, v] = [a, P, 1n, 0n];
  while (low > 1n) {
    const quotient = high / low;
    [low, high, u, v] = [high - quotient * low, low, v - quotient * u, u];
  }
  return low === 0n ? 0n : modP(u);
}

export const FP = {
  zero: 0n,
  one: 1n,
  isZero: (a) => a === 0n,
  same: (a, b) => a === b,
  add: (a, b) => modP(a + b),
  sub: (a, b) => modP(a - b),
  neg: (a) => modP(-a),
  mul: (a, b) => (a * b) % P,
  square: (a) => (a * a) % P,
  scale: (a, n) => modP(a * n),
  inverse: inverseP,
  // p = 3 mod 4, so a^((p+1)/4) is the root if there is one.
  root(a) {
    const root = powerP(a, (P + 1n) / 4n);
    return (root * root) % P === a ? root : null;
  },
  // RFC 9380 section 4.1.
  sign0: (a) => a & 1n,
  isLarge: (a) => a > (P - 1n) / 2n,
};

export const FP2 = {
  zero: [0n, 0n],
  one: [1n, 0n],
  isZero: ([a, b]) => a === 0n && b === 0n,
  same: ([a, b], [c, d]) => a === c && b === d,
  add: ([a, b], [c, d]) => [modP(a + c), modP(b + d)],
  sub: ([a, b], [c, d]) => [modP(a - c), modP(b - d)],
  neg: ([a, b]) => [modP(-a), modP(-b)],
  mul: ([a, b], [c, d]) => [modP(a * c - b * d), modP(a * d + b * c)],
  square: ([a, b]) => [modP((a + b) * (a - b)), modP(2n * a * b)],
  scale: ([a, b], n) => [modP(a * n), modP(b * n)],
  inverse([a, b]) {
    const norm = inverseP(modP(a * a + b * b));
    return [modP(a * norm), modP(-b * norm)];
  },
  // (x + y u)^2 = a + b u gives x^2 = (a + n)/2 for one root n of a^2 + b^2.
  root([a, b]) {
    const norm = FP.root(modP(a * a + b * b));
    if (norm === null) return null;
    const half = (P + 1n) / 2n;
    for (const n of [norm, modP(-norm)]) {
      const x = FP.root(modP((a + n) * half));
      if (x === null) continue;
      // x = 0 leaves a = -y^2.
      const y = x === 0n ? FP.root(modP(-a)) : modP(b * inverseP(modP(2n * x)));
      if (y !== null && FP2.same(FP2.square([x, y]), [a, b])) return [x, y];
    }
    return null;
  },
  sign0: ([a, b]) => (a & 1n) | (a === 0n ? b & 1n : 0n),
  isLarge: ([a, b]) => FP.isLarge(b === 0n ? a : b),
};
