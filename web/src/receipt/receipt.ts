// The 27-digit code of a gift (docs/spec/receipts.md): 26 random digits and a Damm digit.
// Made and kept in the browser; the site learns only its commitment. Mirror of src/panah/seal/receipt.py.

import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";

export const LENGTH = 27;
const INFO = "panah/1/gift-receipt";
const TAG = "panah/1/receipt\0";

// A totally anti-symmetric quasigroup of order 10 (H. M. Damm, 2004), our own: row i is row 0 turned by i,
// with 9 as the fixed point. Finds every wrong digit and every swap of neighbours.
const DAMM = [
  "6942751308", "1795386240", "5289640731", "4630975182", "0574198623",
  "3168529074", "8427063915", "2053817496", "9316402857", "7801234569",
];

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

const next = (state: number, digit: string | number): number => Number(DAMM[state]?.[Number(digit)]);
const finalState = (digits: string): number => Array.from(digits).reduce(next, 0);

/** Give the digit that brings the state of `digits` back to 0. */
export const checkDigit = (digits: string): string => String(DAMM[finalState(digits)]?.indexOf("0"));

export type FillRandom = (bytes: Uint8Array<ArrayBuffer>) => void;

const fromBrowser: FillRandom = (bytes) => void crypto.getRandomValues(bytes);

/** Make a new code. Bytes of 250 and more are thrown away: 256 is no multiple of ten. */
export function newCode(fill: FillRandom = fromBrowser): string {
  const bytes = new Uint8Array(64);
  let digits = "";
  while (digits.length < LENGTH - 1) {
    fill(bytes);
    for (const byte of bytes) {
      if (byte < 250 && digits.length < LENGTH - 1) digits += String(byte % 10);
    }
  }
  return digits + checkDigit(digits);
}

/** Fold Persian, Arabic and full-width digits; drop blanks, dashes and invisible direction marks. */
export function foldDigits(typed: string): string {
  return typed
    .replace(/[\u06f0-\u06f9\u0660-\u0669\uff10-\uff19]/g, (digit) => String(digit.charCodeAt(0) & 15))
    .replace(/[\s\p{Cf}\-\u2010-\u2014\u2212_.\u00b7]/gu, "");
}

export type Typed =
  | { readonly state: "right"; readonly code: string }
  | { readonly state: "short"; readonly missing: number }
  | { readonly state: "wrong" };

/** Read what was typed: right, still too short, or with a slip in it. */
export function readCode(typed: string): Typed {
  const digits = foldDigits(typed);
  if (!/^\d*$/.test(digits) || digits.length > LENGTH) return { state: "wrong" };
  if (digits.length < LENGTH) return { state: "short", missing: LENGTH - digits.length };
  return finalState(digits) === 0 ? { state: "right", code: digits } : { state: "wrong" };
}

/** Write in nine groups of three, always left to right. */
export const groupCode = (code: string): string => code.replace(/(\d{3})(?=\d)/g, "$1 ");

/** The 32-byte secret of a gift. 86 random bits need no stretching, so HKDF alone (RFC 5869) is enough. */
export const giftSecret = (code: string): Uint8Array => hkdf(sha256, ascii(code), undefined, ascii(INFO), 32);

/** What the gift's leaf carries: SHA-256(tag ‖ secret). */
export function commitment(code: string): Uint8Array {
  return sha256.create().update(ascii(TAG)).update(giftSecret(code)).digest();
}
