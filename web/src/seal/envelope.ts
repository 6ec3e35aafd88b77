// Closing an envelope in the browser: letter → padded plaintext → age file (typage) → frame of one size per bucket.

import { Encrypter } from "age-encryption";
import type { Bytes } from "../proof/bytes.ts";
import { SealError } from "./errors.ts";
import { type Letter, write } from "./letter.ts";
import { frame } from "./outer.ts";
import { checkRecipients } from "./recipients.ts";

/** Seal a letter that nobody signs; gives the bytes to send, of one size per bucket. */
export async function close(letter: Letter, recipients: readonly string[]): Promise<Bytes> {
  checkRecipients(recipients);
  return closePadded(write(letter), recipients);
}

/** Seal a plaintext that fills its bucket already. */
export async function closePadded(plaintext: Bytes, recipients: readonly string[]): Promise<Bytes> {
  checkRecipients(recipients);
  const encrypter = new Encrypter();
  let age: Bytes;
  try {
    for (const recipient of recipients) encrypter.addRecipient(recipient);
    age = await encrypter.encrypt(plaintext);
  } catch {
    throw new SealError("recipients"); // a mistyped key, or one of small order
  }
  return frame(age, plaintext.length);
}
