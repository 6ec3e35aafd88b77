// Sizes (docs/spec/envelope.md): six lengths inside, six outside. Mirror of src/panah/seal/padding.py.

import { SealError } from "./errors.ts";

const KIB = 1024;
export const BUCKETS = [4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, 1024 * KIB, 4096 * KIB] as const;
export const LARGEST = 4096 * KIB;
export const MOST_RECIPIENTS = 16;
export const FRAME = 24;
export const MARGIN = 2048;

/** Stored size of an envelope whose plaintext fills `bucket`: age adds a tag of 16 bytes for each 64 KiB. */
export const wireSize = (bucket: number): number => bucket + 16 * Math.ceil(bucket / (64 * KIB)) + MARGIN;

/** The smallest bucket that holds `length` bytes. */
export function bucketFor(length: number): number {
  for (const bucket of BUCKETS) if (length <= bucket) return bucket;
  throw new SealError("large");
}
