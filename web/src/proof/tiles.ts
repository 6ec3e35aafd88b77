// The log as files: paths, hash tiles and entry bundles of C2SP tlog-tiles (mirror of tiles.py).

import type { Bytes } from "./bytes.ts";
import { ProofError } from "./errors.ts";
import { HASH_SIZE } from "./merkle.ts";

export const WIDTH = 256;

function place(index: number, width: number): string {
  const groups = [String(index % 1000).padStart(3, "0")];
  let rest = Math.floor(index / 1000);
  for (; rest; rest = Math.floor(rest / 1000)) groups.unshift(`x${String(rest % 1000).padStart(3, "0")}`);
  return groups.join("/") + (width === WIDTH ? "" : `.p/${width}`);
}

export const tilePath = (level: number, index: number, width = WIDTH): string => `tile/${level}/${place(index, width)}`;
export const entriesPath = (index: number, width = WIDTH): string => `tile/entries/${place(index, width)}`;

/** How many hashes the tile at `index` has in a log of `size` leaves (0: there is none). */
export function tileWidth(level: number, index: number, size: number): number {
  const row = Math.floor(size / WIDTH ** level);
  return Math.max(0, Math.min(WIDTH, row - index * WIDTH));
}

/** Read exactly `width` entries with big-endian uint16 lengths before them. */
export function parseBundle(data: Bytes, width: number): Bytes[] {
  const entries: Bytes[] = [];
  let end = 0;
  while (entries.length < width && end + 2 <= data.length) {
    const begin = end + 2;
    end = begin + (((data[begin - 2] as number) << 8) | (data[begin - 1] as number));
    if (end <= data.length) entries.push(data.subarray(begin, end));
  }
  if (end !== data.length || entries.length !== width) {
    throw new ProofError(`the entry bundle does not hold exactly ${width} entries`);
  }
  return entries;
}

/** Read exactly `width` hashes. */
export function parseTile(data: Bytes, width: number): Bytes[] {
  if (data.length !== width * HASH_SIZE) throw new ProofError(`the tile does not hold exactly ${width} hashes`);
  return Array.from({ length: width }, (_, index) => data.subarray(index * HASH_SIZE, (index + 1) * HASH_SIZE));
}
