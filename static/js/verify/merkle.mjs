// Merkle trees (RFC 9162 section 2.1) over SHA-256. Sizes and indices are BigInt, because
// JavaScript's numbers shift 32 bits only.

import { Refused, sameBytes, toHex } from "./bytes.mjs";
import { sha256 } from "./sha256.mjs";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export function leafHash(data) {
  return sha256(LEAF, data);
}

export function nodeHash(left, right) {
  return sha256(NODE, left, right);
}

// Section 2.1.3.2: `leaf` (a leaf hash) stands at `index` of the tree of `size` leaves with `root`.
export function checkInclusion(leaf, index, size, path, root) {
  if (index >= size) throw new Refused("the proof is about a position outside the tree");
  let node = index;
  let last = size - 1n;
  let hash = leaf;
  for (const sibling of path) {
    if (last === 0n) throw new Refused("the proof has too many hashes");
    if ((node & 1n) === 1n || node === last) {
      hash = nodeHash(sibling, hash);
      while ((node & 1n) === 0n && node !== 0n) {
        node >>= 1n;
        last >>= 1n;
      }
    } else {
      hash = nodeHash(hash, sibling);
    }
    node >>= 1n;
    last >>= 1n;
  }
  if (last !== 0n) throw new Refused("the proof has too few hashes");
  if (!sameBytes(hash, root)) {
    throw new Refused(`expected root ${toHex(root)}, the proof gives ${toHex(hash)}`);
  }
}

// A tree of which only the right edge is kept: the roots of its perfect subtrees, largest first.
export class Frontier {
  constructor(size = 0n, roots = []) {
    this.size = size;
    this.roots = roots.slice();
  }

  push(leaf) {
    let hash = leaf;
    for (let size = this.size; (size & 1n) === 1n; size >>= 1n) {
      hash = nodeHash(this.roots.pop(), hash);
    }
    this.roots.push(hash);
    this.size += 1n;
  }

  root() {
    if (this.roots.length === 0) return sha256(new Uint8Array(0));
    return this.roots.reduceRight((right, left) => nodeHash(left, right));
  }
}

// How many perfect subtrees a tree of this size has.
export function bitsSet(size) {
  return size.toString(2).replaceAll("0", "").length;
}
