import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { it } from "node:test";
import { toBase64, toHex } from "../src/proof/bytes.ts";
import { checkDigit, commitment, giftSecret, groupCode, newCode, readCode } from "../src/receipt/receipt.ts";

interface Shared {
  damm: string[];
  vectors: { code: string; shown: string; secret_hex: string; rc_b64: string }[];
  typed: { typed: string; code: string }[];
  refused: string[];
}

const shared = JSON.parse(
  readFileSync(new URL("../../tests/vectors/receipt.json", import.meta.url), "utf8"),
) as Shared;

it("a code has the secret, the commitment and the groups that Python gives it", () => {
  assert.ok(shared.vectors.length > 5);
  for (const one of shared.vectors) {
    assert.deepEqual(readCode(one.code), { state: "right", code: one.code });
    assert.equal(groupCode(one.code), one.shown);
    assert.equal(toHex(giftSecret(one.code)), one.secret_hex);
    assert.equal(toBase64(commitment(one.code)), one.rc_b64);
  }
});

it("a code is read however people type it", () => {
  for (const one of shared.typed) assert.deepEqual(readCode(one.typed), { state: "right", code: one.code }, one.typed);
});

it("what is no code is refused", () => {
  for (const typed of shared.refused) assert.notEqual(readCode(typed).state, "right", typed);
});

it("a digit too few is short, a slip is wrong", () => {
  const code = shared.vectors[0]?.code ?? "";
  assert.deepEqual(readCode(code.slice(1)), { state: "short", missing: 1 });
  assert.equal(readCode(code + "0").state, "wrong");
  assert.equal(readCode("x").state, "wrong");
});

it("every wrong digit and every swap of neighbours is found", () => {
  for (const { code } of shared.vectors) {
    for (let at = 0; at < code.length; at++) {
      for (const digit of "0123456789") {
        const changed = code.slice(0, at) + digit + code.slice(at + 1);
        assert.equal(readCode(changed).state === "right", changed === code);
      }
      const swapped = code.slice(0, at) + (code[at + 1] ?? "") + (code[at] ?? "") + code.slice(at + 2);
      assert.equal(readCode(swapped).state === "right", swapped === code);
    }
  }
});

it("new codes are right and differ", () => {
  const codes = new Set(Array.from({ length: 200 }, () => newCode()));
  assert.equal(codes.size, 200);
  for (const code of codes) assert.equal(readCode(code).state, "right");
});

it("bytes that would favour small digits are thrown away", () => {
  let next = 0;
  const code = newCode((bytes) => {
    // 250..255 first: kept, they would give the digits 0..5
    for (let at = 0; at < bytes.length; at++) bytes[at] = at < 6 ? 250 + at : (next = (next + 1) % 10);
  });
  const digits = "12345678901234567890123456";
  assert.equal(code, digits + checkDigit(digits));
});

it("the check digit is the one of the shared table", () => {
  const state = shared.vectors.map(({ code }) => checkDigit(code.slice(0, -1)) === code.slice(-1));
  assert.ok(state.every(Boolean));
});
