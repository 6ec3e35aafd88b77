// To whom something is sealed: X25519 recipients alone, each once. typage would mix hybrid and classic ones silently.

import { SealError } from "./errors.ts";
import { MOST_RECIPIENTS } from "./padding.ts";

const X25519 = /^age1[02-9ac-hj-np-z]{58}$/;

export function checkRecipients(recipients: readonly string[]): void {
  const known = new Set(recipients);
  const right = recipients.every((one) => X25519.test(one)) && known.size === recipients.length;
  if (!right || recipients.length < 1 || recipients.length > MOST_RECIPIENTS) throw new SealError("recipients");
}
