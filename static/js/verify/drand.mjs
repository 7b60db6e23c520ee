// drand: the pinned chains, the files of their rounds, and what each round signs (section 4.5b).

import { Refused, concat, fromHex, toHex, u64be } from "./bytes.mjs";
import { sha256 } from "./sha256.mjs";
import { blsVerifyOnG1, blsVerifyOnG2 } from "./bls.mjs";

// Main networks only; a test network or a retired one is unknown.
export const CHAINS = [
  {
    name: "quicknet",
    hash: "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
    genesis: 1692803367n,
    period: 3n,
    publicKey:
      "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c" +
      "8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb" +
      "5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
    groupHash: "f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e",
    chained: false,
    signatureBytes: 48,
    tag: "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_",
    verify: blsVerifyOnG1,
  },
  {
    name: "default",
    hash: "8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce",
    genesis: 1595431050n,
    period: 30n,
    publicKey:
      "868f005eb8e6e4ca0a47c8a77ceaa5309a47978a7c71bc5cce96366b5d7a5699" +
      "37c529eeda66c7293784a9402801af31",
    groupHash: "176f93498eac9ca337150b46d21dd58673ea4e3581185f869672e59fa4cb390a",
    chained: true,
    signatureBytes: 96,
    tag: "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_",
    verify: blsVerifyOnG2,
  },
];

export function chainByHash(hash) {
  return CHAINS.find((chain) => chain.hash === hash);
}

// The Unix time of a round, as a BigInt.
export function roundTime(chain, round) {
  return chain.genesis + (BigInt(round) - 1n) * chain.period;
}

const BEACON_FILE =
  /^\{"round":([1-9][0-9]{0,15}),"randomness":"([0-9a-f]{64})","signature":"((?:[0-9a-f]{2})*)"(?:,"previous_signature":"((?:[0-9a-f]{2})+)")?\}\n$/;

// The one form of `beacon-<i>.json` (section 4.10).
export function parseBeacon(text) {
  const [, round, randomness, signature, previous] = BEACON_FILE.exec(text) ?? [];
  if (round === undefined || !Number.isSafeInteger(Number(round))) {
    throw new Refused("not the JSON of a drand round in its one form");
  }
  const beacon = {
    round: Number(round),
    signature: fromHex(signature),
    previous: previous === undefined ? null : fromHex(previous),
  };
  if (toHex(sha256(beacon.signature)) !== randomness) {
    throw new Refused("the randomness is not the hash of the signature");
  }
  return beacon;
}

// What the chain signs for this round.
function roundMessage(chain, beacon) {
  if (!chain.chained) {
    if (beacon.previous !== null) throw new Refused("this chain has no previous signature");
    return sha256(u64be(beacon.round));
  }
  const previous = beacon.previous ?? new Uint8Array(0);
  const fits =
    beacon.round === 1
      ? toHex(previous) === chain.groupHash
      : previous.length === chain.signatureBytes;
  if (!fits) throw new Refused("the previous signature is missing or not of the chain's length");
  return sha256(concat(previous, u64be(beacon.round)));
}

// Checks that the file is round `round` of `chain`, and gives its value H(signature).
export function beaconValue(chain, round, beacon) {
  if (beacon.round !== round) {
    throw new Refused(`expected round ${round}, found round ${beacon.round}`);
  }
  if (beacon.signature.length !== chain.signatureBytes) {
    throw new Refused(`expected a signature of ${chain.signatureBytes} bytes`);
  }
  if (!isSigned(chain, roundMessage(chain, beacon), beacon.signature)) {
    throw new Refused("the signature was not made by the chain's key for this round");
  }
  return sha256(beacon.signature);
}

// A round is checked once, however many draws of a run use it.
const VERDICTS = new Map();
function isSigned(chain, message, signature) {
  const key = [fromHex(chain.publicKey), message, signature].map(toHex).join();
  if (!VERDICTS.has(key)) {
    VERDICTS.set(key, chain.verify(fromHex(chain.publicKey), message, signature, chain.tag));
  }
  return VERDICTS.get(key);
}
