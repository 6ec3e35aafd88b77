// The C2SP test vectors for age, answered by the library that seals in the browser. No failure is expected:
// typage reads all of them, also the kinds that Panah refuses (src/seal/absent.ts leaves those out of bundles).

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { it } from "node:test";
import { inflateSync } from "node:zlib";
import { Decrypter, armor } from "age-encryption";
import * as cctv from "cctv-age";

const vectors = Object.entries((cctv as { default?: object }).default ?? cctv) as [string, Uint8Array][];

interface Vector {
  readonly expect: string;
  readonly fields: Map<string, string[]>;
  readonly file: Uint8Array;
}

function read(data: Uint8Array): Vector {
  const end = Buffer.from(data).indexOf("\n\n");
  const fields = new Map<string, string[]>();
  for (const line of Buffer.from(data.subarray(0, end)).toString().split("\n")) {
    const [name, value] = [line.slice(0, line.indexOf(": ")), line.slice(line.indexOf(": ") + 2)];
    fields.set(name, [...(fields.get(name) ?? []), value]);
  }
  const body = data.subarray(end + 2);
  const file = fields.get("compressed")?.[0] === "zlib" ? new Uint8Array(inflateSync(body)) : body;
  return { expect: fields.get("expect")?.[0] ?? "", fields, file };
}

async function answer({ fields, file }: Vector): Promise<string> {
  const decrypter = new Decrypter();
  for (const passphrase of fields.get("passphrase") ?? []) decrypter.addPassphrase(passphrase);
  for (const identity of fields.get("identity") ?? []) decrypter.addIdentity(identity);
  const binary = fields.has("armored") ? armor.decode(new TextDecoder().decode(file)) : file;
  return createHash("sha256").update(await decrypter.decrypt(binary)).digest("hex");
}

it("all vectors are there", () => assert.ok(vectors.length > 130));

for (const [name, data] of vectors) {
  it(`${name} is answered as the vectors say`, async () => {
    const vector = read(data);
    if (vector.expect === "success") assert.equal(await answer(vector), vector.fields.get("payload")?.[0]);
    else await assert.rejects(answer(vector));
  });
}
