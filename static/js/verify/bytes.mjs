// Bytes, hexadecimal digits, base 64 and UTF-8. Every reader takes exactly one spelling of a value
// and refuses all others, so that what was read can be compared as text.

// What is not as it must be. Every check of the verifier turns this into its outcome.
export class Refused extends Error {}

const encoder = new TextEncoder();
const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function utf8(text) {
  return encoder.encode(text);
}

export function textOf(bytes) {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    throw new Refused("expected UTF-8 text");
  }
}

export function concat(...parts) {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}

export function sameBytes(a, b) {
  return a.length === b.length && a.every((byte, place) => byte === b[place]);
}

export function toHex(bytes) {
  let text = "";
  for (const byte of bytes) text += (byte + 256).toString(16).slice(1);
  return text;
}

// Lower-case digits only, two for each byte.
export function fromHex(text) {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) {
    throw new Refused("expected lower-case hexadecimal digits");
  }
  const bytes = new Uint8Array(text.length / 2);
  for (let place = 0; place < bytes.length; place++) {
    bytes[place] = parseInt(text.slice(2 * place, 2 * place + 2), 16);
  }
  return bytes;
}

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE64_VALUE = new Map([...BASE64].map((letter, value) => [letter, value]));

export function toBase64(bytes) {
  let text = "";
  for (let place = 0; place < bytes.length; place += 3) {
    const [a, b = 0, c = 0] = bytes.subarray(place, place + 3);
    const group = (a << 16) | (b << 8) | c;
    for (const shift of [18, 12, 6, 0]) text += BASE64[(group >> shift) & 63];
  }
  const surplus = (3 - (bytes.length % 3)) % 3;
  return text.slice(0, text.length - surplus) + "=".repeat(surplus);
}

// Standard alphabet, padded, and the bits behind the last byte are zero.
export function fromBase64(text) {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    throw new Refused("expected standard padded base 64");
  }
  const digits = text.replace(/=+$/, "");
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let window = 0;
  let bits = 0;
  let length = 0;
  for (const digit of digits) {
    window = ((window << 6) | BASE64_VALUE.get(digit)) & 0xfff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[length++] = (window >> bits) & 0xff;
    }
  }
  if ((window & ((1 << bits) - 1)) !== 0) throw new Refused("expected zero bits at the end");
  return bytes;
}

// A decimal integer below 2^53 without sign or leading zero (section 4.1), or null.
export function integerOf(token) {
  if (!/^(0|[1-9][0-9]{0,15})$/.test(token)) return null;
  const value = Number(token);
  return Number.isSafeInteger(value) ? value : null;
}

// Big-endian integers of 4 and 8 bytes.
export function u32be(value) {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

export function u64be(value) {
  const big = BigInt(value);
  return concat(u32be(Number(big >> 32n)), u32be(Number(big & 0xffffffffn)));
}

export function bigFromBytes(bytes) {
  return bytes.length === 0 ? 0n : BigInt("0x" + toHex(bytes));
}
