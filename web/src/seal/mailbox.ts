// A mailbox from 27 digits (docs/spec/receipts.md): the key that opens it, its address, the word that deletes it.
// Mirror of src/panah/seal/mailbox.py: scrypt(N = 2^15, r = 8, p = 1) takes 32 MiB, under a cap of 64 MiB.

import { hkdf } from "@noble/hashes/hkdf.js";
import { scryptAsync } from "@noble/hashes/scrypt.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bech32 } from "@scure/base";
import { identityToRecipient } from "age-encryption";
import { type Bytes, utf8 } from "../proof/bytes.ts";

const COST = { N: 2 ** 15, r: 8, p: 1, dkLen: 32, maxmem: 64 * 1024 * 1024, asyncTick: 20 };

export interface Mailbox {
  readonly recipient: string;
  readonly identity: string;
  readonly lookup: Bytes;
  readonly deletion: Bytes;
  /** SHA-256 of the lookup id: how relay, desks and letters call this mailbox. */
  readonly address: Bytes;
  readonly deletionHash: Bytes;
}

/** Derive a mailbox from a code as `readCode` gives it and the SHA-256 of the fund's leaf 0. */
export async function derive(code: string, leaf0: Bytes, onProgress?: (part: number) => void): Promise<Mailbox> {
  if (!/^\d{27}$/.test(code) || leaf0.length !== 32) throw new RangeError("a checked code and a SHA-256");
  const stretched = await scryptAsync(utf8(code), leaf0, onProgress ? { ...COST, onProgress } : COST);
  const expand = (use: string): Bytes => hkdf(sha256, stretched, undefined, utf8(`panah/1/mailbox/${use}`), 32);
  const identity = bech32.encodeFromBytes("AGE-SECRET-KEY-", expand("identity")).toUpperCase();
  const [lookup, deletion] = [expand("lookup"), expand("delete")];
  return {
    recipient: await identityToRecipient(identity), identity, lookup, deletion,
    address: sha256(lookup), deletionHash: sha256(deletion),
  };
}
