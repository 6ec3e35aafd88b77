// Opening in the browser: what a mailbox's own code opens. Nothing is given out before all of it was read and held.

import { Decrypter } from "age-encryption";
import { type Bytes, same } from "../proof/bytes.ts";
import { SealError } from "./errors.ts";
import { type Keys, type Letter, read } from "./letter.ts";
import { parse } from "./outer.ts";

export interface Expected {
  readonly origin: string;
  readonly keys: Keys | null;
  readonly kinds?: readonly string[];
  readonly mailbox?: Bytes;
}

/** Open, check everything, and only then give the letter; one of another fund, kind or mailbox is refused. */
export async function openEnvelope(stored: Bytes, identities: readonly string[], expected: Expected): Promise<Letter> {
  const letter = read(await openPadded(stored, identities), expected.keys);
  const { origin, kinds, mailbox } = expected;
  const here = letter.origin === origin && (!kinds || kinds.includes(letter.kind));
  if (!here || (mailbox && !(letter.mailbox && same(letter.mailbox, mailbox)))) throw new SealError("place");
  return letter;
}

/** Give the whole padded plaintext, or throw. */
export async function openPadded(stored: Bytes, identities: readonly string[]): Promise<Bytes> {
  const seen = parse(stored);
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  try {
    return await decrypter.decrypt(stored.subarray(seen.start, seen.end));
  } catch {
    throw new SealError("key"); // one word for a wrong key and for damage; the library's own is dropped
  }
}
