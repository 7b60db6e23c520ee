// Ticket numbers and receipt codes as people type them (decisions D1 and D3), and what became of a
// ticket. Nothing here leaves the page.

import { Refused, fromHex, integerOf, toHex, u32be, utf8 } from "./bytes.mjs";
import { taggedHash } from "./encoding.mjs";
import { Holdings, allLines } from "./drawing.mjs";

// Damm's totally anti-symmetric quasigroup of order 10 (H. M. Damm, 2004), one row a word.
const DAMM = (
  "0317598642 7092154863 4206871359 1750983426 6123045978 " +
  "3674209581 5869720134 8945362017 9438617205 2581436790"
).split(" ");

export function checkDigit(index) {
  return [...String(index)].reduce((row, digit) => Number(DAMM[row][digit]), 0);
}

// `317-7`: the index in the log and a check digit.
export function ticketText(index) {
  return `${index}-${checkDigit(index)}`;
}

// Half-width, without white space, with plain hyphens.
function narrowed(text) {
  return text
    .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/\s/g, "")
    .replace(/[\u2010-\u2015\u2212]/g, "-");
}

// The index of a typed ticket number, or null if it is not one.
export function parseTicket(typed) {
  const [, digits, check] = /^([0-9]+)-([0-9])$/.exec(narrowed(typed)) ?? [];
  const index = digits === undefined ? null : integerOf(digits);
  return index !== null && index < 2 ** 32 && Number(check) === checkDigit(index) ? index : null;
}

// Crockford's base 32: no I, L, O, U.
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

// The 20 characters of a typed receipt code; a 21st is its check character and must fit.
export function parseSecret(typed) {
  const code = narrowed(typed)
    .replaceAll("-", "")
    .toUpperCase()
    .replaceAll("O", "0")
    .replace(/[IL]/g, "1");
  if (![20, 21].includes(code.length) || [...code].some((letter) => !ALPHABET.includes(letter))) {
    throw new Refused("a receipt code has 20 characters and one check character");
  }
  const secret = code.slice(0, 20);
  const first = fromHex(taggedHash("check", utf8(secret)))[0];
  if (code.length === 21 && code[20] !== ALPHABET[first >> 3]) {
    throw new Refused("the check character does not fit the receipt code");
  }
  return secret;
}

// The subject that an ID number stands for: upper case and half width, without spaces. A value
// with a scheme, for example `card:123`, is taken as it is.
export function subjectOf(id) {
  if (id.includes(":")) return id;
  const narrow = id.replace(/[\uff01-\uff5e]/g, (wide) =>
    String.fromCharCode(wide.charCodeAt(0) - 0xfee0),
  );
  return `twid:${narrow.replace(/\s/g, "").toUpperCase()}`;
}

// Section 4.2, in hexadecimal digits.
export function nonceOf(secret, base, ticketNo) {
  return taggedHash("nonce", utf8(secret), fromHex(base.hash), u32be(ticketNo));
}

export function bindOf(nonce, subject) {
  return taggedHash("bind", fromHex(nonce), utf8(subject));
}

// The parts of a secret receipt's 100 bytes: tag, bind, ticket number, nonce.
export function parseExtra(extra) {
  const hex = (from, to) => toHex(extra.subarray(from, to));
  const ticketNo = new DataView(extra.buffer, extra.byteOffset + 64, 4).getUint32(0);
  return { tag: hex(0, 32), bind: hex(32, 64), ticketNo, nonce: hex(68, 100) };
}

// What became of a ticket: { state: "outside" | "void" | "holds" | "past" | "none", code?, slot? };
// "past" once held a slot that passed on.
export function ticketState({ close, result, settles }, index) {
  if (index >= close.size) return { state: "outside" };
  const code = close.voids.get(index);
  if (code !== undefined) return { state: "void", code };
  const held = new Holdings(result, settles).held().find((holding) => holding.index === index);
  if (held) return { state: "holds", slot: held.slot };
  const lines = [...allLines(result, settles)];
  const drawn = lines.some((line) => line.what === "slot" && line.index === index);
  return { state: drawn ? "past" : "none" };
}

export function stateText({ state, code, slot }) {
  if (state === "void") return `it is void (${code}) and took no part`;
  return state === "holds" ? `it holds ${slot}` : "it holds no slot";
}
