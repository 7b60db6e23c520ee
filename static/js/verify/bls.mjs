// BLS signatures over BLS12-381 with the signature on one group and the key on the other.

import { G1, G1_GENERATOR, G2, G2_GENERATOR } from "./bls-curve.mjs";
import { hashToG1, hashToG2 } from "./bls-hash.mjs";
import { pairingProductIsOne } from "./bls-pairing.mjs";

// Signature on G1, key on G2: e(signature, generator) = e(H(message), key). Throws `Refused` for
// a signature or key that is not the canonical form of a point.
export function blsVerifyOnG1(key, message, signature, tag) {
  const point = G1.decoded(signature);
  const hashed = hashToG1(message, tag);
  if (G1.isInfinity(hashed)) return false;
  return pairingProductIsOne([
    [G1.negated(point), G2_GENERATOR],
    [hashed, G2.decoded(key)],
  ]);
}

// Signature on G2, key on G1: e(generator, signature) = e(key, H(message)).
export function blsVerifyOnG2(key, message, signature, tag) {
  const point = G2.decoded(signature);
  const hashed = hashToG2(message, tag);
  if (G2.isInfinity(hashed)) return false;
  return pairingProductIsOne([
    [G1.negated(G1_GENERATOR), point],
    [G1.decoded(key), hashed],
  ]);
}
