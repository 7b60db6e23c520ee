// Checks `beacon`, `numbers-origin` and `seed`: where the randomness came from (section 4.5).

import { Refused, fromHex, toHex } from "./bytes.mjs";
import { isRevealedInTime } from "./check-time.mjs";
import { expectSame } from "./check-notes.mjs";
import { beaconValue, chainByHash } from "./drand.mjs";
import { numbersValue, seedOf } from "./drawing.mjs";
import { taggedHash } from "./encoding.mjs";
import { Unknown, couldNotCheck, failed, notApplicable, passed } from "./report.mjs";

const WITHHELD = "00".repeat(32);

// { finding, values }: the outcome of `beacon`, and the values in hexadecimal digits, or null if
// one is not known to be what the manifest names.
export function sourceValues(bundle) {
  const { sources } = bundle.manifest;
  const values = [];
  const said = [];
  const facts = {};
  let withheld = null;
  for (const [place, source] of sources.entries()) {
    const number = place + 1;
    try {
      if (source.type === "drand") {
        values.push(roundValue(source, bundle.sources[place]));
        said.push(`round ${source.round} of drand ${chainByHash(source.chain).name} is signed by the chain's key`);
        facts.round = source.round;
      } else if (source.type === "numbers") {
        values.push(numbersValue(bundle.sources[place]));
      } else {
        values.push(secretValue(source, bundle, bundle.sources[place]));
        said.push("the operator revealed its secret in time");
        if (values.at(-1) === null) withheld = number;
      }
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { finding: failed(`source ${number}: ${error.message}`), values: null };
    }
  }
  const known = values.map((value) => value ?? WITHHELD);
  return { finding: sourceFinding(sources, withheld, said, facts), values: known };
}

function sourceFinding(sources, withheld, said, facts) {
  if (withheld !== null) {
    return failed(`source ${withheld}: operator withheld; 32 zero bytes stand for the secret`);
  }
  if (sources.every(({ type }) => type === "commit")) {
    return failed("a commit source needs a drand or numbers source beside it");
  }
  if (!sources.some(({ type }) => type === "drand")) {
    said.push("warning: no drand source, the randomness rests on the others alone");
  }
  if (sources.every(({ type }) => type === "numbers")) return notApplicable(said.join("; "));
  return passed(said.join("; "), facts);
}

function roundValue({ chain, round }, beacon) {
  const pinned = chainByHash(chain);
  if (!pinned) throw new Refused(`the drand chain ${chain} is not one of the pinned chains`);
  return toHex(beaconValue(pinned, round, beacon));
}

// The operator's secret if it was revealed as promised, else null.
function secretValue({ commitment }, bundle, revealed) {
  if (bundle.key.quorum === 0) {
    throw new Refused("a commit source needs witnesses, the key note names none");
  }
  if (!revealed) return null;
  const { reveal, proof } = revealed;
  const opens =
    reveal.manifest === bundle.manifest.hash &&
    taggedHash("opseed", fromHex(reveal.secret)) === commitment;
  return opens && isRevealedInTime(bundle, proof) ? reveal.secret : null;
}

// Nobody but the lottery can say which numbers it drew; the name is all there is to check.
export function checkNumbersOrigin({ bundle }) {
  const { sources, freezes } = bundle.manifest;
  const lookUp = [];
  for (const [place, { type, slug }] of sources.entries()) {
    if (type !== "numbers") continue;
    if (!/^.+-[0-9]+$/.test(slug)) {
      throw new Refused(`source ${place + 1}: expected <game>-<issue number>`);
    }
    lookUp.push(`${slug} = ${bundle.sources[place]}`);
  }
  if (lookUp.length === 0) return notApplicable("no lottery numbers are used");
  return couldNotCheck(
    `look up with the lottery that these are the numbers, and that they were drawn after ${freezes} (Unix time): ${lookUp.join(", ")}`,
  );
}

export function checkSeed({ bundle, values, computed }) {
  if (values === null) throw new Unknown("the source values are not known");
  const { result, manifest, close } = bundle;
  computed.seed = seedOf(manifest, close, values);
  for (let place = 0; place < Math.max(values.length, result.values.length); place++) {
    expectSame(`result.note's source ${place + 1}`, values[place], result.values[place]);
  }
  expectSame("seed", computed.seed, result.seed);
  return passed(`the seed is ${computed.seed}`, { seed: computed.seed });
}
