// The strict line grammar that all records share (section 4.1): printable ASCII, single spaces,
// every line ended, no blank lines, decimal integers without sign or leading zero.

import { Refused, integerOf } from "./bytes.mjs";
import { PREFIX } from "./encoding.mjs";

// Indices are below 2^32 - 1.
export const MAX_TICKETS = 2 ** 32 - 1;
export const MAX_U32 = 2 ** 32 - 1;
// Lines of a site note (section 4.9).
export const MAX_SITE_LINES = 20;
export const MAX_INTEGER = Number.MAX_SAFE_INTEGER;
// Withdrawn, duplicate person, ineligible by rule, staff or test (section 4.4).
export const VOID_CODES = ["W", "D", "I", "T"];

export function isHash(token) {
  return /^[0-9a-f]{64}$/.test(token);
}

export function isSlug(token) {
  return /^[a-z0-9-]{1,32}$/.test(token);
}

export function isReason(token) {
  return /^[A-Z][A-Z0-9]{0,7}$/.test(token);
}

// The lines of one text, read in order.
export class Lines {
  constructor(text) {
    const stray = text.search(/[^ -~\n]/);
    if (stray >= 0) {
      const line = text.slice(0, stray).split("\n").length;
      throw new Refused(`line ${line}: expected plain ASCII`);
    }
    if (!text.endsWith("\n")) throw new Refused("expected a line feed at the end");
    this.lines = text.slice(0, -1).split("\n");
    this.next = 0;
  }

  refuse(what) {
    return new Refused(`line ${this.next}: expected ${what}`);
  }

  isNext(keyword) {
    const line = this.lines[this.next];
    return line !== undefined && (line === keyword || line.startsWith(`${keyword} `));
  }

  // The next line, which must start with `keyword`.
  fields(keyword) {
    if (!this.isNext(keyword)) {
      this.next++;
      throw this.refuse(keyword);
    }
    const line = this.lines[this.next++];
    return new Fields(line.split(" ").slice(1), this);
  }

  more() {
    return this.next < this.lines.length;
  }

  // The next line, whatever it starts with, as its fields.
  line(what) {
    const line = this.lines[this.next++];
    if (line === undefined) throw this.refuse(what);
    return line.split(" ");
  }

  heading(kind) {
    this.fields(PREFIX).only(kind);
  }

  hash(keyword) {
    return this.fields(keyword).lastHash();
  }

  integer(keyword, least, most) {
    const fields = this.fields(keyword);
    const value = fields.integer(least, most);
    fields.end();
    return value;
  }

  end() {
    if (this.next !== this.lines.length) {
      this.next++;
      throw this.refuse("the end of the text");
    }
  }
}

// The fields of one line behind its keyword, read in order. An empty field is a doubled space.
class Fields {
  constructor(tokens, lines) {
    this.tokens = tokens;
    this.lines = lines;
    this.next = 0;
  }

  more() {
    return this.next < this.tokens.length;
  }

  // The next field if `accepts` says so.
  word(what, accepts = () => true) {
    const token = this.tokens[this.next++];
    if (token === undefined || token === "" || !accepts(token)) throw this.lines.refuse(what);
    return token;
  }

  one(choices) {
    return this.word(`one of ${choices.join(", ")}`, (token) => choices.includes(token));
  }

  hash() {
    return this.word("64 lower-case hexadecimal digits", isHash);
  }

  integer(least, most) {
    const token = this.word("a decimal integer", (found) => integerOf(found) !== null);
    const value = integerOf(token);
    if (value < least || value > most) throw this.lines.refuse(`${least} to ${most}`);
    return value;
  }

  end() {
    if (this.more()) throw this.lines.refuse("the end of the line");
  }

  only(word) {
    this.one([word]);
    this.end();
  }

  lastHash() {
    const hash = this.hash();
    this.end();
    return hash;
  }
}
