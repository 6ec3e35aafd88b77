// Reading whole logs: a small C2SP log is built in memory, then spoilt in every way.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { it } from "node:test";
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { checkContinues, readHead } from "../src/check/head.ts";
import { Log, type Read, UnreadableError } from "../src/check/log.ts";
import { type Walked, blame, proveGift, walkLog } from "../src/check/walk.ts";
import { type Bytes, concat, same, toBase64, utf8 } from "../src/proof/bytes.ts";
import { encode } from "../src/proof/canonical.ts";
import { checkpointText } from "../src/proof/checkpoint.ts";
import { ProofError } from "../src/proof/errors.ts";
import { leafHash, rootOf } from "../src/proof/merkle.ts";
import { parseKey } from "../src/proof/note.ts";
import { WIDTH, entriesPath, tilePath } from "../src/proof/tiles.ts";
import { parseProof, verifyProof } from "../src/proof/tlogproof.ts";

const ORIGIN = "refuge.invalid/2021";
const SEED = sha256(utf8("loglab log key"));

const shared = JSON.parse(
  readFileSync(new URL("../../tests/vectors/log/full-life.json", import.meta.url), "utf8"),
) as { leaves: string[] };
const FIRST = shared.leaves.slice(0, 2).map(utf8);
const VKEY = (JSON.parse(shared.leaves[0] as string) as { vkey: string }).vkey;

type Files = Map<string, Bytes>;

const gift = (number: number, amount = 1): Bytes =>
  encode({
    t: "panah/1/gift",
    o: ORIGIN,
    cur: "EUR",
    amount,
    counted: amount,
    day: "2021-09-03",
    rail: "fake",
    rc: toBase64(sha256(utf8(`rc ${number}`))),
  });

const rc = (number: number): string => toBase64(sha256(utf8(`rc ${number}`)));

function sign(text: string): Bytes {
  const signature = concat(parseKey(VKEY).hint, ed25519.sign(utf8(text), SEED));
  return utf8(`${text}\n— ${ORIGIN} ${toBase64(signature)}\n`);
}

function publish(leaves: readonly Bytes[], files: Files = new Map()): Files {
  let row = leaves.map(leafHash);
  for (let begin = 0; begin < leaves.length; begin += WIDTH) {
    const some = leaves.slice(begin, begin + WIDTH);
    const bundle = some.flatMap((leaf) => [Uint8Array.of(leaf.length >> 8, leaf.length & 255), leaf]);
    files.set(entriesPath(begin / WIDTH, some.length), concat(...bundle));
  }
  const root = rootOf(row);
  for (let level = 0; row.length; level++) {
    const above: Bytes[] = [];
    for (let begin = 0; begin < row.length; begin += WIDTH) {
      const some = row.slice(begin, begin + WIDTH);
      files.set(tilePath(level, begin / WIDTH, some.length), concat(...some));
      if (some.length === WIDTH) above.push(rootOf(some));
    }
    row = above;
  }
  files.set("checkpoint", sign(checkpointText({ origin: ORIGIN, size: leaves.length, root })));
  return files;
}

const reader = (files: Files): Read => (path) => {
  const data = files.get(path);
  return data ? Promise.resolve(data.slice()) : Promise.reject(new UnreadableError(path, 404));
};

const leavesOf = (size: number): Bytes[] => [...FIRST, ...Array.from({ length: size - 2 }, (_, at) => gift(at))];

async function whole(files: Files, wanted = ""): Promise<Walked> {
  const { checkpoint } = await readHead(new Log(reader(files)));
  const log = new Log(reader(files));
  const walked = await walkLog(log, checkpoint.size, { rc: wanted, totalsAt: 300, progress: () => undefined });
  if (!same(walked.root, checkpoint.root)) throw await blame(log, checkpoint.size, walked);
  return walked;
}

const fails = (where: RegExp) => (error: unknown) =>
  error instanceof ProofError && where.test(error.where) ? true : assert.fail(String(error));

it("a log of each awkward size holds", async () => {
  for (const size of [2, 3, 255, 256, 257, 511, 512, 513, 700]) {
    const walked = await whole(publish(leavesOf(size)));
    assert.equal(walked.books.size, size);
    assert.equal(walked.books.gross, size - 2);
  }
});

it("totals are those at the size that the page was made for", async () => {
  assert.deepEqual((await whole(publish(leavesOf(700)))).totals, { gross: 298, counted: 298, held: 0 });
});

