// What lies inside an envelope: head, files, signature (docs/spec/envelope.md). Mirror of src/panah/seal/letter.py.
// A browser writes only what people without a key send; it reads what a desk signed.

import { type Bytes, concat, fromBase64, toBase64, utf8 } from "../proof/bytes.ts";
import { type Body, type Value, decode, encode } from "../proof/canonical.ts";
import { signatureHolds } from "../proof/note.ts";
import { SealError } from "./errors.ts";
import { LARGEST, bucketFor } from "./padding.ts";

const MAGIC = utf8("panah/1/letter\n");
const TYPE = "panah/1/letter";
const HEAD_AT = MAGIC.length + 4;
const SIGNATURE = 64;
const MOST_FILES = 20;
export const UNSIGNED: readonly string[] = ["ask", "offer", "message", "delete"];

export interface Attachment {
  readonly name: string;
  readonly type: string;
  readonly data: Bytes;
}

export interface Letter {
  readonly origin: string;
  readonly kind: string;
  readonly roster: number;
  readonly body: Body;
  readonly mailbox?: Bytes;
  readonly files?: readonly Attachment[];
  readonly by?: string;
}

/** (member's name, roster version) → the public key that signs, undefined when that roster has no such member. */
export type Keys = (name: string, roster: number) => Bytes | undefined;

/** Write texts in Unicode form NFC, however the keyboard typed them: the head has one spelling only. */
export function normal(value: Value): Value {
  if (typeof value === "string") return value.normalize("NFC");
  if (typeof value === "number") return value;
  if (Array.isArray(value)) return value.map(normal);
  const made: Body = {};
  for (const key of Object.keys(value)) made[key] = normal(value[key] as Value);
  return made;
}

/** Give the padded plaintext of a letter that nobody signs. */
export function write(letter: Letter): Bytes {
  const head: Body = {
    t: TYPE, o: letter.origin, kind: letter.kind, roster: letter.roster, body: normal(letter.body),
  };
  const files = letter.files ?? [];
  if (letter.mailbox) head["mailbox"] = toBase64(letter.mailbox);
  if (files.length) {
    head["files"] = files.map((file) => ({
      name: file.name.normalize("NFC"), type: file.type, size: file.data.length,
    }));
  }
  if (!isHead(head) || letter.by !== undefined || !UNSIGNED.includes(letter.kind)) throw new SealError("field");
  const spelled = spell(head);
  const content = concat(MAGIC, size(spelled.length), spelled, ...files.map((file) => file.data));
  const filled = new Uint8Array(bucketFor(content.length + SIGNATURE));
  filled.set(content);
  return filled;
}

/** Read a padded plaintext and check the signature that its kind asks for. */
export function read(plaintext: Bytes, keys: Keys | null): Letter {
  const headEnd = HEAD_AT + new DataView(plaintext.buffer, plaintext.byteOffset).getUint32(MAGIC.length);
  if (!starts(plaintext, MAGIC) || headEnd > plaintext.length) throw new SealError("inside");
  const head = unspell(plaintext.subarray(HEAD_AT, headEnd));
  if (!isHead(head)) throw new SealError("inside");
  let end = headEnd;
  const files = ((head["files"] ?? []) as Body[]).map((entry) => {
    const data = plaintext.slice(end, end + (entry["size"] as number));
    end += entry["size"] as number;
    return { name: entry["name"] as string, type: entry["type"] as string, data };
  });
  const filled = end + SIGNATURE;
  if (filled > plaintext.length || bucketFor(filled) !== plaintext.length || !isZero(plaintext.subarray(filled))) {
    throw new SealError("inside");
  }
  const letter: Letter = {
    origin: head["o"] as string, kind: head["kind"] as string, roster: head["roster"] as number,
    body: head["body"] as Body, files,
    ...("mailbox" in head ? { mailbox: fromBase64(head["mailbox"] as string) } : {}),
    ...("by" in head ? { by: head["by"] as string } : {}),
  };
  checkSignature(letter, plaintext, end, keys);
  return letter;
}

function checkSignature(letter: Letter, plaintext: Bytes, end: number, keys: Keys | null): void {
  const signature = plaintext.subarray(end, end + SIGNATURE);
  if (UNSIGNED.includes(letter.kind)) {
    if (letter.by !== undefined || !isZero(signature)) throw new SealError("inside");
    return;
  }
  const key = keys && letter.by !== undefined ? keys(letter.by, letter.roster) : undefined;
  if (!key || !signatureHolds(plaintext.subarray(0, end), signature, key)) throw new SealError("signature");
}

function spell(head: Body): Bytes {
  try {
    return encode(head);
  } catch {
    throw new SealError("field");
  }
}

function unspell(data: Bytes): Value {
  try {
    return decode(data, LARGEST);
  } catch {
    throw new SealError("inside");
  }
}

const size = (length: number): Bytes => {
  const four = new Uint8Array(4);
  new DataView(four.buffer).setUint32(0, length);
  return four;
};

const isZero = (data: Bytes): boolean => data.every((byte) => byte === 0);
const starts = (data: Bytes, begin: Bytes): boolean => begin.every((byte, index) => data[index] === byte);
const isText = (value: Value | undefined, shape: RegExp): value is string => typeof value === "string" && shape.test(value);
const isObject = (value: Value | undefined): value is Body => typeof value === "object" && !Array.isArray(value);
const isCount = (value: Value | undefined, most: number): boolean =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= most;

function isHash(value: Value | undefined): boolean {
  try {
    return typeof value === "string" && value.length === 44 && fromBase64(value).length === 32;
  } catch {
    return false;
  }
}

function isHead(head: Value): head is Body {
  if (!isObject(head)) return false;
  const known = ["t", "o", "kind", "roster", "body", "mailbox", "by", "files"];
  const files = head["files"];
  return (
    Object.keys(head).every((key) => known.includes(key)) &&
    head["t"] === TYPE &&
    isText(head["o"], /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(\/[a-z0-9-]+)*$/) && head["o"].length <= 200 &&
    isText(head["kind"], /^[a-z][a-z-]{1,31}$/) &&
    isCount(head["roster"], Number.MAX_SAFE_INTEGER) &&
    isObject(head["body"]) &&
    (!("by" in head) || isText(head["by"], /^[a-z][a-z0-9-]{1,31}$/)) &&
    (!("mailbox" in head) || isHash(head["mailbox"])) &&
    (!("files" in head) || (Array.isArray(files) && files.length > 0 && files.length <= MOST_FILES && files.every(isFile)))
  );
}

function isFile(entry: Value): boolean {
  return (
    isObject(entry) &&
    Object.keys(entry).length === 3 &&
    // By code points, as Python counts: a name of 200 smileys is one of 200 letters.
    isText(entry["name"], /^[^\x00-\x1f\x7f/\\]{1,200}$/u) &&
    isText(entry["type"], /^[a-z0-9.+-]{1,40}\/[a-z0-9.+-]{1,80}$/) &&
    isCount(entry["size"], LARGEST)
  );
}
