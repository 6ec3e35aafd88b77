// Merkle tree of RFC 6962 §2.1 over SHA-256 (mirror of src/panah/proof/merkle.py).
// Sizes stay below 2^53, so there are no shifts here: JavaScript's are 32 bits wide.

import { sha256 } from "@noble/hashes/sha2.js";
import { type Bytes, same } from "./bytes.ts";
import { ProofError } from "./errors.ts";

export const HASH_SIZE = 32;
export const EMPTY_ROOT: Bytes = sha256(new Uint8Array(0));

/** Head of the complete subtree over leaves [index * 2^level, (index + 1) * 2^level). */
export type NodeAt = (level: number, index: number) => Promise<Bytes>;

export function leafHash(data: Bytes): Bytes {
  const marked = new Uint8Array(data.length + 1); // 0x00 keeps leaves and nodes apart
  marked.set(data, 1);
  return sha256(marked);
}

export function nodeHash(left: Bytes, right: Bytes): Bytes {
  const joined = new Uint8Array(1 + 2 * HASH_SIZE);
  joined[0] = 1;
  joined.set(left, 1);
  joined.set(right, 1 + HASH_SIZE);
  return sha256(joined);
}

/** Join subtree heads, largest first. */
export function fold(heads: readonly Bytes[]): Bytes {
  return heads.length ? heads.reduceRight((right, left) => nodeHash(left, right)) : EMPTY_ROOT;
}

/** The heads of the complete subtrees that make up a growing tree. */
export class Frontier {
  size = 0;
  private readonly heads: Bytes[] = [];

  /** Add one leaf hash, or the head of a complete subtree of 2^level leaves on its boundary. */
  append(head: Bytes, level = 0): void {
    let grown = head;
    let filled = Math.floor(this.size / 2 ** level);
    for (; filled % 2; filled = (filled - 1) / 2) grown = nodeHash(this.heads.pop() as Bytes, grown);
    this.heads.push(grown);
    this.size += 2 ** level;
  }

  root(): Bytes {
    return fold(this.heads);
  }
}

export function rootOf(hashes: Iterable<Bytes>): Bytes {
  const frontier = new Frontier();
  for (const hash of hashes) frontier.append(hash);
  return frontier.root();
}

/** Largest power of two smaller than `width` (RFC 6962 §2.1). */
function split(width: number): number {
  let half = 1;
  while (half * 2 < width) half *= 2;
  return half;
}

async function head(begin: number, end: number, nodeAt: NodeAt): Promise<Bytes> {
  const heads: Bytes[] = [];
  let from = begin;
  while (from < end) {
    let [level, width] = [0, 1];
    while (width * 2 <= end - from) [level, width] = [level + 1, width * 2];
    heads.push(await nodeAt(level, from / width));
    from += width;
  }
  return fold(heads);
}

export const rootAt = (size: number, nodeAt: NodeAt): Promise<Bytes> => head(0, size, nodeAt);

/** Make PATH(index, D[size]) of RFC 6962 §2.1.1, leaf's sibling first. */
export async function inclusionProof(index: number, size: number, nodeAt: NodeAt): Promise<Bytes[]> {
  if (index < 0 || index >= size) throw new ProofError(`leaf ${index} is not in a log of ${size}`);
  const path: Bytes[] = [];
  let [begin, end] = [0, size];
  while (end - begin > 1) {
    const middle = begin + split(end - begin);
    if (index < middle) {
      path.push(await head(middle, end, nodeAt));
      end = middle;
    } else {
      path.push(await head(begin, middle, nodeAt));
      begin = middle;
    }
  }
  return path.reverse();
}

/** Check an inclusion proof (RFC 9162 §2.1.3.2). */
export function verifyInclusion(leaf: Bytes, index: number, size: number, proof: readonly Bytes[], root: Bytes): void {
  if (index < 0 || index >= size) throw new ProofError(`leaf ${index} is not in a log of ${size}`);
  let [place, last, grown] = [index, size - 1, leaf];
  for (const step of proof) {
    if (last === 0) throw new ProofError("the inclusion proof has too many hashes");
    if (place % 2 || place === last) {
      grown = nodeHash(step, grown);
      while (place % 2 === 0 && place) [place, last] = [place / 2, Math.floor(last / 2)];
    } else {
      grown = nodeHash(grown, step);
    }
    [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
  }
  if (last || !same(grown, root)) throw new ProofError("the inclusion proof does not lead to the root of the checkpoint");
}

/** Make PROOF(old, D[size]) of RFC 6962 §2.1.2. */
export async function consistencyProof(old: number, size: number, nodeAt: NodeAt): Promise<Bytes[]> {
  if (old < 0 || old > size) throw new ProofError(`a log of ${old} leaves can't grow to ${size}`);
  if (old === 0 || old === size) return [];
  const path: Bytes[] = [];
  let [begin, end, whole] = [0, size, true];
  while (old !== end) {
    const middle = begin + split(end - begin);
    if (old <= middle) {
      path.push(await head(middle, end, nodeAt));
      end = middle;
    } else {
      path.push(await head(begin, middle, nodeAt));
      [begin, whole] = [middle, false];
    }
  }
  if (!whole) path.push(await head(begin, end, nodeAt));
  return path.reverse();
}

const powerOfTwo = (size: number): boolean => Number.isInteger(Math.log2(size)) && 2 ** Math.log2(size) === size;

/** Check that the tree of `size` leaves only added to the tree of `old` (RFC 9162 §2.1.4.2). */
export function verifyConsistency(old: number, size: number, oldRoot: Bytes, root: Bytes, proof: readonly Bytes[]): void {
  const refusal = new ProofError(`the log of ${size} leaves does not continue the log of ${old}`);
  if (old < 0 || old > size) throw refusal;
  if (old === 0 || old === size) {
    const wrong = old === size ? !same(oldRoot, root) : !same(oldRoot, EMPTY_ROOT);
    if (proof.length || wrong || (old === 0 && !same(oldRoot, EMPTY_ROOT))) throw refusal;
    return;
  }
  const steps = powerOfTwo(old) ? [oldRoot, ...proof] : [...proof];
  const first = steps.shift();
  if (!first) throw refusal;
  let [place, last, before, after] = [old - 1, size - 1, first, first];
  while (place % 2) [place, last] = [(place - 1) / 2, Math.floor(last / 2)];
  for (const step of steps) {
    if (last === 0) throw refusal;
    if (place % 2 || place === last) {
      [before, after] = [nodeHash(step, before), nodeHash(step, after)];
      while (place % 2 === 0 && place) [place, last] = [place / 2, Math.floor(last / 2)];
    } else {
      after = nodeHash(after, step);
    }
    [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
  }
  if (last || !same(before, oldRoot) || !same(after, root)) throw refusal;
}
