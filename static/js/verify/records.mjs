// The records of sections 4.3 to 4.9, read by their grammar. Each has exactly one text, so records
// are the same when their texts are; `hash` is H of the text.

import { Refused, fromHex, integerOf } from "./bytes.mjs";
import { PREFIX } from "./encoding.mjs";
import {
  Lines,
  MAX_INTEGER,
  MAX_TICKETS,
  MAX_U32,
  isHash,
  isReason,
  isSlug,
} from "./grammar.mjs";
import { hashHex } from "./sha256.mjs";
import { isKeyName, parseWitnessKey } from "./note.mjs";

export const VOID_CODES = ["W", "D", "I", "T"];
const SETTLE_CODES = ["F", "D", "I", "E"];

const READERS = {
  manifest: readManifest,
  key: readKey,
  anchor: readAnchor,
  close: readClose,
  freeze: readFreeze,
  reveal: readReveal,
  cancel: readCancel,
  result: readResult,
  settle: readSettle,
  audit: readAudit,
  purge: readPurge,
};

// Reads a text of one kind.
export function parseRecord(kind, text) {
  const lines = new Lines(text);
  lines.heading(kind);
  const record = READERS[kind](lines);
  lines.end();
  return { ...record, kind, text, hash: hashHex(text) };
}

// Reads a journal leaf by the kind that its first line names.
export function parseLeaf(text) {
  const kind = Object.keys(READERS).find((name) => text.startsWith(`${PREFIX} ${name}\n`));
  if (kind === undefined) throw new Refused("a kind of record that the protocol does not know");
  return parseRecord(kind, text);
}

function readManifest(lines) {
  const origin = lines.fields("origin");
  const manifest = { origin: origin.word("an origin", isKeyName) };
  origin.end();
  manifest.rules = lines.hash("rules");
  manifest.opens = lines.integer("opens", 0, MAX_INTEGER);
  manifest.closes = lines.integer("closes", manifest.opens + 1, MAX_INTEGER);
  manifest.freezes = lines.integer("freezes", manifest.closes, MAX_INTEGER);
  manifest.sources = readSources(lines);
  manifest.prizes = readPrizes(lines);
  manifest.reserves = lines.integer("reserves", 0, 100000);
  manifest.winsPerPerson = lines.integer("wins-per-person", 1, 65535);
  manifest.ticketsPerPerson = lines.integer("tickets-per-person", 1, 65535);
  manifest.excludes = [];
  while (lines.isNext("excludes")) {
    const excluded = lines.hash("excludes");
    if (manifest.excludes.length === 16) throw lines.refuse("at most 16 excludes lines");
    if (manifest.excludes.some((earlier) => earlier >= excluded)) {
      throw lines.refuse("excludes lines in ascending order");
    }
    manifest.excludes.push(excluded);
  }
  manifest.supersedes = null;
  if (lines.isNext("supersedes")) {
    const fields = lines.fields("supersedes");
    manifest.supersedes = fields.hash();
    fields.word("a reason code", isReason);
    fields.end();
  }
  return manifest;
}

function readSources(lines) {
  const sources = [];
  do {
    const fields = lines.fields("source");
    if (sources.length === 4) throw lines.refuse("at most 4 sources");
    const type = fields.one(["drand", "numbers", "commit"]);
    const source = { type };
    if (type === "drand") {
      source.chain = fields.hash();
      source.round = fields.integer(1, MAX_INTEGER);
    } else if (type === "numbers") {
      source.slug = fields.word("a game and issue number", isSlug);
      source.sorted = fields.one(["sorted", "ordered"]) === "sorted";
      source.count = fields.integer(1, 64);
    } else {
      source.commitment = fields.hash();
    }
    fields.end();
    sources.push(source);
  } while (lines.isNext("source"));
  return sources;
}

function readPrizes(lines) {
  const prizes = [];
  do {
    const fields = lines.fields("prize");
    if (prizes.length === 64) throw lines.refuse("at most 64 prizes");
    const isNew = (slug) =>
      isSlug(slug) && slug !== "reserve" && prizes.every((prize) => prize.slug !== slug);
    const slug = fields.word("a prize that no line has named yet", isNew);
    prizes.push({ slug, units: fields.integer(1, 100000) });
    fields.end();
  } while (lines.isNext("prize"));
  return prizes;
}

