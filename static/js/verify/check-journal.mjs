// Check `journal`: the notes stand in the site's journal, the first key and freeze note count, and
// nobody could choose among closes or manifests (sections 4.9, 4.10).

import { Refused, sameBytes, toHex, utf8 } from "./bytes.mjs";
import { expectSame, revealsOf } from "./check-notes.mjs";
import { Frontier, checkInclusion, leafHash } from "./merkle.mjs";
import { journalKey } from "./note.mjs";
import { parseLeaf } from "./records.mjs";
import { passed } from "./report.mjs";

export async function checkJournal({ bundle, breathe }) {
  if (bundle.isCancelled) return cancelledJournal(bundle);
  const { journal, manifestProof, keyProof, freezeProof } = bundle;
  checkInJournal(bundle, bundle.manifest, manifestProof);
  checkInJournal(bundle, bundle.key, keyProof);
  checkInJournal(bundle, bundle.freeze, freezeProof);
  const reveals = revealsOf(bundle);
  for (const { reveal, proof } of reveals) {
    checkInJournal(bundle, reveal, proof);
    if (proof.index < journal.start) throw new Refused(`${proof.name} is before the manifest`);
  }
  const proofs = [manifestProof, keyProof, freezeProof, ...reveals.map(({ proof }) => proof)];
  await checkRoots(journal, proofs, freezeProof, breathe);

  const leaves = [];
  for (const [place, text] of journal.leaves.entries()) {
    const index = journal.start + BigInt(place);
    leaves.push({ index, ...readLeaf(text, index) });
    await breathe();
  }
  checkManifests(leaves, bundle);
  const isKey = ({ kind, manifest }) => kind === "key" && manifest === bundle.base.hash;
  checkFirst("key", leaves.find(isKey), keyProof);
  const isFreeze = ({ kind, manifest }) =>
    kind === "freeze" && manifest === bundle.manifest.hash;
  const freeze = leaves.find(isFreeze);
  checkFirst("freeze", freeze, freezeProof);
  checkClosesBefore(freeze, leaves, bundle);
  return passed(
    `${leaves.length} journal leaves from ${journal.start} give the signed root; the first key and freeze note and all closes are in the bundle`,
    { leaves: leaves.length, closes: bundle.closes.length },
  );
}

function readLeaf(text, index) {
  try {
    return parseLeaf(text);
  } catch (error) {
    if (error instanceof Refused) throw new Refused(`journal leaf ${index}: ${error.message}`);
    throw error;
  }
}

// A note's text is the leaf that its proof says.
function checkInJournal({ site }, { text }, { name, index, path, checkpoint }) {
  expectSame(`${name}'s log`, journalKey(site).name, checkpoint.origin);
  try {
    checkInclusion(leafHash(utf8(text)), index, checkpoint.size, path, checkpoint.root);
  } catch (error) {
    if (error instanceof Refused) throw new Refused(`${name}: ${error.message}`);
    throw error;
  }
}

// The segment ends at the freeze note's checkpoint, and gives its root and every earlier one.
async function checkRoots(journal, proofs, freezeProof, breathe) {
  const end = journal.start + BigInt(journal.leaves.length);
  expectSame("journal.txt's end", freezeProof.checkpoint.size, end);
  const frontier = new Frontier(journal.start, journal.frontier);
  for (const text of journal.leaves) {
    frontier.push(leafHash(utf8(text)));
    for (const { name, checkpoint } of proofs) {
      if (checkpoint.size === frontier.size && !sameBytes(checkpoint.root, frontier.root())) {
        throw new Refused(
          `root of journal.txt at the size of ${name}: expected ${toHex(checkpoint.root)}, found ${toHex(frontier.root())}`,
        );
      }
    }
    await breathe();
  }
}

// The supersedes chain stands in order, starting with the segment; no other manifest has its
// origin.
function checkManifests(leaves, { chain, base, manifestProof }) {
  const hashes = chain.map(({ hash }) => hash);
  const indices = [];
  for (const { kind, hash, origin, index } of leaves) {
    if (kind !== "manifest") continue;
    if (hash === hashes[indices.length]) indices.push(index);
    else if (origin === base.origin && !hashes.includes(hash)) {
      throw new Refused(
        `journal leaf ${index} is another manifest of this draw that nothing supersedes: ${hash}`,
      );
    }
  }
  if (leaves[0]?.hash !== base.hash) {
    throw new Refused("journal.txt does not start with the base manifest");
  }
  if (indices.length < chain.length) {
    throw new Refused(`${chain[indices.length].name} is not in journal.txt in its place`);
  }
  expectSame(`journal index of ${manifestProof.name}`, indices.at(-1), manifestProof.index);
}

function checkFirst(kind, leaf, proof) {
  if (leaf === undefined) throw new Refused(`no ${kind} note of this draw is in journal.txt`);
  expectSame(`journal index of ${proof.name}`, leaf.index, proof.index);
}

// The closes before the freeze note are those of the bundle, in order; nothing cancels the draw.
function checkClosesBefore(freeze, leaves, { closes, manifest }) {
  const before = leaves.filter(
    (leaf) => leaf.index < freeze.index && leaf.manifest === manifest.hash,
  );
  const cancel = before.find(({ kind }) => kind === "cancel");
  if (cancel) throw new Refused(`journal leaf ${cancel.index} cancels this draw`);
  const journaled = before.filter(({ kind }) => kind === "close");
  for (const [place, { index, hash }] of journaled.entries()) {
    if (closes[place]?.hash !== hash) {
      throw new Refused(`journal leaf ${index} is a close that is not the bundle's next one`);
    }
  }
  if (journaled.length < closes.length) {
    const { name } = closes[journaled.length];
    throw new Refused(`${name} is not in journal.txt before the freeze note`);
  }
}

function cancelledJournal(bundle) {
  const { manifestProof, cancelProof } = bundle;
  checkInJournal(bundle, bundle.manifest, manifestProof);
  checkInJournal(bundle, bundle.cancel, cancelProof);
  if (cancelProof.index <= manifestProof.index) {
    throw new Refused("the cancel note is not behind the manifest in the journal");
  }
  const [first, last] = [manifestProof.checkpoint, cancelProof.checkpoint];
  if (first.size === last.size) {
    expectSame("root of cancel.proof", toHex(first.root), toHex(last.root));
  }
  return passed("manifest and cancel note are in the journal");
}
