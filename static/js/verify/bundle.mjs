// The files of a bundle, each read by its grammar (section 4.10): exactly those that its manifest
// calls for. Nothing is compared across files here except their number and names.

import { Refused, fromBase64, fromHex, integerOf, textOf } from "./bytes.mjs";
import { parseBeacon } from "./drand.mjs";
import { Lines, MAX_INTEGER } from "./grammar.mjs";
import { bitsSet } from "./merkle.mjs";
import { parseCheckpoint, parseNote, parseProof, parseSiteKey } from "./note.mjs";
import { parseRecord } from "./records.mjs";
import { parseProofLines } from "./result-records.mjs";

// The files that no reader has taken yet.
class Files {
  constructor(files) {
    this.left = new Map(files);
  }

  has(name) {
    return this.left.has(name);
  }

  take(name) {
    const content = this.left.get(name);
    if (content === undefined) throw new Refused(`the file ${name} is missing`);
    this.left.delete(name);
    return content;
  }

  // The file's text as `read` understands it; what is refused is told with the file's name.
  text(name, read) {
    const content = this.take(name);
    try {
      return read(textOf(content));
    } catch (error) {
      if (error instanceof Refused) throw new Refused(`${name}: ${error.message}`);
      throw error;
    }
  }

  // A signed note with exactly one signature line: { name, note, ...record }.
  note(name, kind) {
    return this.text(name, (text) => {
      const note = parseNote(text);
      if (note.lines.length !== 1) throw new Refused("expected exactly one signature line");
      return { ...parseRecord(kind, note.text), name, note };
    });
  }

  noteIf(name, kind) {
    return this.has(name) ? this.note(name, kind) : null;
  }

  // `<prefix><number>.note` from `first` on, as long as there is a next one.
  numbered(prefix, first, kind) {
    const notes = [];
    for (let number = first; this.has(`${prefix}${number}.note`); number++) {
      notes.push(this.note(`${prefix}${number}.note`, kind));
    }
    return notes;
  }

  // A `.proof` file: { name, index, path, note, checkpoint }.
  proof(name) {
    return this.text(name, (text) => {
      const { extra, index, path, checkpoint } = parseProof(text);
      if (extra !== null) throw new Refused("expected no extra line");
      const note = parseNote(checkpoint);
      return { name, index, path, note, checkpoint: parseCheckpoint(note.text) };
    });
  }

  siteKey() {
    return this.text("site.vkey", (text) => {
      if (!text.endsWith("\n")) throw new Refused("expected a line feed at the end");
      return parseSiteKey(text.slice(0, -1));
    });
  }

  purges() {
    const found = ["1", "2"].filter((phase) => this.has(`purge-${phase}.note`));
    return found.map((phase) => ({
      ...this.note(`purge-${phase}.note`, "purge"),
      certificateFile: this.take(`certificate-${phase}.json`),
    }));
  }

  // What the bundle holds for source line `number`.
  source(source, number) {
    if (source.type === "drand") return this.text(`beacon-${number}.json`, parseBeacon);
    if (source.type === "numbers") {
      return this.text(`numbers-${number}.txt`, (text) => parseNumbers(text, source));
    }
    const reveal = this.noteIf(`reveal-${number}.note`, "reveal");
    return reveal && { reveal, proof: this.proof(`reveal-${number}.proof`) };
  }
}

// `<count>` integers below 2^32, each followed by a dot, ascending if sorted; then a line feed.
function parseNumbers(text, { count, sorted }) {
  const value = text.slice(0, -1);
  const numbers = value.split(".").slice(0, -1).map(integerOf);
  const isInRange = (number) => number !== null && number < 2 ** 32;
  const isAscending = numbers.every((number, place) => place === 0 || numbers[place - 1] <= number);
  const shape = text.endsWith(".\n") && numbers.length === count && numbers.every(isInRange);
  if (!shape || (sorted && !isAscending)) throw new Refused("expected the numbers, each with a dot");
  return value;
}

// `journal.txt`: { start, frontier, leaves }.
function parseJournal(text) {
  const lines = new Lines(text);
  lines.heading("journal");
  const start = lines.integer("start", 0, MAX_INTEGER);
  const frontier = Array.from({ length: bitsSet(start) }, () => fromHex(lines.hash("frontier")));
  const end = lines.integer("end", start, MAX_INTEGER);
  const leaves = [];
  for (let index = start; index < end; index++) {
    const fields = lines.fields("leaf");
    leaves.push(textOf(fromBase64(fields.word("a text in base 64"))));
    fields.end();
  }
  lines.end();
  return { start: BigInt(start), frontier, leaves };
}

// Reads all files. A bundle with a cancel note is one of a draw that did not take place.
export function readBundle(files) {
  const unread = new Files(files);
  const bundle = unread.has("cancel.note") ? readCancelled(unread) : readDrawn(unread);
  for (const name of unread.left.keys()) {
    throw new Refused(`the file ${name} does not belong in this bundle`);
  }
  return { ...bundle, files };
}

function readDrawn(files) {
  const chain = files.numbered("base-", 0, "manifest");
  const manifest = files.note("manifest.note", "manifest");
  chain.push(manifest);
  const key = files.note("key.note", "key");
  const closes = files.numbered("close-", 0, "close");
  if (closes.length === 0) throw new Refused("the file close-0.note is missing");
  return {
    isCancelled: false,
    site: files.siteKey(),
    rules: files.take("rules.txt"),
    // The supersedes chain: tickets are bound to the first manifest, the last one counts.
    chain,
    base: chain[0],
    manifest,
    manifestProof: files.proof("manifest.proof"),
    key,
    keyProof: files.proof("key.proof"),
    witnesses: key.witnesses,
    closes,
    close: closes.at(-1),
    freeze: files.note("freeze.note", "freeze"),
    freezeProof: files.proof("freeze.proof"),
    journal: files.text("journal.txt", parseJournal),
    sources: manifest.sources.map((source, place) => files.source(source, place + 1)),
    excluded: manifest.excludes.map((_, place) => files.take(`excluded-${place + 1}.zip`)),
    result: files.note("result.note", "result"),
    proofs: files.text("proofs.txt", parseProofLines),
    settles: files.numbered("settle-", 1, "settle"),
    audit: files.noteIf("audit.note", "audit"),
    purges: files.purges(),
    entries: files.has("entries.bin") ? files.take("entries.bin") : null,
  };
}

function readCancelled(files) {
  return {
    isCancelled: true,
    site: files.siteKey(),
    rules: files.take("rules.txt"),
    manifest: files.note("manifest.note", "manifest"),
    manifestProof: files.proof("manifest.proof"),
    cancel: files.note("cancel.note", "cancel"),
    cancelProof: files.proof("cancel.proof"),
    purges: files.purges(),
  };
}
