// Envelopes in the browser: the shared vectors, what is refused, and the bundle as pages get it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import vm from "node:vm";
import { gzipSync } from "node:zlib";
import { Encrypter, generateHybridIdentity, generateX25519Identity, identityToRecipient } from "age-encryption";
import { bech32 } from "@scure/base";
import { build } from "esbuild";
import { OPTIONS } from "../options.ts";
import { type Bytes, concat, fromBase64, toBase64, toHex } from "../src/proof/bytes.ts";
import { roster } from "../src/proof/charter.ts";
import { closePadded } from "../src/seal/envelope.ts";
import { SealError, type Why } from "../src/seal/errors.ts";
import { write } from "../src/seal/letter.ts";
import { frame, parse } from "../src/seal/outer.ts";
import { BUCKETS, bucketFor, wireSize } from "../src/seal/padding.ts";
import { type Letter, close, derive, normal, openEnvelope } from "../src/seal/seal.ts";

interface Made {
  name: string;
  wire: number;
  secret_hex: string;
  stored_b64: string;
  letter: { origin: string; kind: string; roster: number; body: { [key: string]: string }; mailbox: string; by: string };
}

interface Edit {
  name: string;
  at?: number;
  xor?: number;
  cut?: number;
  add?: number;
}

const read = (name: string) => JSON.parse(readFileSync(new URL(`../../tests/vectors/${name}`, import.meta.url), "utf8"));
const vectors = read("envelope.json") as { origin: string; sign_b64: string; envelopes: Made[]; refused: Edit[] };
const fromHex = (hex: string): Bytes => Uint8Array.from(hex.match(/../g) ?? [], (two) => Number.parseInt(two, 16));
const identityOf = (secret: Bytes): string => bech32.encodeFromBytes("AGE-SECRET-KEY-", secret).toUpperCase();
const keys = (name: string, roster: number) => (name === "lale" && roster === 7 ? fromBase64(vectors.sign_b64) : undefined);
const expected = { origin: vectors.origin, keys };

function filled(one: Made): Bytes {
  const stored = new Uint8Array(one.wire);
  stored.set(fromBase64(one.stored_b64));
  return stored;
}

const refused = (why: Why) => (error: unknown) => error instanceof SealError && error.why === why;

const ASK: Letter = { origin: "lantern.invalid", kind: "ask", roster: 3, body: { text: "سلام" } };

describe("shared vectors", () => {
  for (const one of vectors.envelopes) {
    it(`${one.name} opens to its letter`, async () => {
      const letter = await openEnvelope(filled(one), [identityOf(fromHex(one.secret_hex))], expected);
      assert.deepEqual(letter.body, one.letter.body);
      assert.deepEqual(
        [letter.origin, letter.kind, letter.roster, letter.by ?? "", letter.mailbox ? toBase64(letter.mailbox) : ""],
        [one.letter.origin, one.letter.kind, one.letter.roster, one.letter.by, one.letter.mailbox],
      );
    });
  }
  for (const edit of vectors.refused) {
    it(`${edit.name} is refused`, async () => {
      const one = vectors.envelopes[0] as Made;
      let stored = filled(one);
      if (edit.at !== undefined) {
        const at = edit.at < 0 ? stored.length + edit.at : edit.at;
        stored[at] = (stored[at] as number) ^ (edit.xor as number);
      }
      stored = concat(stored.subarray(0, stored.length - (edit.cut ?? 0)), new Uint8Array(edit.add ?? 0));
      await assert.rejects(openEnvelope(stored, [identityOf(fromHex(one.secret_hex))], expected), SealError);
    });
  }
  it("mailboxes are those of Python", async () => {
    for (const one of read("mailbox.json") as { [key: string]: string }[]) {
      const parts: number[] = [];
      const made = await derive(one["code"] as string, fromHex(one["leaf0_hex"] as string), (part) => parts.push(part));
      assert.equal(made.recipient, one["recipient"]);
      assert.deepEqual(
        [made.lookup, made.deletion, made.address].map(toHex),
        [one["lookup_hex"], one["deletion_hex"], one["address_hex"]],
      );
      assert.equal(parts[parts.length - 1], 1);
    }
  });
});

