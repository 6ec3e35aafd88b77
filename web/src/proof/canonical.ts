// Canonical JSON (docs/spec/leaves.md): the subset of RFC 8785 that has one spelling in every library.
// Same verdicts as src/panah/proof/canonical.py; tests/vectors hold both to it.

import { type Bytes, fromUtf8, utf8 } from "./bytes.ts";
import { ProofError } from "./errors.ts";

export type Value = string | number | Value[] | { [key: string]: Value };
export type Body = { [key: string]: Value };

export const MAX_BYTES = 16 * 1024;
const DEEPEST = 64; // nothing that we write is deeper than 8

// A surrogate without its partner has no UTF-8 spelling, yet JSON can escape it.
const LONE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?:[^\uD800-\uDBFF]|^)[\uDC00-\uDFFF]/;
const ASCII = /^[\x00-\x7f]*$/;

function write(value: unknown, depth: number): string {
  if (depth > DEEPEST) throw new ProofError("nested too deeply");
  if (typeof value === "string") {
    if (LONE.test(value)) throw new ProofError("a text has no UTF-8 spelling");
    if (!ASCII.test(value) && value.normalize("NFC") !== value) {
      throw new ProofError("a text is not in Unicode form NFC");
    }
    return JSON.stringify(value);
  }
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new ProofError("a number is not whole or too large");
    return String(value);
  }
  if (Array.isArray(value)) return `[${value.map((item) => write(item, depth + 1)).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const pairs = Object.keys(value).sort().map((key) => {
      if (!ASCII.test(key)) throw new ProofError("a key is not ASCII");
      return `${JSON.stringify(key)}:${write((value as Body)[key], depth + 1)}`;
    });
    return `{${pairs.join(",")}}`;
  }
  throw new ProofError("only texts, whole numbers, lists and objects have a canonical spelling");
}

export const encode = (value: unknown): Bytes => utf8(write(value, 0));

export function decode(data: Bytes, limit = MAX_BYTES): Value {
  if (data.length > limit) throw new ProofError(`longer than ${limit} bytes`);
  const text = fromUtf8(data);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ProofError("not JSON");
  }
  // "-0" and "0", "1.0" and "1", doubled keys, spaces: all are caught by comparing spellings.
  if (write(value, 0) !== text) throw new ProofError("JSON not in its canonical spelling");
  return value as Value;
}
