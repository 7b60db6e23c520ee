// Checks `order`, `openings`, `voids`, `result`, `settle` and `entries`: the draw, computed again.

import { Refused, fromHex, sameBytes, toHex, u32be } from "./bytes.mjs";
import { expectSame } from "./check-notes.mjs";
import {
  Holdings,
  allLines,
  auditSample,
  drawingOf,
  publishedOpenings,
  resultLines,
  settleLines,
} from "./drawing.mjs";
import { taggedHash } from "./encoding.mjs";
import { VOID_CODES } from "./grammar.mjs";
import { Frontier, checkInclusion, leafHash } from "./merkle.mjs";
import { orderOf } from "./order.mjs";
import { Unknown, notApplicable, passed } from "./report.mjs";

const isDrawn = ({ what }) => what === "void" || what === "dup" || what === "slot";

// The drawn tickets follow the order of the seed, one after the other, through all settlements.
export async function checkOrder({ bundle, breathe }) {
  const { result, settles, close } = bundle;
  const order = orderOf(fromHex(result.seed), close.size);
  let position = 0;
  for (const note of [result, ...settles]) {
    for (const { j, index } of note.lines.filter(isDrawn)) {
      const { value, done } = order.next();
      if (done || j !== position || index !== value) {
        const expected = done ? "no more tickets" : `position ${position} ticket ${value}`;
        throw new Refused(`${note.name}: expected ${expected}, found position ${j} ticket ${index}`);
      }
      position++;
      await breathe();
    }
    expectSame(`${note.name}'s end`, position, note.end);
  }
  checkAudit(bundle);
  return passed(`${position} of ${close.size} tickets were drawn in the order of the seed`, {
    drawn: position,
    tickets: close.size,
  });
}

// The auditor looked at the tickets that the seed picks.
function checkAudit({ audit, result, close }) {
  if (!audit) return;
  const found = audit.leaves.map(({ index }) => index);
  const sample = auditSample(result.seed, close, found.length);
  if (found.join() !== sample.join()) {
    throw new Refused("audit.note does not name the tickets that the seed picks for the audit");
  }
}

// Every drawn ticket is in the log, and its opening gives its leaf.
export async function checkOpenings({ bundle, breathe }) {
  const { proofs, result, settles, close, manifest } = bundle;
  const root = fromHex(close.root);
  for (const { index, commitment, path } of proofs) {
    try {
      checkInclusion(leafHash(commitment), BigInt(index), BigInt(close.size), path, root);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      throw new Refused(`proofs.txt on ticket ${index}: ${error.message}`);
    }
    await breathe();
  }
  const drawn = new Set();
  for (const line of allLines(result, settles)) {
    if (line.what === "slot" || line.what === "dup") drawn.add(line.index);
  }
  const proven = new Set(proofs.map(({ index }) => index));
  for (const index of drawn) {
    if (!proven.has(index)) throw new Refused(`proofs.txt on ticket ${index}: expected a line`);
  }
  for (const index of proven) {
    if (!drawn.has(index)) throw new Refused(`proofs.txt on ticket ${index}: expected no line`);
  }
  const openings = publishedOpenings(result, settles);
  const seen = new Map();
  for (const { index, commitment } of proofs) {
    const opening = openings.get(index);
    if (opening === undefined) {
      throw new Refused(`ticket ${index} was drawn without its opening; it holds its slot all the same`);
    }
    expectSame(`leaf of ticket ${index}`, toHex(commitment), commitmentOf(bundle.base, opening));
    if (opening.ticketNo >= manifest.ticketsPerPerson) {
      throw new Refused(
        `ticket ${index} is number ${opening.ticketNo} of its person, the manifest allows ${manifest.ticketsPerPerson} from 0`,
      );
    }
    const ticket = `${opening.tag} ${opening.ticketNo}`;
    if (seen.has(ticket)) {
      throw new Refused(`tickets ${seen.get(ticket)} and ${index} are the same ticket of one person`);
    }
    seen.set(ticket, index);
    await breathe();
  }
  return passed(`${proofs.length} drawn tickets are in the log and open to their leaves`, {
    drawn: proofs.length,
  });
}

// C of section 4.2.
export function commitmentOf(base, { tag, bind, ticketNo }) {
  return taggedHash("commit", fromHex(base.hash), fromHex(tag), fromHex(bind), u32be(ticketNo));
}