describe("an envelope", () => {
  it("has one size for each bucket, whatever its length and readers", async () => {
    const bare = write({ ...ASK, body: { text: "" } }).lastIndexOf("}".charCodeAt(0)) + 1 + 64;
    const to = await Promise.all([1, 2, 3].map(async () => identityToRecipient(await generateX25519Identity())));
    for (const bucket of BUCKETS.slice(0, 3)) {
      for (const around of [-1, 0, 1]) {
        const stored = await close({ ...ASK, body: { text: "x".repeat(bucket + around - bare) } }, to.slice(1 + around));
        assert.equal(stored.length, wireSize(around > 0 ? bucket * 4 : bucket));
        assert.equal(parse(stored).recipients, 2 - around);
      }
    }
  });

  it("of the largest bucket fits, and more is refused", () => {
    const data = new Uint8Array(4 * 1024 * 1024 - 500);
    const file = { name: "a", type: "image/jpeg", data };
    assert.equal(write({ ...ASK, files: [file] }).length, bucketFor(data.length));
    assert.throws(() => write({ ...ASK, files: [file, file] }), refused("large"));
  });

  it("opens with another key for nobody, and is for one fund, kind and mailbox", async () => {
    const identity = await generateX25519Identity();
    const mailbox = new Uint8Array(32).fill(7);
    const stored = await close({ ...ASK, mailbox }, [await identityToRecipient(identity)]);
    const here = { origin: ASK.origin, keys: null, kinds: ["ask"], mailbox };
    assert.deepEqual((await openEnvelope(stored, [identity], here)).mailbox, mailbox);
    await assert.rejects(openEnvelope(stored, [await generateX25519Identity()], here), refused("key"));
    const elsewhere = [{ origin: "other.invalid" }, { kinds: ["offer"] }, { mailbox: new Uint8Array(32) }];
    for (const other of elsewhere) {
      await assert.rejects(openEnvelope(stored, [identity], { ...here, ...other }), refused("place"));
    }
  });

  it("is refused with any flipped bit of its header, and with random ones after it", async () => {
    const identity = await generateX25519Identity();
    const stored = await close(ASK, [await identityToRecipient(identity)]);
    for (let at = 0; at < stored.length; at += at < 230 ? 1 : 97) {
      const changed = stored.slice();
      changed[at] = (changed[at] as number) ^ (1 << at % 8);
      await assert.rejects(openEnvelope(changed, [identity], { origin: ASK.origin, keys: null }), SealError, `byte ${at}`);
    }
  });

  it("is never sealed to hybrid, mixed, doubled, missing or too many keys", async () => {
    const plain = await identityToRecipient(await generateX25519Identity());
    const hybrid = await identityToRecipient(await generateHybridIdentity());
    const many = await Promise.all(Array.from({ length: 17 }, async () => identityToRecipient(await generateX25519Identity())));
    const small = [0, 1].map((u) => bech32.encodeFromBytes("age", new Uint8Array(32).fill(u, 0, 1)));
    for (const key of [...small, `${plain.slice(0, -1)}${plain.endsWith("q") ? "p" : "q"}`]) {
      await assert.rejects(close(ASK, [plain, key]), refused("recipients"));
    }
    for (const to of [[], [plain, plain], [hybrid], [plain, hybrid], many, [plain.toUpperCase()], ["ssh-ed25519 AAAA"]]) {
      await assert.rejects(close(ASK, to), refused("recipients"));
    }
  });

  it("has no readers from a roster with a hybrid key, and two at least where they are named", async () => {
    const member = (name: string, seal: string) => ({ name, sign: toBase64(new Uint8Array(32)), seal });
    const plain = await identityToRecipient(await generateX25519Identity());
    const hybrid = await identityToRecipient(await generateHybridIdentity());
    const members = ["lale", "omid", "tara"].map((name) => member(name, plain));
    roster({ members, until: "2021-12-31", intake: ["lale", "omid"] }, "roster");
    for (const wrong of [{ members: [...members, member("yusef", hybrid)] }, { intake: ["lale"] }]) {
      assert.throws(() => roster({ members, until: "2021-12-31", ...wrong }, "roster"));
    }
  });

  it("that holds a scrypt or a hybrid stanza is refused before the library sees it", async () => {
    const scrypt = new Encrypter();
    scrypt.setPassphrase("a long enough phrase");
    scrypt.setScryptWorkFactor(4);
    const mixed = new Encrypter();
    mixed.addRecipient(await identityToRecipient(await generateX25519Identity()));
    mixed.addRecipient(await identityToRecipient(await generateHybridIdentity()));
    for (const encrypter of [scrypt, mixed]) {
      const age = await encrypter.encrypt(new Uint8Array(4096));
      const stored = age.length < wireSize(4096) - 24 ? frame(age, 4096) : frame(age, 16384);
      assert.throws(() => parse(stored), refused("outside"));
    }
  });

  it("with a signed kind and no signature is not read, and a browser writes none", async () => {
    const identity = await generateX25519Identity();
    const to = [await identityToRecipient(identity)];
    await assert.rejects(close({ ...ASK, kind: "reply" }, to), refused("field"));
    const forged = write({ ...ASK, kind: "offer", body: {} });
    const text = new TextDecoder().decode(forged).replace('"kind":"offer"', '"kind":"event"');
    const stored = await closePadded(Uint8Array.from(text, (letter) => letter.charCodeAt(0)), to);
    await assert.rejects(openEnvelope(stored, [identity], { ...expected, origin: ASK.origin }), refused("signature"));
  });

  it("takes texts however the keyboard spelled them", () => {
    assert.deepEqual(normal({ a: ["e\u0301", 3] }), { a: ["é", 3] });
    write({ ...ASK, body: { text: "e\u0301" } });
    for (const body of [{ a: 1.5 }, { "é": "x" }, { a: "\ud800" }]) {
      assert.throws(() => write({ ...ASK, body }), refused("field"));
    }
  });
});

