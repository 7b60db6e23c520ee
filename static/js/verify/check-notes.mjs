// Checks `signatures` and `links`: who signed, and that the notes name each other by hash.

import { Refused } from "./bytes.mjs";
import { hashHex } from "./sha256.mjs";
import { checkOnlyLine, cosignatureTimes, journalKey, vkeyText } from "./note.mjs";
import { Unknown, passed } from "./report.mjs";
import { chainByHash, roundTime } from "./drand.mjs";

export function expectSame(what, expected, found) {
  if (expected !== found) throw new Refused(`${what}: expected ${expected}, found ${found}`);
}

function named(name, check) {
  try {
    return check();
  } catch (error) {
    if (error instanceof Refused) throw new Refused(`${name}: ${error.message}`);
    throw error;
  }
}

// The cosignature times of a proof's checkpoint, computed once: its first line must be the
// journal's, the others pinned witnesses' in their order.
const KNOWN_TIMES = new WeakMap();
export function witnessTimes(bundle, proof, witnesses) {
  if (!KNOWN_TIMES.has(proof)) {
    const times = named(proof.name, () =>
      cosignatureTimes(proof.note, journalKey(bundle.site), witnesses),
    );
    KNOWN_TIMES.set(proof, times);
  }
  return KNOWN_TIMES.get(proof);
}

// Every note and every proof of a bundle, each by the key it should be.
export async function checkSignatures({ bundle, options, outer, breathe }) {
  const { site } = bundle;
  if (options.siteKey) expectSame("site key", options.siteKey, vkeyText(site));
  // A cancelled bundle has no key note; the draw around it pins the activity's witnesses.
  const witnesses = bundle.isCancelled ? (outer?.witnesses ?? []) : bundle.witnesses;
  const [notes, proofs] = signedFiles(bundle);
  for (const { name, note } of notes) {
    named(name, () => checkOnlyLine(note, site));
    await breathe();
  }
  let cosignatures = 0;
  for (const proof of proofs) {
    cosignatures += witnessTimes(bundle, proof, witnesses).length;
    await breathe();
  }
  const signatures = notes.length + proofs.length;
  const reason = `${signatures} signatures of ${site.name} and ${cosignatures} of witnesses match`;
  return passed(reason, { signatures, cosignatures });
}

function signedFiles(bundle) {
  if (bundle.isCancelled) {
    const notes = [bundle.manifest, bundle.cancel, ...bundle.purges];
    return [notes, [bundle.manifestProof, bundle.cancelProof]];
  }
  const reveals = revealsOf(bundle);
  const notes = [
    ...bundle.chain,
    bundle.key,
    ...bundle.closes,
    bundle.freeze,
    bundle.result,
    ...bundle.settles,
    ...(bundle.audit ? [bundle.audit] : []),
    ...bundle.purges,
    ...reveals.map(({ reveal }) => reveal),
  ];
  const proofs = [bundle.manifestProof, bundle.keyProof, bundle.freezeProof];
  return [notes, [...proofs, ...reveals.map(({ proof }) => proof)]];
}

// The reveal notes of a bundle's commit sources, with their proofs.
export function revealsOf(bundle) {
  const isRevealed = (file, place) => file && bundle.manifest.sources[place].type === "commit";
  return bundle.sources.filter(isRevealed);
}

export function checkLinks(context) {
  const { bundle } = context;
  const { manifest, freeze, result } = bundle;
  expectSame("rules.txt by the manifest", manifest.rules, hashHex(bundle.rules));
  if (bundle.isCancelled) {
    expectSame("cancel.note's manifest", manifest.hash, bundle.cancel.manifest);
    return passed("the cancel note names this manifest");
  }
  checkChain(bundle.chain);
  expectSame("key.note's manifest", bundle.base.hash, bundle.key.manifest);
  checkCloses(bundle);
  expectSame("freeze.note's manifest", manifest.hash, freeze.manifest);
  expectSame("freeze.note's close", bundle.close.hash, freeze.close);
  expectSame("result.note's manifest", manifest.hash, result.manifest);
  expectSame("result.note's close", freeze.close, result.close);
  checkSettleLinks(bundle);
  if (bundle.audit) {
    expectSame("audit.note's manifest", manifest.hash, bundle.audit.manifest);
    expectSame("audit.note's result", result.hash, bundle.audit.result);
  }
  checkExcludedLinks(context);
  return passed(linksReason(bundle), { settles: bundle.settles.length });
}

