// The records of sections 4.3 to 4.9, read by their grammar. Each has exactly one text, so records
// are the same when their texts are; `hash` is H of the text. Results and settlements are in
// result-records.mjs.

import { Refused } from "./bytes.mjs";
import { PREFIX } from "./encoding.mjs";
import {
  Lines,
  MAX_INTEGER,
  MAX_TICKETS,
  MAX_SITE_LINES,
  MAX_U32,
  VOID_CODES,
  isHash,
  isReason,
  isSlug,
} from "./grammar.mjs";
import { isKeyName, parseWitnessKey } from "./note.mjs";
import { readResult, readSettle } from "./result-records.mjs";
import { hashHex } from "./sha256.mjs";

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
  site: readSite,
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

// What a site states about itself; no check of a draw depends on it.
function readSite(lines) {
  const of = lines.fields("of");
  const record = { of: of.word("a name", isSlug), lines: [] };
  of.end();
  do {
    const [name, ...value] = lines.line("a name and its value");
    const length = value.join(" ").length;
    if (!isSlug(name) || value.includes("") || length < 1 || length > 255) {
      throw lines.refuse("a name and its value");
    }
    record.lines.push([name, value.join(" ")]);
  } while (lines.more() && record.lines.length < MAX_SITE_LINES);
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
