// The two groups of BLS12-381: y^2 = x^3 + 4 over integers modulo p (G1) and y^2 = x^3 + 4(1 + u)
// over pairs (G2). Points are read from their one compressed form and must lie in the subgroup of
// order r; the point at infinity is refused.

import { Refused, bigFromBytes } from "./bytes.mjs";
import { FP, FP2, P, R_ORDER } from "./bls-field.mjs";

// Points are [X, Y, Z] with x = X/Z^2 and y = Y/Z^3; Z = 0 is the point at infinity.
class Curve {
  constructor(field, b, bytes) {
    this.field = field;
    this.b = b;
    this.bytes = bytes;
    this.infinity = [field.one, field.one, field.zero];
  }

  right(x) {
    return this.field.add(this.field.mul(this.field.square(x), x), this.b);
  }

  point(x, y) {
    return [x, y, this.field.one];
  }

  isInfinity([, , z]) {
    return this.field.isZero(z);
  }

  negated([x, y, z]) {
    return [x, this.field.neg(y), z];
  }

  doubled([x, y, z]) {
    const f = this.field;
    const a = f.square(x);
    const yy = f.square(y);
    const d = f.scale(f.mul(x, yy), 4n);
    const e = f.scale(a, 3n);
    const newX = f.sub(f.square(e), f.scale(d, 2n));
    const newY = f.sub(f.mul(e, f.sub(d, newX)), f.scale(f.square(yy), 8n));
    return [newX, newY, f.scale(f.mul(y, z), 2n)];
  }

  added(one, other) {
    if (this.isInfinity(one)) return other;
    if (this.isInfinity(other)) return one;
    const f = this.field;
    const [x1, y1, z1] = one;
    const [x2, y2, z2] = other;
    const [zz1, zz2] = [f.square(z1), f.square(z2)];
    const [u1, u2] = [f.mul(x1, zz2), f.mul(x2, zz1)];
    const [s1, s2] = [f.mul(y1, f.mul(z2, zz2)), f.mul(y2, f.mul(z1, zz1))];
    const [h, r] = [f.sub(u2, u1), f.sub(s2, s1)];
    if (f.isZero(h)) return f.isZero(r) ? this.doubled(one) : this.infinity;
    const hh = f.square(h);
    const hhh = f.mul(hh, h);
    const v = f.mul(u1, hh);
    const newX = f.sub(f.sub(f.square(r), hhh), f.scale(v, 2n));
    const newY = f.sub(f.mul(r, f.sub(v, newX)), f.mul(s1, hhh));
    return [newX, newY, f.mul(f.mul(z1, z2), h)];
  }

  multiple(point, scalar) {
    let result = this.infinity;
    for (const bit of scalar.toString(2)) {
      result = this.doubled(result);
      if (bit === "1") result = this.added(result, point);
    }
    return result;
  }

  // [x, y] of a point that is not at infinity.
  affine([x, y, z]) {
    const inverse = this.field.inverse(z);
    const square = this.field.square(inverse);
    return [this.field.mul(x, square), this.field.mul(y, this.field.mul(square, inverse))];
  }

  // The point of a compressed encoding: flags in the top three bits, then x; the third flag says
  // that y is the larger of the two roots.
  decoded(bytes) {
    const refuse = (why) => new Refused(`the point is not in its canonical form: ${why}`);
    if (bytes.length !== this.bytes) throw refuse(`expected ${this.bytes} bytes`);
    const flags = bytes[0] >> 5;
    if ((flags & 0b100) === 0) throw refuse("the compression flag is not set");
    if ((flags & 0b010) !== 0) throw refuse("it is the point at infinity");
    const digits = bytes.slice();
    digits[0] &= 0b00011111;
    const parts = [];
    for (let at = 0; at < digits.length; at += 48) {
      parts.push(bigFromBytes(digits.subarray(at, at + 48)));
    }
    if (parts.some((part) => part >= P)) throw refuse("x is not below p");
    // The coefficient of u comes first.
    const x = parts.length === 1 ? parts[0] : [parts[1], parts[0]];
    let y = this.field.root(this.right(x));
    if (y === null) throw new Refused("the point is not on the curve");
    if (this.field.isLarge(y) !== ((flags & 0b001) !== 0)) y = this.field.neg(y);
    const point = this.point(x, y);
    if (!this.isInfinity(this.multiple(point, R_ORDER))) {
      throw new Refused("the point is not in the subgroup");
    }
    return point;
  }
}

export const G1 = new Curve(FP, 4n, 48);
export const G2 = new Curve(FP2, [4n, 4n], 96);

// The generators of the ciphersuites (draft-irtf-cfrg-pairing-friendly-curves section 4.2.1),
// by their x coordinates; both have the smaller root as y.
function generator(hex) {
  return Uint8Array.from(hex.match(/../g), (digits) => parseInt(digits, 16));
}
export const G1_GENERATOR = G1.decoded(
  generator(
    "97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac58" +
      "6c55e83ff97a1aeffb3af00adb22c6bb",
  ),
);
export const G2_GENERATOR = G2.decoded(
  generator(
    "93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049" +
      "334cf11213945d57e5ac7d055d042b7e024aa2b2f08f0a91260805272dc51051" +
      "c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8",
  ),
);
