// The length-prefixed encoding that everything else hashes (section 4.1).

import { concat, toHex, u32be, utf8 } from "./bytes.mjs";
import { sha256 } from "./sha256.mjs";

// The protocol's name and version.
export const PREFIX = "lucky-draw/v1";

// E: the label and each part, each behind its length.
export function encoded(label, ...parts) {
  const all = [utf8(label), ...parts];
  return concat(...all.flatMap((part) => [u32be(part.length), part]));
}

// TH, in hexadecimal digits.
export function taggedHash(label, ...parts) {
  return toHex(sha256(encoded(`${PREFIX}/${label}`, ...parts)));
}
