// The one zip that a set of files has (section 4.10): stored entries in name order, version 1.0,
// zero times, no flags, no extra fields, no comments. Written from PKWARE's APPNOTE 6.3. Any other
// zip is refused, so every byte of a bundle is evidence.

import { Refused, concat, sameBytes, toHex, utf8 } from "./bytes.mjs";
import { sha256 } from "./sha256.mjs";

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  return value;
});

export function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ byte) & 0xff];
  return ~crc >>> 0;
}

// Little-endian integers, each [value, bytes].
function record(...fields) {
  const out = [];
  for (const [value, size] of fields) {
    for (let byte = 0; byte < size; byte++) out.push(Math.floor(value / 256 ** byte) & 0xff);
  }
  return Uint8Array.from(out);
}

// What a file's own header and its line in the directory have in common.
function commonFields({ name, content, crc }) {
  const [version, flags, method, time, date, extra] = [10, 0, 0, 0, 0, 0];
  return [
    [version, 2],
    [flags, 2],
    [method, 2],
    [time, 2],
    [date, 2],
    [crc, 4],
    [content.length, 4],
    [content.length, 4],
    [name.length, 2],
    [extra, 2],
  ];
}

const FILE_MARK = 0x04034b50;
const DIRECTORY_MARK = 0x02014b50;
const END_MARK = 0x06054b50;

function directory(files, offset) {
  const lines = files.map((file) => {
    // Comment length, disk, internal and external attributes: ten zero bytes.
    const fields = [[DIRECTORY_MARK, 4], [10, 2], ...commonFields(file), [0, 10], [file.at, 4]];
    return concat(record(...fields), utf8(file.name));
  });
  const length = lines.reduce((sum, line) => sum + line.length, 0);
  const end = [
    [END_MARK, 4],
    [0, 4],
    [files.length, 2],
    [files.length, 2],
    [length, 4],
    [offset, 4],
    [0, 2],
  ];
  return concat(...lines, record(...end));
}

const ENCRYPTED = 1;
// The file's sizes stand behind its bytes.
const DESCRIPTOR = 8;

function packedAgain(what) {
  return new Refused(
    `this zip was packed again: ${what}; its contents were not checked, download bundle.zip again and keep it as it is`,
  );
}

const otherFields = () =>
  packedAgain(
    "its order, times, comments or other fields are not those of the one canonical zip of its files",
  );

// The files of a canonical zip: a Map from name to content, in name order. A zip that somebody
// packed again is told as that before its bytes are read as files.
export function readZip(bytes) {
  if (bytes.length >= 2 ** 32) throw new Refused("expected a zip of less than 4 GiB");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const isMark = (at, ...marks) => at + 4 <= bytes.length && marks.includes(view.getUint32(at, true));
  const files = [];
  let at = 0;
  while (isMark(at, FILE_MARK)) {
    const file = readFile(bytes, view, at);
    files.push(file);
    at = file.end;
  }
  if (!isMark(at, DIRECTORY_MARK, END_MARK)) throw noZip(at);
  if (!isCanonical(files, bytes, at)) throw otherFields();
  return new Map(files.map(({ name, content }) => [name, content]));
}

const noZip = (at) => new Refused(`expected a zip of stored files, found other bytes at ${at}`);

// The file whose header stands at `at`: { name, content, crc, at, end }.
function readFile(bytes, view, at) {
  if (at + 30 > bytes.length) throw noZip(at);
  const flags = view.getUint16(at + 6, true);
  if (flags & ENCRYPTED) throw packedAgain(`the file that starts at ${at} is encrypted`);
  if (view.getUint16(at + 8, true) !== 0) {
    throw packedAgain(`the file that starts at ${at} is compressed`);
  }
  if (flags & DESCRIPTOR) throw otherFields();
  const nameEnd = at + 30 + view.getUint16(at + 26, true);
  const start = nameEnd + view.getUint16(at + 28, true);
  const end = start + view.getUint32(at + 18, true);
  const name = [...bytes.subarray(at + 30, nameEnd)].map((byte) => String.fromCharCode(byte)).join("");
  if (!/^[!-~]+$/.test(name) || end > bytes.length) throw noZip(at);
  const content = bytes.subarray(start, end);
  const crc = view.getUint32(at + 14, true);
  if (crc32(content) !== crc) {
    throw new Refused(
      `the file that starts at ${at} does not match its CRC-32: it was changed or damaged`,
    );
  }
  return { name, content, crc, at, end };
}

// Whether the bytes are those that writing the files again would give; the directory at `end`.
function isCanonical(files, bytes, end) {
  if (files.length > 0xffff) return false;
  let before = "";
  for (const file of files) {
    const header = record([FILE_MARK, 4], ...commonFields(file));
    if (file.name <= before || !sameBytes(header, bytes.subarray(file.at, file.at + 30))) return false;
    before = file.name;
  }
  return sameBytes(directory(files, end), bytes.subarray(end));
}

// The `bundle` hash of purge notes (section 4.9).
export function bundleHash(files) {
  let lines = "";
  for (const [name, content] of files) {
    const isLater = name.startsWith("purge-") || name.startsWith("certificate-");
    if (!isLater && name !== "entries.bin") lines += `${name} ${toHex(sha256(content))}\n`;
  }
  return toHex(sha256(utf8(lines)));
}
