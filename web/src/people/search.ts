// Proof of work: SHA-256(salt ‖ digest ‖ number) with so many leading zero bits. Salt and digest fill one block, which
// is hashed once.

import { sha256 } from "@noble/hashes/sha2.js";
import { type Bytes, concat } from "../proof/bytes.ts";

export function zeroBits(digest: Bytes): number {
  let bits = 0;
  for (const byte of digest) {
    if (byte) return bits + Math.clz32(byte) - 24;
    bits += 8;
  }
  return bits;
}

/** Try `count` numbers from `first` on; null: none of them. */
export function search(salt: Bytes, digest: Bytes, bits: number, first: number, count: number): Bytes | null {
  const begun = sha256.create().update(concat(salt, digest));
  const work = new Uint8Array(8);
  const view = new DataView(work.buffer);
  for (let number = first; number < first + count; number++) {
    view.setUint32(0, Math.floor(number / 2 ** 32));
    view.setUint32(4, number >>> 0);
    if (zeroBits(begun.clone().update(work).digest()) >= bits) return work;
  }
  return null;
}
