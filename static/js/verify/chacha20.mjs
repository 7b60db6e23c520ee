// The ChaCha20 block function (RFC 8439 section 2.3), read as a stream of 64-bit integers.

function quarter(x, a, b, c, d) {
  x[a] += x[b];
  x[d] ^= x[a];
  x[d] = (x[d] << 16) | (x[d] >>> 16);
  x[c] += x[d];
  x[b] ^= x[c];
  x[b] = (x[b] << 12) | (x[b] >>> 20);
  x[a] += x[b];
  x[d] ^= x[a];
  x[d] = (x[d] << 8) | (x[d] >>> 24);
  x[c] += x[d];
  x[b] ^= x[c];
  x[b] = (x[b] << 7) | (x[b] >>> 25);
}

function littleEndianWords(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Uint32Array.from({ length: bytes.length / 4 }, (_, place) =>
    view.getUint32(4 * place, true),
  );
}

const SIGMA = littleEndianWords(new TextEncoder().encode("expand 32-byte k"));

// 16 words of key stream for a key of 32 bytes, a counter and a nonce of 12 bytes.
export function chachaBlock(key, counter, nonce) {
  const start = new Uint32Array(16);
  start.set(SIGMA, 0);
  start.set(littleEndianWords(key), 4);
  start[12] = counter;
  start.set(littleEndianWords(nonce), 13);
  const x = start.slice();
  for (let round = 0; round < 10; round++) {
    quarter(x, 0, 4, 8, 12);
    quarter(x, 1, 5, 9, 13);
    quarter(x, 2, 6, 10, 14);
    quarter(x, 3, 7, 11, 15);
    quarter(x, 0, 5, 10, 15);
    quarter(x, 1, 6, 11, 12);
    quarter(x, 2, 7, 8, 13);
    quarter(x, 3, 4, 9, 14);
  }
  return x.map((word, place) => word + start[place]);
}

const ZERO_NONCE = new Uint8Array(12);

// Section 4.6: zero nonce, counter from 0, little-endian 64-bit integers.
export class Stream {
  constructor(seed) {
    this.seed = seed;
    this.counter = 0;
    this.words = [];
    this.place = 16;
  }

  next() {
    if (this.place === 16) {
      this.words = chachaBlock(this.seed, this.counter++, ZERO_NONCE);
      this.place = 0;
    }
    const low = this.words[this.place++];
    const high = this.words[this.place++];
    return (BigInt(high) << 32n) | BigInt(low);
  }
}