it("one's own gift is found, with a proof that holds on its own", async () => {
  const leaves = leavesOf(700);
  const files = publish(leaves);
  const head = await readHead(new Log(reader(files)));
  for (const number of [0, 200, 253, 254, 600, 697]) {
    const walked = await whole(files, rc(number));
    assert.deepEqual(walked.mine.map((mine) => mine.index), [number + 2]);
    for (const mine of walked.mine) {
      const proof = parseProof(await proveGift(mine, head, walked.nodes));
      assert.equal(verifyProof(proof, [parseKey(VKEY)]).size, 700);
      assert.deepEqual(proof.extra, leaves[number + 2]);
    }
  }
  assert.deepEqual((await whole(files, rc(9999))).mine, []);
});

it("a changed bundle is named with its leaf, also where the changed leaf keeps every rule", async () => {
  for (const [wrong, path] of [[40, "tile/entries/000"], [300, "tile/entries/001"], [699, "tile/entries/002.p/188"]] as const) {
    const files = publish(leavesOf(700));
    const spoilt = leavesOf(700);
    spoilt[wrong] = gift(wrong, 2);
    const others = publish(spoilt);
    files.set(path, others.get(path) as Bytes);
    await assert.rejects(whole(files), fails(new RegExp(`^${path}, leaf ${wrong}$`)));
  }
});

it("every flipped bit of a bundle or the checkpoint is refused", async () => {
  const files = publish(leavesOf(12));
  for (const path of ["checkpoint", "tile/entries/000.p/12"]) {
    const data = files.get(path) as Bytes;
    for (let at = 3; at < data.length; at += 97) {
      const flipped = data.slice();
      flipped[at] = (flipped[at] as number) ^ (1 << at % 8);
      const spoilt = new Map(files).set(path, flipped);
      // A spoilt size in the checkpoint may ask for files that are not there: not read is not held either.
      await assert.rejects(whole(spoilt), (error) => error instanceof ProofError || error instanceof UnreadableError);
    }
  }
});

it("a leaf that breaks a rule is named", async () => {
  const leaves = leavesOf(300);
  leaves[270] = utf8("{}");
  await assert.rejects(whole(publish(leaves)), fails(/^tile\/entries\/001\.p\/44, leaf 270$/));
});

it("a root over other entries is the checkpoint's fault", async () => {
  const files = publish(leavesOf(300));
  const text = checkpointText({ origin: ORIGIN, size: 300, root: sha256(utf8("else")) });
  files.set("checkpoint", sign(text));
  await assert.rejects(whole(files), fails(/leaf 0|checkpoint/));
});

it("a log that grew continues what was seen; one that was rewritten or cut does not", async () => {
  const before = (await readHead(new Log(reader(publish(leavesOf(300)))))).checkpoint;
  const grown = new Log(reader(publish(leavesOf(700))));
  await checkContinues(grown, before, await readHead(grown));
  const other = leavesOf(700);
  other[100] = gift(100, 2);
  const forked = new Log(reader(publish(other)));
  await assert.rejects(checkContinues(forked, before, await readHead(forked)), fails(/^checkpoint$/));
  const cut = new Log(reader(publish(leavesOf(299))));
  await assert.rejects(checkContinues(cut, before, await readHead(cut)), fails(/^checkpoint$/));
});

it("a partial file that was dropped for the full one is read from there", async () => {
  const files = publish(leavesOf(512));
  files.set("checkpoint", publish(leavesOf(300)).get("checkpoint") as Bytes);
  assert.equal((await whole(files)).books.size, 300);
});

it("a missing file is not read, which is no verdict on the books", async () => {
  const files = publish(leavesOf(300));
  files.delete("tile/entries/001.p/44");
  await assert.rejects(whole(files), (error) => error instanceof UnreadableError && error.path === "tile/entries/001.p/44");
});

it("another key than leaf 0's needs the page to name it, and is told", async () => {
  const files = publish(leavesOf(10));
  const other = VKEY.replace(/\+/, "x+");
  await assert.rejects(readHead(new Log(reader(new Map(files).set("checkpoint", utf8("x\n1\n")))), other));
  assert.equal((await readHead(new Log(reader(files)), VKEY)).keyChanged, false);
});

it("what the full check will load is known before", async () => {
  const files = publish(leavesOf(700));
  const { bytes } = await readHead(new Log(reader(files)));
  const real = [...files].filter(([path]) => path.includes("entries")).reduce((sum, [, data]) => sum + data.length, 0);
  assert.ok(Math.abs(bytes - real) < real / 20, `${bytes} told, ${real} real`);
});
