// Check `time`: outside witnesses saw the list frozen before the randomness was public (section
// 4.9). Without witnesses there is no such evidence: could not check, never passed.

import { Refused } from "./bytes.mjs";
import { earliestDraw, latestRound, witnessTimes } from "./check-notes.mjs";
import { chainByHash, roundTime } from "./drand.mjs";
import { Unknown, passed } from "./report.mjs";

const FREEZE_LEAD = 600n;
const WITNESS_LEAD = 300n;
const REVEAL_LIMIT = 86400n;

export function checkTime({ bundle, outer }) {
  if (bundle.isCancelled) return cancelledTime(bundle, outer);
  const { manifest, key } = bundle;
  checkRoundsAfterFreeze(manifest);
  const draw = earliestDraw(manifest);
  if (key.quorum === 0) {
    throw new Unknown(
      `no witnesses are named, so nothing outside the site shows that the list was frozen before ${draw} (Unix time)`,
    );
  }
  expectQuorum(bundle, bundle.keyProof, BigInt(manifest.opens));
  const seen = expectQuorum(bundle, bundle.freezeProof, draw - WITNESS_LEAD);
  const early = seen.filter((time) => time < BigInt(manifest.freezes)).length;
  if (early >= key.quorum) {
    throw new Refused(`${early} witnesses saw the freeze note before the freeze itself`);
  }
  checkSuperseded(bundle);
  return passed(
    `${seen.length} of ${bundle.witnesses.length} witnesses saw the freeze note at least ${WITNESS_LEAD} seconds before the randomness of ${draw} (Unix time)`,
    { witnesses: seen.length },
  );
}

// Section 4.3: every round is at least ten minutes behind the freeze.
function checkRoundsAfterFreeze(manifest) {
  const earliest = BigInt(manifest.freezes) + FREEZE_LEAD;
  for (const { type, chain, round } of manifest.sources) {
    const pinned = type === "drand" ? chainByHash(chain) : undefined;
    if (pinned && roundTime(pinned, round) < earliest) {
      throw new Refused(`round ${round} is due before ${earliest} (Unix time): freeze and 600 s`);
    }
  }
}

// The cosignature times of a proof from 1 to `latest`.
function timesUntil(bundle, proof, latest) {
  return witnessTimes(bundle, proof, bundle.witnesses).filter(
    (time) => time > 0n && time <= latest,
  );
}

function expectQuorum(bundle, proof, latest) {
  const times = timesUntil(bundle, proof, latest);
  const { quorum } = bundle.key;
  if (times.length >= quorum) return times;
  throw new Refused(
    `${proof.name}: expected ${quorum} witnesses by ${latest} (Unix time), found ${times.length}`,
  );
}

// A successor was journaled before the first round of the manifest that it replaces. Of a chain of
// several, the bundle proves the last one's time only.
function checkSuperseded(bundle) {
  const replaced = bundle.chain.slice(0, -1).reverse();
  for (const [place, manifest] of replaced.entries()) {
    try {
      expectQuorum(bundle, bundle.manifestProof, earliestDraw(manifest) - 1n);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (place === 0) throw new Refused(`redraw: ${error.message}`);
      throw new Unknown(`nothing in the bundle shows when ${manifest.name} was replaced`);
    }
  }
}

// Whether a reveal note was seen in time to count (section 4.5).
export function isRevealedInTime(bundle, proof) {
  const { manifest, key } = bundle;
  const freezes = BigInt(manifest.freezes);
  const rounds = latestRound(manifest) ?? 0n;
  const latest = (freezes > rounds ? freezes : rounds) + REVEAL_LIMIT;
  try {
    return key.quorum > 0 && timesUntil(bundle, proof, latest).length >= key.quorum;
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}

// A cancel note counts before the earliest round; only a draw around this one names witnesses.
function cancelledTime(bundle, outer) {
  const draw = earliestDraw(bundle.manifest);
  if (!outer || outer.key.quorum === 0) {
    throw new Unknown(
      `no witnesses are known, so nothing outside the site shows that the draw was cancelled before ${draw} (Unix time)`,
    );
  }
  const { quorum } = outer.key;
  const times = witnessTimes(bundle, bundle.cancelProof, outer.witnesses);
  const seen = times.filter((time) => time > 0n && time < draw).length;
  if (seen < quorum) {
    throw new Refused(
      `cancel.proof: expected ${quorum} witnesses before ${draw} (Unix time), found ${seen}`,
    );
  }
  return passed(`${seen} witnesses saw the cancel note before ${draw} (Unix time)`, {
    witnesses: seen,
  });
}
