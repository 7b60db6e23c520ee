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

// The files of a canonical zip: a Map from name to content, in name order.
export function readZip(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const refuse = (at) => new Refused(`not a canonical zip of stored files: see byte ${at}`);
  const files = [];
  let at = 0;
  while (at + 30 <= bytes.length && view.getUint32(at, true) === FILE_MARK) {
    const size = view.getUint32(at + 18, true);
    const start = at + 30 + view.getUint16(at + 26, true);
    if (start + size > bytes.length || files.length === 0xffff) throw refuse(at);
    const name = String.fromCharCode(...bytes.subarray(at + 30, start));
    const content = bytes.subarray(start, start + size);
    const file = { name, content, crc: view.getUint32(at + 14, true), at };
    const header = record([FILE_MARK, 4], ...commonFields(file));
    const inOrder = files.length === 0 || files.at(-1).name < name;
    if (!/^[!-~]*$/.test(name) || !inOrder) throw refuse(at + 30);
    if (!sameBytes(header, bytes.subarray(at, at + 30))) throw refuse(at);
    if (crc32(content) !== file.crc) {
      throw new Refused(`the file ${name} does not match its CRC-32: it was changed or damaged`);
    }
    files.push(file);
    at = start + size;
  }
  if (!sameBytes(directory(files, at), bytes.subarray(at))) throw refuse(at);
  return new Map(files.map(({ name, content }) => [name, content]));
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
