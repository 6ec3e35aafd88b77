// Which places of a mailbox hold a letter: those that its key opens, and that a member of the team signed. All others
// look the same from outside, on purpose.

import { sha256 } from "@noble/hashes/sha2.js";
import type { Bytes } from "../proof/bytes.ts";
import { SealError } from "../seal/errors.ts";
import type { Keys, Letter } from "../seal/letter.ts";
import type { Mailbox } from "../seal/mailbox.ts";
import { openEnvelope } from "../seal/unseal.ts";

export interface Arrived {
  readonly letter: Letter;
  /** SHA-256 of the envelope: how the site is told which one to delete. */
  readonly hash: Bytes;
}

export async function openSlots(slots: readonly Bytes[], mailbox: Mailbox, origin: string, keys: Keys): Promise<Arrived[]> {
  const found: Arrived[] = [];
  for (const slot of slots) {
    try {
      const expected = { origin, keys, kinds: ["reply", "collected"], mailbox: mailbox.address };
      found.push({ letter: await openEnvelope(slot, [mailbox.identity], expected), hash: sha256(slot) });
    } catch (error) {
      if (!(error instanceof SealError)) throw error; // a dummy, or something that nobody of the team wrote
    }
  }
  return found;
}