describe("the bundle", () => {
  const bundled = async (contents: string): Promise<Bytes> => {
    const web = fileURLToPath(new URL("..", import.meta.url));
    const { outputFiles } = await build({
      ...OPTIONS,
      absWorkingDir: web,
      stdin: { contents, resolveDir: `${web}src/seal`, loader: "ts" },
      globalName: "Seal",
      write: false,
    });
    return (outputFiles?.[0] as { contents: Bytes }).contents;
  };

  it("that seals, derives a mailbox and opens is at most 40 KB, gzipped", async () => {
    const all = gzipSync(await bundled('export * from "./seal.ts"'), { level: 9 }).length;
    assert.ok(all <= 40 * 1024, `${all} bytes`);
    const asking = gzipSync(await bundled('export { close } from "./seal.ts"'), { level: 9 }).length;
    assert.ok(asking <= 24 * 1024, `${asking} bytes`);
  });

  it("works as pages get it, without the kinds of keys that were left out", async () => {
    const script = new TextDecoder().decode(await bundled('export * from "./seal.ts"'));
    const { TextEncoder: Enc, TextDecoder: Dec } = globalThis;
    const page = vm.createContext({
      TextEncoder: Enc, TextDecoder: Dec, Uint8Array, ArrayBuffer, DataView, crypto, DOMException, CryptoKey,
      ReadableStream, TransformStream, Response, setTimeout,
    });
    vm.runInContext(script, page);
    const seal = (page as unknown as { Seal: typeof import("../src/seal/seal.ts") }).Seal;
    const identity = await generateX25519Identity();
    const stored = await seal.close(ASK, [await identityToRecipient(identity)]);
    const letter = await openEnvelope(Uint8Array.from(stored), [identity], { origin: ASK.origin, keys: null });
    assert.deepEqual(letter.body, ASK.body);
    const again = await seal.openEnvelope(stored, [identity], { origin: ASK.origin, keys: null });
    assert.equal(JSON.stringify(again.body), JSON.stringify(ASK.body));
  });
});
