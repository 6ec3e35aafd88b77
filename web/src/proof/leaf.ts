// Leaves: canonical JSON with a closed schema for each type (mirror of src/panah/proof/leaf.py).
// Refuses other spellings, unknown types and unknown keys. What a leaf means is ../books/books.ts.

import type { Bytes } from "./bytes.ts";
import { type Body, decode } from "./canonical.ts";
import { AMENDABLE, CHARTER, CHARTER_OPTIONAL, currency, roster } from "./charter.ts";
import { ProofError } from "./errors.ts";
import { type Shape, type Shapes, day, listing, matching, octets, oneOf, record, text, whole } from "./schema.ts";

export const PREFIX = "panah/1/";

const amount = whole(1);
const index = whole(1);
const rail = matching("[a-z]{2,12}", "the name of a rail");
const account = matching("(assets|income|expenses|liabilities|equity):[a-z][a-z-]{0,39}", "an account");
const vkey = text(400);
const sig = listing(listing(text(200), 2, 2), 40, 1);

const TYPES: { [kind: string]: [Shapes, Shapes?] } = {
  charter: [{ charter: record(CHARTER, CHARTER_OPTIONAL), vkey, sig }],
  amend: [{ day, from: day, set: record({}, AMENDABLE), sig }],
  roster: [{ day, roster, sig }, { notice: index }],
  notice: [{ day, roster, sig }],
  life: [{ day, to: oneOf("open", "winding"), sig }, { vkey }],
  gift: [
    { cur: currency, amount, counted: whole(0), day, rail, rc: octets(32) },
    {
      list: octets(32),
      rate: matching("[0-9]{1,9}(\\.[0-9]{1,15})?", "a rate"),
      source: matching("ecb:[0-9]{4}-[0-9]{2}-[0-9]{2}|receipt:[0-9a-f]{16}", "the source of the rate"),
    },
  ],
  "gift-void": [{ gift: index, amount, counted: whole(0), day, why: oneOf("void", "dispute", "returned") }],
  count: [{ gift: index, counted: amount, day }],
  "gift-return": [{ gift: index, amount, counted: whole(0), day, sig }],
  overflow: [{ gift: index, amount, to: oneOf("pass-on", "reserve"), day, sig }, { sibling: text(80) }],
  fee: [{ cur: currency, rail, amount, day, sig }],
  settle: [{ day, from: account, out: amount, cur: currency, to: account, in: amount, into: currency, sig }],
  freeze: [{ day, rail, cur: currency, amount: whole(0), sig }],
  thaw: [{ day, rail, cur: currency, amount, to: oneOf("release", "loss"), sig }],
  update: [{ day, id: matching("[a-z0-9][a-z0-9-]{0,63}", "an identifier in small letters"), text: octets(32), sig }],
  key: [{ day, vkey, sig }],
  code: [{ day, files: listing(listing(text(200), 2, 2), 60, 1), sig }],
  close: [{ day, sig }, { report: octets(32) }],
};

const origin = matching("[a-z0-9]([a-z0-9.-]*[a-z0-9])?(/[a-z0-9-]+)*", "an origin such as fund.example/2021");

const SHAPES = new Map<string, Shape>(
  Object.entries(TYPES).map(([kind, [required, optional]]) => [
    PREFIX + kind,
    record({ t: oneOf(PREFIX + kind), o: origin, ...required }, optional),
  ]),
);

export type Leaf = Body & { t: string; o: string };

/** Give the type without its prefix (`gift`). */
export const kind = (leaf: Leaf): string => leaf.t.slice(PREFIX.length);

export function parse(data: Bytes): Leaf {
  const value = decode(data);
  const type = typeof value === "object" && !Array.isArray(value) ? value["t"] : undefined;
  const shape = typeof type === "string" ? SHAPES.get(type) : undefined;
  if (!shape) throw new ProofError("not a type of leaf that this version knows");
  const leaf = value as Leaf;
  shape(leaf, kind(leaf));
  return leaf;
}
