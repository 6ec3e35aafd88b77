// Bytes and their spellings. Each reader accepts one spelling and throws `ProofError` for any other.

import { ProofError } from "./errors.ts";

export type Bytes = Uint8Array;

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

export const utf8 = (text: string): Bytes => new TextEncoder().encode(text);

/** Read UTF-8; a byte order mark is content, not decoration. */
export function fromUtf8(data: Bytes): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    throw new ProofError("not UTF-8");
  }
}

export function concat(...parts: readonly Bytes[]): Bytes {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Compare public values; nothing secret is ever compared here, so it may stop early. */
export function same(a: Bytes, b: Bytes): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

export function toHex(data: Bytes): string {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Standard base64 with padding (RFC 4648 §4); `btoa` would need a detour over strings of bytes. */
export function toBase64(data: Bytes): string {
  let text = "";
  for (let at = 0; at < data.length; at += 3) {
    const three = ((data[at] ?? 0) << 16) | ((data[at + 1] ?? 0) << 8) | (data[at + 2] ?? 0);
    const left = data.length - at;
    for (let place = 0; place < 4; place++) {
      text += place <= left ? (ALPHABET[(three >> (18 - 6 * place)) & 63] ?? "") : "=";
    }
  }
  return text;
}

export function fromBase64(text: string): Bytes {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const data = new Uint8Array(Math.max(0, (text.length >> 2) * 3 - padding));
  let [bits, held, at] = [0, 0, 0];
  for (const letter of text.slice(0, text.length - padding)) {
    held = ((held & 0xfff) << 6) | ALPHABET.indexOf(letter);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      data[at++] = (held >> bits) & 0xff;
    }
  }
  // Writing it again refuses foreign letters, wrong padding and stray bits in one stroke.
  if (toBase64(data) !== text) throw new ProofError("not base64");
  return data;
}
