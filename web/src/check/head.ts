// The quick check, made on every visit: who signed the head of the log, is leaf 0 in it, does it
// continue what this browser saw before. A few kilobytes, whatever the size of the log.

import { sha256 } from "@noble/hashes/sha2.js";
import { type Bytes, fromUtf8, toHex } from "../proof/bytes.ts";
import { type Checkpoint, openCheckpoint, parseCheckpoint } from "../proof/checkpoint.ts";
import { ProofError, at } from "../proof/errors.ts";
import { parse } from "../proof/leaf.ts";
import { consistencyProof, inclusionProof, leafHash, verifyConsistency, verifyInclusion } from "../proof/merkle.ts";
import { parseKey } from "../proof/note.ts";
import type { Log } from "./log.ts";

export interface Head {
  readonly checkpoint: Checkpoint;
  readonly note: Bytes; // as served, verbatim
  readonly vkey: string; // the key that signed it
  readonly keyChanged: boolean; // not leaf 0's own: a full check must find the `key` leaf
  readonly fingerprint: string; // SHA-256 of leaf 0: which fund this is
  readonly bytes: number; // what reading the whole log costs, about
}

const textOf = (note: Bytes): string => {
  const text = fromUtf8(note);
  return text.slice(0, text.lastIndexOf("\n\n") + 1);
};

/** Read the head of the log. `pageKey` is the newest key according to the page, used when leaf 0's did not sign. */
export async function readHead(log: Log, pageKey = ""): Promise<Head> {
  const note = await log.checkpoint();
  // Unverified: only tells which files to fetch. The signature is checked below, over the same bytes.
  const claimed = at("checkpoint", () => parseCheckpoint(textOf(note)));
  if (claimed.size === 0) throw new ProofError("the log is empty", "checkpoint");
  const { path, entries, bytes } = await log.bundle(0, claimed.size);
  const first = entries[0] as Bytes;
  const leaf = at(`${path}, leaf 0`, () => parse(first));
  if (leaf.t !== "panah/1/charter") throw new ProofError("not a charter", `${path}, leaf 0`);
  const own = String(leaf["vkey"]);
  const candidates = pageKey && pageKey !== own ? [own, pageKey] : [own];
  const { checkpoint, vkey } = at("checkpoint", () => openWithAny(note, candidates));
  if (leaf.o !== checkpoint.origin) throw new ProofError("leaf 0 is of another log", "checkpoint");
  const proof = await inclusionProof(0, checkpoint.size, log.nodes(checkpoint.size));
  at(`${path}, leaf 0`, () => verifyInclusion(leafHash(first), 0, checkpoint.size, proof, checkpoint.root));
  const average = entries.length > 1 ? (bytes - first.length) / (entries.length - 1) : 0;
  return {
    checkpoint,
    note,
    vkey,
    keyChanged: vkey !== own,
    fingerprint: toHex(sha256(first)),
    bytes: Math.round(first.length + average * (checkpoint.size - 1)),
  };
}

function openWithAny(note: Bytes, vkeys: readonly string[]): { checkpoint: Checkpoint; vkey: string } {
  let refusal: unknown;
  for (const vkey of vkeys) {
    try {
      return { checkpoint: openCheckpoint(note, [parseKey(vkey)]), vkey };
    } catch (error) {
      refusal = refusal ?? error;
    }
  }
  throw refusal;
}

/** Check that `head` only added to a checkpoint seen before. */
export async function checkContinues(log: Log, before: Checkpoint, head: Head): Promise<void> {
  const { size, root, origin } = head.checkpoint;
  if (before.origin !== origin) throw new ProofError("another log was seen here before", "checkpoint");
  if (before.size > size) {
    throw new ProofError(`the log has ${size} leaves, but had ${before.size} before`, "checkpoint");
  }
  const proof = await consistencyProof(before.size, size, log.nodes(size));
  at("checkpoint", () => verifyConsistency(before.size, size, before.root, root, proof));
}
