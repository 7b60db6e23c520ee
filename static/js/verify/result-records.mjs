// Results, settlements and the proofs of drawn tickets, read by their grammar (sections 4.7, 4.8 and
// 4.10). What they say is computed again in drawing.mjs.

import { fromHex, integerOf } from "./bytes.mjs";
import {
  Lines,
  MAX_INTEGER,
  MAX_TICKETS,
  MAX_U32,
  VOID_CODES,
  isHash,
  isSlug,
} from "./grammar.mjs";

const SETTLE_CODES = ["F", "D", "I", "E"];

// `grand/1` or `reserve/3`.
export function isSlot(token) {
  const [, slug, place] = /^([^/]*)\/(.*)$/s.exec(token) ?? [];
  const number = place === undefined ? null : integerOf(place);
  return number !== null && number >= 1 && number <= 100000 && isSlug(slug);
}

export function isReserve(slot) {
  return slot.startsWith("reserve/");
}

export function readResult(lines) {
  const record = { manifest: lines.hash("manifest"), close: lines.hash("close") };
  record.excluded = [];
  while (lines.isNext("excluded")) {
    const fields = lines.fields("excluded");
    const manifest = fields.hash();
    const isOutcome = (token) => token === "cancelled" || isHash(token);
    record.excluded.push([manifest, fields.word("a result's hash or cancelled", isOutcome)]);
    fields.end();
  }
  record.values = [];
  do {
    const fields = lines.fields("source");
    const number = record.values.length + 1;
    fields.integer(number, Math.min(number, 4));
    const isHex = (token) => /^([0-9a-f]{2})+$/.test(token);
    record.values.push(fields.word("a value in hexadecimal digits", isHex));
    fields.end();
  } while (lines.isNext("source"));
  record.seed = lines.hash("seed");
  record.lines = [];
  while (lines.isNext("draw")) record.lines.push(readDraw(lines));
  while (lines.isNext("unfilled")) record.lines.push(readUnfilled(lines));
  record.end = lines.integer("end", 0, MAX_TICKETS);
  return record;
}

// { what: "void" | "dup" | "slot", j, index, code?, slot?, opening? }
function readDraw(lines) {
  const fields = lines.fields("draw");
  const j = fields.integer(0, MAX_TICKETS - 1);
  const index = fields.integer(0, MAX_TICKETS - 1);
  const isWhat = (token) => token === "void" || token === "dup" || isSlot(token);
  const what = fields.word("void, dup or a slot", isWhat);
  if (what === "void") {
    const code = fields.one(VOID_CODES);
    fields.end();
    return { what, j, index, code };
  }
  if (what === "dup") return { what, j, index, opening: readOpening(fields) };
  if (fields.tokens[fields.next] === "unopened") {
    fields.only("unopened");
    return { what: "slot", j, index, slot: what, opening: null };
  }
  return { what: "slot", j, index, slot: what, opening: readOpening(fields) };
}

function readOpening(fields) {
  const opening = { tag: fields.hash(), bind: fields.hash(), ticketNo: fields.integer(0, MAX_U32) };
  fields.end();
  return opening;
}

function readUnfilled(lines) {
  const fields = lines.fields("unfilled");
  const slot = fields.word("a slot", isSlot);
  fields.end();
  return { what: "unfilled", slot };
}

export function readSettle(lines) {
  const record = {
    manifest: lines.hash("manifest"),
    result: lines.hash("result"),
    seq: lines.integer("seq", 1, MAX_U32),
    prev: lines.hash("prev"),
    vacates: [],
    lines: [],
  };
  const count = lines.integer("vacates", 1, MAX_INTEGER);
  for (let number = 0; number < count; number++) {
    const fields = lines.fields("vacate");
    const slot = fields.word("a slot", isSlot);
    const index = fields.integer(0, MAX_TICKETS - 1);
    record.vacates.push({ slot, index, code: fields.one(SETTLE_CODES) });
    fields.end();
  }
  for (;;) {
    if (lines.isNext("fill")) record.lines.push(readFill(lines));
    else if (lines.isNext("draw")) record.lines.push(readDraw(lines));
    else if (lines.isNext("unfilled")) record.lines.push(readUnfilled(lines));
    else break;
  }
  record.end = lines.integer("end", 0, MAX_TICKETS);
  return record;
}

function readFill(lines) {
  const fields = lines.fields("fill");
  const slot = fields.word("a prize slot", (token) => isSlot(token) && !isReserve(token));
  const index = fields.integer(0, MAX_TICKETS - 1);
  const reserve = fields.word("a reserve slot", (token) => isSlot(token) && isReserve(token));
  fields.end();
  return { what: "fill", slot, index, reserve };
}

// `proofs.txt`: [{ index, commitment, path }], indices ascending; empty if nothing was drawn.
export function parseProofLines(text) {
  if (text === "") return [];
  const lines = new Lines(text);
  const proofs = [];
  let least = 0;
  while (lines.isNext("leaf")) {
    const fields = lines.fields("leaf");
    const index = fields.integer(least, MAX_TICKETS - 1);
    const commitment = fromHex(fields.hash());
    const path = [];
    while (fields.more()) path.push(fromHex(fields.hash()));
    proofs.push({ index, commitment, path });
    least = index + 1;
  }
  lines.end();
  return proofs;
}
