// Signed notes (C2SP signed-note) with Ed25519 keys, in their one spelling (mirror of note.py).

import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { type Bytes, concat, fromBase64, fromUtf8, same, toBase64, toHex, utf8 } from "./bytes.ts";
import { ProofError } from "./errors.ts";

export const MAX_BYTES = 64 * 1024;
export const MAX_SIGNATURES = 32;
const ED25519 = 1; // signature type identifier

const VKEY = /^([!-*,-~]{1,200})\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/;
const LINE = /^\u2014 ([^ \n+]{1,200}) ([A-Za-z0-9+/]{8,8000}={0,2})$/;
const CONTROL = /[\x00-\x09\x0b-\x1f]/;

export interface VerifyKey {
  readonly name: string;
  readonly hint: Bytes;
  readonly public: Bytes;
}

/** Tell whether this Ed25519 signature holds (RFC 8032 §5.1.7, not the looser ZIP 215). */
export function signatureHolds(message: Bytes, signature: Bytes, key: Bytes): boolean {
  try {
    return ed25519.verify(signature, message, key, { zip215: false });
  } catch {
    return false;
  }
}

/** Read `name+hint+key` in its one spelling. */
export function parseKey(vkey: string): VerifyKey {
  const found = VKEY.exec(vkey);
  const data = found ? fromBase64(found[3] as string) : new Uint8Array(0);
  if (!found || data[0] !== ED25519) throw new ProofError("not a verifier key");
  const name = found[1] as string;
  const hint = sha256(concat(utf8(`${name}\n`), data)).subarray(0, 4);
  if (toHex(hint) !== found[2] || data.length !== 33) throw new ProofError("not a verifier key");
  return { name, hint, public: data.subarray(1) };
}

export function writeKey(key: VerifyKey): string {
  return `${key.name}+${toHex(key.hint)}+${toBase64(concat(Uint8Array.of(ED25519), key.public))}`;
}

function part(data: Bytes): { text: string; signatures: { name: string; signature: Bytes }[] } {
  const wrong = new ProofError("not a signed note");
  if (data.length > MAX_BYTES) throw new ProofError(`longer than ${MAX_BYTES} bytes`);
  const note = fromUtf8(data);
  const blank = note.lastIndexOf("\n\n");
  if (blank < 0 || !note.endsWith("\n") || CONTROL.test(note.slice(0, blank))) throw wrong;
  const lines = note.slice(blank + 2, -1).split("\n");
  if (lines.length > MAX_SIGNATURES) throw wrong;
  const signatures = lines.map((line) => {
    const found = LINE.exec(line);
    if (!found) throw wrong;
    return { name: found[1] as string, signature: fromBase64(found[2] as string) };
  });
  return { text: note.slice(0, blank + 1), signatures };
}

export interface Note {
  readonly text: string;
  readonly verified: readonly VerifyKey[];
}

/** Open a note that at least one of `keys` signed and none of them wrongly; lines of others are ignored. */
export function openNote(data: Bytes, keys: readonly VerifyKey[]): Note {
  const { text, signatures } = part(data);
  const body = utf8(text);
  const verified: VerifyKey[] = [];
  for (const { name, signature } of signatures) {
    const key = keys.find((one) => one.name === name && same(one.hint, signature.subarray(0, 4)));
    if (!key) continue;
    if (verified.includes(key) || !signatureHolds(body, signature.subarray(4), key.public)) {
      throw new ProofError(`the signature of ${name} does not hold`);
    }
    verified.push(key);
  }
  if (!verified.length) throw new ProofError("no known key has signed this note");
  return { text, verified };
}
