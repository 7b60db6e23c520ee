// Signed notes, verifier keys, checkpoints and proofs as C2SP specifies them: signed-note,
// tlog-checkpoint, tlog-cosignature (Ed25519) and tlog-proof.

import { Refused, concat, fromBase64, integerOf, toBase64, toHex, utf8 } from "./bytes.mjs";
import { sha256 } from "./sha256.mjs";
import { ed25519Verify, isSoundKey } from "./ed25519.mjs";

const SITE_KEY = 0x01;
const WITNESS_KEY = 0x04;
const MARK = "\u2014 ";

// 1 to 255 printable ASCII characters without space and "+".
export function isKeyName(name) {
  return /^[!-*,-~]{1,255}$/.test(name);
}

// A key under a name: { name, kind, key, id }, its ID being the start of H(name LF kind key).
export function namedKey(name, kind, key) {
  const id = toHex(sha256(utf8(`${name}\n`), Uint8Array.of(kind), key)).slice(0, 8);
  return { name, kind, key, id };
}

export function vkeyText({ name, kind, key, id }) {
  return `${name}+${id}+${toBase64(concat(Uint8Array.of(kind), key))}`;
}

function parseKey(text, kind) {
  const [, name, , base64] = /^([^+]*)\+([^+]*)\+(.*)$/s.exec(text) ?? [];
  if (name === undefined || !isKeyName(name)) throw new Refused("not a verifier key");
  const bytes = fromBase64(base64);
  const found = namedKey(name, bytes[0], bytes.slice(1));
  if (found.kind !== kind || vkeyText(found) !== text) {
    throw new Refused("not a verifier key of this kind in its one form");
  }
  if (!isSoundKey(found.key)) throw new Refused("the verifier key is not a sound Ed25519 key");
  return found;
}

export function parseSiteKey(text) {
  return parseKey(text, SITE_KEY);
}

export function parseWitnessKey(text) {
  return parseKey(text, WITNESS_KEY);
}

// The journal is signed by the site's key under its own name (section 4.9).
export function journalKey(site) {
  return namedKey(`${site.name}/journal`, site.kind, site.key);
}

// Text, blank line, signature lines: { text, lines: [{ name, id, signature }] }. Nothing checked.
export function parseNote(note) {
  const blank = note.lastIndexOf("\n\n");
  if (blank < 0 || !note.endsWith("\n") || note.length < blank + 3) {
    throw new Refused("not a note: expected a text, a blank line and signature lines");
  }
  const lines = note.slice(blank + 2, -1).split("\n");
  return { text: note.slice(0, blank + 1), lines: lines.map(parseSignatureLine) };
}

function parseSignatureLine(line) {
  const [, name, base64] = /^\u2014 ([^ ]*) (.*)$/su.exec(line) ?? [];
  if (name === undefined || !isKeyName(name)) {
    throw new Refused(`not a signature line: expected "${MARK}", a name and a signature`);
  }
  const bytes = fromBase64(base64);
  if (bytes.length < 5) throw new Refused("a signature line is too short");
  return { name, id: toHex(bytes.subarray(0, 4)), signature: bytes.slice(4) };
}

function isBy(key, line) {
  return line.name === key.name && line.id === key.id;
}

// The first signature line must be the key's and match; later lines are the caller's.
export function checkFirstLine(note, key) {
  if (!isBy(key, note.lines[0])) throw new Refused(`the signature is not one of ${key.name}`);
  if (!ed25519Verify(key.key, utf8(note.text), note.lines[0].signature)) {
    throw new Refused("the signature does not match the text");
  }
}

// Exactly one signature line, the key's.
export function checkOnlyLine(note, key) {
  if (note.lines.length !== 1) throw new Refused("expected exactly one signature line");
  checkFirstLine(note, key);
}

// The times (BigInt) at which witnesses saw a checkpoint. Behind the log's own line only known
// witnesses may stand, in their order, each at most once.
export function cosignatureTimes(note, log, witnesses) {
  checkFirstLine(note, log);
  let next = 0;
  return note.lines.slice(1).map((line) => {
    while (next < witnesses.length && !isBy(witnesses[next], line)) next++;
    if (next === witnesses.length) {
      throw new Refused("a signature line is of no named witness, or out of order");
    }
    return cosignatureTime(note.text, line.signature, witnesses[next++]);
  });
}

function cosignatureTime(text, signature, witness) {
  if (signature.length !== 72) throw new Refused("a cosignature has not 72 bytes");
  const time = BigInt("0x" + toHex(signature.subarray(0, 8)));
  const message = utf8(`cosignature/v1\ntime ${time}\n${text}`);
  if (!ed25519Verify(witness.key, message, signature.subarray(8))) {
    throw new Refused(`the cosignature of ${witness.name} does not match`);
  }
  return time;
}

// An integer of section 4.1 as a BigInt, because proofs shift it by bits.
function parseCount(text) {
  const count = integerOf(text);
  if (count === null) throw new Refused("expected a decimal integer");
  return BigInt(count);
}

function parseHash64(text) {
  const bytes = fromBase64(text);
  if (bytes.length !== 32) throw new Refused("expected a hash in base 64");
  return bytes;
}

// Origin, size and root, three lines and no more.
export function parseCheckpoint(text) {
  const [origin, size, root, ...rest] = text.split("\n");
  if (root === undefined || rest.length !== 1 || rest[0] !== "" || !isKeyName(origin)) {
    throw new Refused("not a checkpoint: expected origin, size and base 64 root");
  }
  return { origin, size: parseCount(size), root: parseHash64(root) };
}

const PROOF_HEADING = "c2sp.org/tlog-proof@v1\n";

// { extra, index, path, checkpoint }: the checkpoint is the text of a signed note.
export function parseProof(text) {
  const refuse = () => new Refused("not a c2sp.org/tlog-proof@v1 file");
  const blank = text.indexOf("\n\n");
  if (!text.startsWith(PROOF_HEADING) || blank < PROOF_HEADING.length) throw refuse();
  const lines = text.slice(PROOF_HEADING.length, blank).split("\n");
  const checkpoint = text.slice(blank + 2);
  const extra = lines[0].startsWith("extra ") ? fromBase64(lines.shift().slice(6)) : null;
  if (lines.length === 0 || !lines[0].startsWith("index ") || checkpoint === "") throw refuse();
  const index = parseCount(lines.shift().slice(6));
  return { extra, index, path: lines.map(parseHash64), checkpoint };
}
