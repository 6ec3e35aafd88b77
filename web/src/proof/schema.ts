// Closed shapes for canonical JSON: each key is named or refused (mirror of src/panah/proof/schema.py).

import { fromBase64 } from "./bytes.ts";
import type { Value } from "./canonical.ts";
import { ProofError } from "./errors.ts";

export type Shape = (value: Value | undefined, path: string) => void;
export type Shapes = { readonly [key: string]: Shape };

export const LANGUAGE = "[a-z]{2,3}(-[A-Z]{2})?";
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const refuse = (path: string, rule: string): never => {
  throw new ProofError(`${path}: ${rule}`);
};

const has = (object: object, key: string): boolean => Object.prototype.hasOwnProperty.call(object, key);

/** Text of so many characters (not UTF-16 units) without control characters but newline. */
export function text(longest: number, shortest = 1): Shape {
  return (value, path) => {
    const length = typeof value === "string" ? Array.from(value).length : -1;
    if (length < shortest || length > longest) refuse(path, `a text of ${shortest} to ${longest} characters`);
    if (/[\x00-\x09\x0b-\x1f]/.test(value as string)) refuse(path, "a text without control characters");
  };
}

export function matching(pattern: string, what: string): Shape {
  const whole = new RegExp(`^(?:${pattern})$`);
  return (value, path) => {
    if (typeof value !== "string" || !whole.test(value)) refuse(path, what);
  };
}

export function whole(lowest: number, highest = Number.MAX_SAFE_INTEGER): Shape {
  return (value, path) => {
    if (typeof value !== "number" || value < lowest || value > highest) {
      refuse(path, `a whole number from ${lowest} to ${highest}`);
    }
  };
}

export function octets(length: number): Shape {
  return (value, path) => {
    let found = -1;
    try {
      found = fromBase64(String(value)).length;
    } catch {
      // told below, with the path
    }
    if (typeof value !== "string" || found !== length) refuse(path, `${length} bytes in base64`);
  };
}

export const day: Shape = (value, path) => {
  const found = typeof value === "string" ? /^(\d{4})-(\d\d)-(\d\d)$/.exec(value) : null;
  if (found) {
    const [year, month, date] = [Number(found[1]), Number(found[2]), Number(found[3])];
    const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0;
    if (year > 0 && date > 0 && date <= (DAYS[month - 1] ?? 0) + leap) return;
  }
  refuse(path, "a day such as 2022-01-18");
};

export function listing(item: Shape, longest: number, shortest = 0): Shape {
  return (value, path) => {
    if (!Array.isArray(value) || value.length < shortest || value.length > longest) {
      return refuse(path, `a list of ${shortest} to ${longest}`);
    }
    value.forEach((entry, index) => item(entry, `${path}[${index}]`));
  };
}

export function oneOf(...words: string[]): Shape {
  return (value, path) => {
    if (typeof value !== "string" || !words.includes(value)) refuse(path, `one of ${words.join(", ")}`);
  };
}

function object(value: Value | undefined, path: string): { [key: string]: Value } {
  if (typeof value !== "object" || Array.isArray(value)) return refuse(path, "an object");
  return value;
}

export function byLanguage(longest: number): Shape {
  const tag = new RegExp(`^${LANGUAGE}$`);
  const inner = text(longest);
  return (value, path) => {
    const entries = object(value, path);
    if (Object.keys(entries).length === 0) refuse(path, "a text by language");
    for (const key of Object.keys(entries)) {
      if (!tag.test(key)) refuse(`${path}.${key}`, "a language tag such as fa or fa-AF");
      inner(entries[key], `${path}.${key}`);
    }
  };
}

/** A text by language, or one text for all languages. */
export function spoken(longest: number): Shape {
  const [texts, one] = [byLanguage(longest), text(longest)];
  return (value, path) => (typeof value === "string" ? one : texts)(value, path);
}

export function record(required: Shapes, optional: Shapes = {}): Shape {
  return (value, path) => {
    const entries = object(value, path);
    for (const key of Object.keys(required)) {
      if (!has(entries, key)) refuse(`${path}.${key}`, "missing");
    }
    for (const key of Object.keys(entries)) {
      const shape = has(required, key) ? required[key] : has(optional, key) ? optional[key] : undefined;
      if (!shape) return refuse(`${path}.${key}`, "not a known key");
      shape(entries[key], `${path}.${key}`);
    }
  };
}