function readKey(lines) {
  const record = { manifest: lines.hash("manifest"), tagKey: lines.hash("tag-key") };
  const fields = lines.fields("witnesses");
  const count = fields.integer(0, MAX_INTEGER);
  record.quorum = fields.integer(0, MAX_U32);
  fields.end();
  const majority = record.quorum <= count && 2 * record.quorum > count;
  if (!majority && (count !== 0 || record.quorum !== 0)) {
    throw lines.refuse("a quorum of more than half of the witnesses, or 0 0");
  }
  record.witnesses = [];
  let last = "";
  for (let number = 0; number < count; number++) {
    const witness = lines.fields("witness");
    const isLater = (text) => text > last;
    last = witness.word("a witness key, in byte order", isLater);
    witness.end();
    record.witnesses.push(parseWitnessKey(last));
  }
  return record;
}

function readAnchor(lines) {
  return {
    manifest: lines.hash("manifest"),
    size: lines.integer("size", 0, MAX_TICKETS),
    root: lines.hash("root"),
  };
}

function readClose(lines) {
  const record = {
    manifest: lines.hash("manifest"),
    seq: lines.integer("seq", 0, MAX_U32),
    size: lines.integer("size", 0, MAX_TICKETS),
    root: lines.hash("root"),
    voids: new Map(),
  };
  const count = lines.integer("voids", 0, record.size);
  let least = 0;
  for (let number = 0; number < count; number++) {
    const fields = lines.fields("void");
    const index = fields.integer(least, record.size - 1);
    record.voids.set(index, fields.one(VOID_CODES));
    fields.end();
    least = index + 1;
  }
  return record;
}

function readFreeze(lines) {
  return { manifest: lines.hash("manifest"), close: lines.hash("close") };
}

function readReveal(lines) {
  return { manifest: lines.hash("manifest"), secret: lines.hash("secret") };
}

function readCancel(lines) {
  const manifest = lines.hash("manifest");
  const fields = lines.fields("reason");
  const reason = fields.word("a reason code", isReason);
  fields.end();
  return { manifest, reason };
}

// `grand/1` or `reserve/3`.
export function isSlot(token) {
  const [, slug, place] = /^([^/]*)\/(.*)$/s.exec(token) ?? [];
  const number = place === undefined ? null : integerOf(place);
  return number !== null && number >= 1 && number <= 100000 && isSlug(slug);
}

export function isReserve(slot) {
  return slot.startsWith("reserve/");
}

function readResult(lines) {
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

function readSettle(lines) {
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

function readAudit(lines) {
  const record = { manifest: lines.hash("manifest"), result: lines.hash("result"), leaves: [] };
  const sample = lines.integer("sample", 0, MAX_TICKETS);
  for (let number = 0; number < sample; number++) {
    const fields = lines.fields("leaf");
    const index = fields.integer(0, MAX_TICKETS - 1);
    record.leaves.push({ index, found: fields.one(["found", "missing"]) === "found" });
    fields.end();
  }
  record.overCap = lines.integer("over-cap", 0, MAX_INTEGER);
  return record;
}

function readPurge(lines) {
  const hashOrNone = (keyword) => {
    const fields = lines.fields(keyword);
    const token = fields.word("a hash or none", (found) => found === "none" || isHash(found));
    fields.end();
    return token;
  };
  const record = { manifest: hashOrNone("manifest"), result: hashOrNone("result") };
  if (record.manifest === "none" && record.result !== "none") throw lines.refuse("none");
  record.settle = hashOrNone("settle");
  if ((record.settle === "none") !== (record.result === "none")) {
    throw lines.refuse("a hash exactly where there is a result");
  }
  lines.fields("destroyed").only("contact,keys,openings");
  record.bundle = hashOrNone("bundle");
  if ((record.bundle === "none") !== (record.manifest === "none")) {
    throw lines.refuse("a hash exactly where there is a manifest");
  }
  const phase = lines.fields("phase");
  record.phase = phase.one(["1", "2"]);
  phase.end();
  record.certificate = lines.hash("certificate");
  return record;
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
