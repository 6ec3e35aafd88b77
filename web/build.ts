// Builds the bundles into src/panah/site/assets, named after their content, with a manifest of
// file names and integrity hashes (or into the folder given). The same sources give the same bytes, on every machine.

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { BANNER, OPTIONS } from "./options.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const OUT = process.argv[2] ?? join(HERE, "../src/panah/site/assets");
const ENTRIES: { [name: string]: string } = {
  ask: "src/ask/ask.ts",
  check: "src/check/check.ts",
  give: "src/give/give.ts",
  mailbox: "src/mailbox/mailbox.ts",
};

async function bundle(entry: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    ...OPTIONS,
    absWorkingDir: HERE,
    entryPoints: [entry],
    banner: { js: BANNER },
    write: false,
  });
  return (outputFiles[0] as { contents: Uint8Array }).contents;
}

/** Whole or not at all: a site that starts meanwhile reads either the old file or the new one. */
function put(file: string, data: Uint8Array | string): void {
  const draft = join(OUT, `.${file}.${process.pid}`);
  writeFileSync(draft, data);
  renameSync(draft, join(OUT, file));
}

const manifest: { [name: string]: { file: string; integrity: string } } = {};
const files = new Map<string, Uint8Array>();
for (const name of Object.keys(ENTRIES).sort()) {
  const data = await bundle(ENTRIES[name] as string);
  const file = `${name}-${createHash("sha256").update(data).digest("hex").slice(0, 16)}.js`;
  manifest[name] = { file, integrity: `sha384-${createHash("sha384").update(data).digest("base64")}` };
  files.set(file, data);
}

mkdirSync(OUT, { recursive: true });
for (const [file, data] of files) put(file, data);
put("manifest.json", `${JSON.stringify(manifest, null, 2)}\n`);
for (const old of readdirSync(OUT)) {
  if (/^(ask|check|give|mailbox)-[0-9a-f]{16}\.js$/.test(old) && !files.has(old)) rmSync(join(OUT, old), { force: true });
}
