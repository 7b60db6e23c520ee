// The order in which tickets leave the drum (section 4.6): sparse Fisher-Yates over 0..n-1.

import { Stream } from "./chacha20.mjs";

const WHOLE = 1n << 64n;

// A uniform integer below m (1 to 2^32), by rejection.
export function uniform(stream, m) {
  const big = BigInt(m);
  const limit = WHOLE - (WHOLE % big);
  for (;;) {
    const x = stream.next();
    if (x < limit) return Number(x % big);
  }
}

// The tickets one after the other; `seed` is 32 bytes.
export function* orderOf(seed, n) {
  const stream = new Stream(seed);
  const moved = new Map();
  for (let j = 0; j < n; j++) {
    const r = j + uniform(stream, n - j);
    const here = moved.get(j) ?? j;
    const there = moved.get(r) ?? r;
    moved.set(r, here);
    moved.delete(j);
    yield r === j ? here : there;
  }
}
