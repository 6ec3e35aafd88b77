// Members' signatures under leaves (mirror of src/panah/proof/signature.py).

import { type Bytes, concat, fromBase64, utf8 } from "./bytes.ts";
import { type Body, encode } from "./canonical.ts";
import { ProofError } from "./errors.ts";
import { signatureHolds } from "./note.ts";

const TAG = utf8("panah/1/sign\n");

export type Members = ReadonlyMap<string, Bytes>;

/** The bytes that a member signs. Leaf 0 is signed before the log has a key, so its `vkey` stays outside. */
export function signingBytes(body: Body): Bytes {
  const outside = body["t"] === "panah/1/charter" ? ["sig", "vkey"] : ["sig"];
  const signed = Object.fromEntries(Object.entries(body).filter(([key]) => !outside.includes(key)));
  return concat(TAG, encode(signed));
}

/** Give the names of all who signed; throws if one line of `sig` is wrong. Lines are sorted, one for each name. */
export function verifiedSigners(body: Body, members: Members): Set<string> {
  const message = signingBytes(body);
  const names = new Set<string>();
  let before = "";
  for (const [name, signature] of (body["sig"] ?? []) as [string, string][]) {
    const key = members.get(name);
    if (name <= before) throw new ProofError("signatures are not sorted by name, one for each member");
    if (!key) throw new ProofError(`${name} is not in the roster`);
    if (!holds(message, signature, key)) throw new ProofError(`the signature of ${name} does not hold`);
    names.add(name);
    before = name;
  }
  return names;
}

function holds(message: Bytes, signature: string, key: Bytes): boolean {
  try {
    return signatureHolds(message, fromBase64(signature), key);
  } catch {
    return false;
  }
}

/** Read the keys under which outside holders signed: each line is named by its key. The charter is asked elsewhere. */
export function holderKeys(body: Body): Members {
  const keys = new Map(((body["sig"] ?? []) as [string, string][]).map(([name]) => [name, fromBase64(name)] as const));
  for (const key of keys.values()) if (key.length !== 32) throw new ProofError("an outside holder's signature is named by its key");
  return keys;
}

/** Read a charter's or roster leaf's `roster` (already checked in shape). */
export function rosterKeys(roster: Body): Members {
  const members = roster["members"] as { name: string; sign: string }[];
  return new Map(members.map((member) => [member.name, fromBase64(member.sign)]));
}
