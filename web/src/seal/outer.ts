// The outside of an envelope: frame, age header, zeros. Read strictly before any library sees it.
// Mirror of src/panah/seal/outer.py; tests/vectors/envelope hold both to it.

import { type Bytes, utf8 } from "../proof/bytes.ts";
import { SealError } from "./errors.ts";
import { BUCKETS, FRAME, MARGIN, wireSize } from "./padding.ts";

const MAGIC = "panah/1/sealed\n";
const HEADER_MOST = MARGIN - FRAME - 16;
const STANZA = "-> X25519 [A-Za-z0-9+/]{43}\\n[A-Za-z0-9+/]{43}\\n";
const GREASE = "-> [!-~]{1,9}-grease(?: [!-~]{1,9}){0,9}\\n(?:[A-Za-z0-9+/]{64}\\n){0,4}[A-Za-z0-9+/]{0,63}\\n";
const HEADER = new RegExp(`^age-encryption\\.org/v1\\n((?:${STANZA}){1,16})(?:${GREASE})?--- [A-Za-z0-9+/]{43}\\n`);
const STANZA_BYTES = 98;

export interface Outer {
  readonly bucket: number;
  readonly recipients: number;
  readonly start: number;
  readonly end: number;
}

const latin = (data: Bytes): string => Array.from(data, (byte) => String.fromCharCode(byte)).join("");

/** Put an age file into its frame, filled with zeros to the stored size of `bucket`. */
export function frame(age: Bytes, bucket: number): Bytes {
  const stored = new Uint8Array(wireSize(bucket));
  if (FRAME + age.length > stored.length) throw new SealError("recipients");
  stored.set(utf8(`${MAGIC}${String(age.length).padStart(8, "0")}\n`));
  stored.set(age, FRAME);
  return stored;
}

/** Read the outside of an envelope. */
export function parse(stored: Bytes): Outer {
  const bucket = BUCKETS.find((one) => wireSize(one) === stored.length);
  const length = /^(\d{8})\n$/.exec(latin(stored.subarray(MAGIC.length, FRAME)));
  if (bucket === undefined || !length || latin(stored.subarray(0, MAGIC.length)) !== MAGIC) throw new SealError("outside");
  const end = FRAME + Number(length[1]);
  const header = HEADER.exec(latin(stored.subarray(FRAME, FRAME + HEADER_MOST)));
  // The age file holds exactly the bucket: its payload is a nonce, the plaintext, and a tag for each 64 KiB.
  const payload = wireSize(bucket) - MARGIN + 16;
  if (!header || end - FRAME - header[0].length !== payload || stored.subarray(end).some((byte) => byte !== 0)) {
    throw new SealError("outside");
  }
  return { bucket, recipients: (header[1] ?? "").length / STANZA_BYTES, start: FRAME, end };
}
