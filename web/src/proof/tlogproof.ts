// Transparent log proofs (C2SP tlog-proof v1): the file that a giver keeps (mirror of tlogproof.py).

import { type Bytes, concat, fromBase64, fromUtf8, toBase64, utf8 } from "./bytes.ts";
import { type Checkpoint, openCheckpoint } from "./checkpoint.ts";
import { ProofError } from "./errors.ts";
import { HASH_SIZE, leafHash, verifyInclusion } from "./merkle.ts";
import type { VerifyKey } from "./note.ts";

export const HEADER = "c2sp.org/tlog-proof@v1";
export const MAX_BYTES = 128 * 1024;

const HEAD =
  /^c2sp\.org\/tlog-proof@v1\n(?:extra ([A-Za-z0-9+/=]{4,90000})\n)?index (0|[1-9][0-9]{0,15})\n((?:[A-Za-z0-9+/=]{44}\n){0,64})$/;

export interface TlogProof {
  readonly index: number;
  readonly path: readonly Bytes[];
  readonly checkpoint: Bytes; // the signed note, verbatim
  readonly extra: Bytes; // the leaf itself
}

export function encodeProof(proof: TlogProof): Bytes {
  const lines = [HEADER];
  if (proof.extra.length) lines.push(`extra ${toBase64(proof.extra)}`);
  lines.push(`index ${proof.index}`, ...proof.path.map(toBase64));
  return concat(utf8(`${lines.join("\n")}\n\n`), proof.checkpoint);
}

export function parseProof(data: Bytes): TlogProof {
  if (data.length > MAX_BYTES) throw new ProofError(`longer than ${MAX_BYTES} bytes`);
  const text = fromUtf8(data);
  const blank = text.indexOf("\n\n");
  const found = blank < 0 ? null : HEAD.exec(text.slice(0, blank + 1));
  if (!found) throw new ProofError("not a .tlog-proof file");
  const path = (found[3] as string).split("\n").slice(0, -1).map(fromBase64);
  if (path.some((step) => step.length !== HASH_SIZE)) throw new ProofError("not a .tlog-proof file");
  return {
    index: Number(found[2]),
    path,
    checkpoint: utf8(text.slice(blank + 2)),
    extra: found[1] ? fromBase64(found[1]) : new Uint8Array(0),
  };
}

/** Check signature and inclusion of the leaf that the file carries. */
export function verifyProof(proof: TlogProof, keys: readonly VerifyKey[]): Checkpoint {
  const checkpoint = openCheckpoint(proof.checkpoint, keys);
  verifyInclusion(leafHash(proof.extra), proof.index, checkpoint.size, proof.path, checkpoint.root);
  return checkpoint;
}