// Exactly the void tickets were skipped; what changed from close to close is told.
export function checkVoids({ bundle }) {
  const { result, settles, close, closes } = bundle;
  for (const { what, index, code } of allLines(result, settles).filter(isDrawn)) {
    const listed = close.voids.get(index);
    const skipped = what === "void" ? code : undefined;
    if (listed !== skipped) {
      const state = (found) => (found === undefined ? "not void" : `void ${found}`);
      throw new Refused(`ticket ${index}: expected ${state(listed)}, found ${state(skipped)}`);
    }
  }
  const counts = VOID_CODES.map((letter) => {
    const count = [...close.voids.values()].filter((found) => found === letter).length;
    return `${count} ${letter}`;
  });
  const changes = closes.slice(1).map((next, place) => {
    return `; ${next.name} changed ${voidChanges(closes[place].voids, next.voids)}`;
  });
  const reason = `${close.voids.size} of ${close.size} tickets are void (${counts.join(", ")})`;
  return passed(reason + changes.join(""), { voids: close.voids.size, tickets: close.size });
}

function voidChanges(before, after) {
  const changes = [];
  for (const [index, code] of after) {
    const old = before.get(index);
    if (old === undefined) changes.push(`+${index} ${code}`);
    else if (old !== code) changes.push(`${index} ${old} to ${code}`);
  }
  for (const [index, code] of before) {
    if (!after.has(index)) changes.push(`-${index} ${code}`);
  }
  return changes.join(", ") || "nothing";
}

// Compares a text with its lines as they are computed; stops at the first that differs.
async function checkText(name, expected, text, breathe) {
  const found = text.split("\n");
  let place = 0;
  for (const line of expected) {
    if (found[place] !== line) {
      throw new Refused(`${name} line ${place + 1}: expected “${line}”, found “${found[place]}”`);
    }
    place++;
    await breathe();
  }
  if (place !== found.length - 1) {
    throw new Refused(`${name} line ${place + 1}: expected nothing, found “${found[place]}”`);
  }
}

// The draws that this one excludes: the result's hash or `cancelled`, and the tags that hold slots
// in the result. Throws if one could not be read.
function drawingFor({ bundle, excluded }) {
  const { manifest, close, result, settles } = bundle;
  const others = excluded.map(({ name, line, bundle: other }) => {
    if (other === null) throw new Unknown(`${name} could not be read`);
    if (other.isCancelled) return { line, outcome: "cancelled", tags: [] };
    const holders = other.result.lines.filter(({ what, opening }) => what === "slot" && opening);
    return { line, outcome: other.result.hash, tags: holders.map(({ opening }) => opening.tag) };
  });
  return drawingOf(manifest, close, others, publishedOpenings(result, settles));
}

export async function checkResult(context) {
  const { bundle, values, breathe } = context;
  if (values === null) throw new Unknown("the source values are not known");
  const drawing = drawingFor(context);
  await checkText("result.note", resultLines(drawing, values), bundle.result.text, breathe);
  const slots = bundle.result.lines.filter(({ what }) => what === "slot").length;
  context.computed.result = bundle.result.hash;
  return passed(`${slots} slots are held by the tickets that the order gives`, { slots });
}

export async function checkSettle(context) {
  const { bundle, breathe } = context;
  const { settles, result } = bundle;
  if (settles.length === 0) return notApplicable("no slot was vacated");
  const drawing = drawingFor(context);
  for (const [place, settle] of settles.entries()) {
    const lines = settleLines(drawing, result, settles.slice(0, place), settle);
    await checkText(settle.name, lines, settle.text, breathe);
    context.computed.settle.push(settle.hash);
  }
  const vacated = settles.reduce((sum, { vacates }) => sum + vacates.length, 0);
  const held = new Holdings(result, settles).held().length;
  return passed(
    `settlements: ${settles.length}, slots vacated: ${vacated}, slots held now: ${held}`,
    { settles: settles.length, vacated },
  );
}

// The root of the first `size` tickets of an entries file.
export async function entriesRoot(entries, size, breathe) {
  const frontier = new Frontier();
  for (let index = 0; index < size; index++) {
    frontier.push(leafHash(entries.subarray(32 * index, 32 * index + 32)));
    await breathe();
  }
  return frontier.root();
}

export async function checkEntries({ bundle, breathe }) {
  const { entries, close } = bundle;
  if (entries === null) return notApplicable("the bundle does not carry the whole entry list");
  expectSame("bytes of entries.bin", 32 * close.size, entries.length);
  const root = await entriesRoot(entries, close.size, breathe);
  if (!sameBytes(root, fromHex(close.root))) {
    throw new Refused(`root of entries.bin: expected ${close.root}, found ${toHex(root)}`);
  }
  return passed(`${close.size} tickets give the root of the close`, { tickets: close.size });
}
