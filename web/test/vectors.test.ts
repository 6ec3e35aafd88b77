// The shared vectors say the same here as in Python (tests/proof/test_vectors.py).

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { describe, it } from "node:test";
import { Books } from "../src/books/books.ts";
import { fromBase64, same, toBase64, utf8 } from "../src/proof/bytes.ts";
import { type Body, encode } from "../src/proof/canonical.ts";
import { openCheckpoint } from "../src/proof/checkpoint.ts";
import { ProofError } from "../src/proof/errors.ts";
import { parse } from "../src/proof/leaf.ts";
import { verifyConsistency, verifyInclusion } from "../src/proof/merkle.ts";
import { openNote, parseKey, writeKey } from "../src/proof/note.ts";
import { verifiedSigners } from "../src/proof/signature.ts";
import { entriesPath, parseBundle, tilePath } from "../src/proof/tiles.ts";
import { parseProof, verifyProof } from "../src/proof/tlogproof.ts";

const VECTORS = new URL("../../tests/vectors/", import.meta.url);

type Case = { [key: string]: any };

const keys = (one: Case) => (one["vkeys"] as string[]).map(parseKey);
const steps = (one: Case) => (one["proof"] as string[]).map(fromBase64);

function replay(one: Case): void {
  const books = new Books();
  (one["leaves"] as string[]).forEach((text, index) => {
    try {
      books.apply(parse(utf8(text)));
    } catch (error) {
      assert.equal(index, one["leaf"], `leaf ${index} is refused, not the broken one: ${String(error)}`);
      throw error;
    }
    const expected = (one["totals"]?.[String(index + 1)] ?? {}) as { [key in keyof Books]?: unknown };
    for (const key of Object.keys(expected) as (keyof Books)[]) assert.equal(books[key], expected[key], key);
  });
}

const READERS: { [kind: string]: (one: Case) => void } = {
  note(one) {
    const note = openNote(utf8(one["note"]), keys(one));
    assert.equal(note.text, one["text"]);
    assert.deepEqual(new Set(note.verified.map(writeKey)), new Set(one["vkeys"]));
  },
  vkey(one) {
    assert.equal(toBase64(parseKey(one["vkey"]).public), one["public"]);
  },
  checkpoint(one) {
    const { origin, size, root } = openCheckpoint(utf8(one["note"]), keys(one));
    assert.deepEqual([origin, size, toBase64(root)], [one["origin"], one["size"], one["root"]]);
  },
  inclusion(one) {
    verifyInclusion(fromBase64(one["leaf_hash"]), one["index"], one["size"], steps(one), fromBase64(one["root"]));
  },
  consistency(one) {
    const [old, root] = [fromBase64(one["old_root"]), fromBase64(one["root"])];
    verifyConsistency(one["old"], one["size"], old, root, steps(one));
  },
  tilepath(one) {
    const { level, index, width, path } = one;
    assert.equal(level === null ? entriesPath(index, width) : tilePath(level, index, width), path);
  },
  bundle(one) {
    assert.deepEqual(parseBundle(fromBase64(one["data"]), one["width"]).map(toBase64), one["entries"]);
  },
  leaf(one) {
    const data = one["data_b64"] ? fromBase64(one["data_b64"]) : utf8(one["data"]);
    assert.ok(same(encode(parse(data)), data));
  },
  signature(one) {
    const members = new Map(Object.entries(one["members"] as { [name: string]: string }).map(([name, key]) => [name, fromBase64(key)]));
    assert.deepEqual(verifiedSigners(one["body"] as Body, members), new Set(one["signers"]));
  },
  tlogproof(one) {
    const proof = parseProof(utf8(one["file"]));
    verifyProof(proof, keys(one));
    assert.deepEqual([proof.index, proof.extra], [one["index"], utf8(one["leaf"])]);
  },
  log: replay,
};

const folders = readdirSync(VECTORS, { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name in READERS);

for (const { name: kind } of folders) {
  const folder = new URL(`${kind}/`, VECTORS);
  describe(kind, () => {
    for (const file of readdirSync(folder).sort()) {
      const one = JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Case;
      it(`${file} is ${String(one["expect"])}`, () => {
        const read = () => READERS[kind]?.(one);
        if (one["expect"] === "ok") read();
        else assert.throws(read, ProofError);
      });
    }
  });
}

it("every kind of vector is there", () => {
  assert.deepEqual(new Set(folders.map((entry) => entry.name)), new Set(Object.keys(READERS)));
});