function linksReason({ closes, settles, audit }) {
  let reason = `rules, manifest, key, closes (${closes.length}), freeze, result and settlements (${settles.length}) name each other`;
  if (audit) {
    const missing = audit.leaves.filter(({ found }) => !found).length;
    reason += `; an audit of ${audit.leaves.length} tickets found no person behind ${missing} and ${audit.overCap} persons above the limit`;
  }
  return reason;
}

// Each manifest but the first supersedes the one before it, and changes only its sources, closing
// time and freeze (section 4.3).
function checkChain(chain) {
  if (chain[0].supersedes !== null) {
    throw new Refused(`${chain[0].name} supersedes a manifest that is not in the bundle`);
  }
  const kept = ({ origin, rules, opens, prizes, reserves, winsPerPerson, ...rest }) =>
    JSON.stringify([
      [origin, rules, opens, prizes, reserves, winsPerPerson],
      [rest.ticketsPerPerson, rest.excludes],
    ]);
  for (const [place, next] of chain.slice(1).entries()) {
    const before = chain[place];
    expectSame(`${next.name}'s supersedes line`, before.hash, next.supersedes);
    if (kept(before) !== kept(next)) {
      throw new Refused(`${next.name} changes more than sources, closing and freeze`);
    }
  }
}

// Every close has the size and root of the first; only voids change.
function checkCloses({ closes, manifest }) {
  for (const [seq, close] of closes.entries()) {
    expectSame(`${close.name}'s manifest`, manifest.hash, close.manifest);
    expectSame(`${close.name}'s seq`, seq, close.seq);
    expectSame(`${close.name}'s size`, closes[0].size, close.size);
    expectSame(`${close.name}'s root`, closes[0].root, close.root);
  }
}

function checkSettleLinks({ settles, manifest, result }) {
  let prev = result.hash;
  for (const [place, settle] of settles.entries()) {
    expectSame(`${settle.name}'s manifest`, manifest.hash, settle.manifest);
    expectSame(`${settle.name}'s result`, result.hash, settle.result);
    expectSame(`${settle.name}'s prev`, prev, settle.prev);
    expectSame(`${settle.name}'s seq`, place + 1, settle.seq);
    prev = settle.hash;
  }
}

// A contradiction of any excluded draw counts before the lack of another.
function checkExcludedLinks({ excluded, bundle }) {
  const readable = excluded.filter((other) => other.bundle !== null);
  for (const other of readable) checkExcludedLink(other, bundle);
  const lost = excluded.find((other) => other.bundle === null);
  if (lost) throw new Unknown(`${lost.name} could not be read`);
}

// The excluded draw is the one named, of the same activity, with its own log, and not later.
function checkExcludedLink({ name, line, bundle: other }, bundle) {
  const chain = other.isCancelled ? [other.manifest] : other.chain;
  if (!chain.some(({ hash }) => hash === line)) {
    throw new Refused(`${name} is of another manifest than its excludes line`);
  }
  if (other.manifest.origin === bundle.manifest.origin) {
    throw new Refused(`${name} has the same log origin as this draw`);
  }
  if (other.isCancelled) return;
  expectSame(`${name}'s tag-key`, bundle.key.tagKey, other.key.tagKey);
  const latest = latestRound(other.manifest) ?? earliestDraw(other.manifest);
  if (latest > earliestDraw(bundle.manifest)) {
    throw new Refused(`${name} is drawn at ${latest} (Unix time), after this draw`);
  }
}

// Times of a manifest's rounds on pinned chains.
function roundTimes(manifest) {
  return manifest.sources.flatMap(({ type, chain, round }) => {
    const pinned = type === "drand" ? chainByHash(chain) : undefined;
    return pinned ? [roundTime(pinned, round)] : [];
  });
}

export function latestRound(manifest) {
  const times = roundTimes(manifest);
  return times.length === 0 ? null : times.reduce((a, b) => (a > b ? a : b));
}

// T0 of section 4.9: the earliest round, or the freeze and 600 seconds without a drand source.
export function earliestDraw(manifest) {
  const times = roundTimes(manifest);
  if (times.length === 0) return BigInt(manifest.freezes) + 600n;
  return times.reduce((a, b) => (a < b ? a : b));
}
