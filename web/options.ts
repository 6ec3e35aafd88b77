// How every bundle is built; the tests build pieces of their own the same way.

import { fileURLToPath } from "node:url";
import type { BuildOptions, Plugin } from "esbuild";

export const BANNER = "/*! Panah - AGPL-3.0-or-later - readable source: web/ of the source code */";

/** Hardware keys of typage, which no page of ours uses: a package's own files have no name that `alias` could give. */
const WITHOUT: Plugin = {
  name: "without",
  setup(build) {
    const absent = fileURLToPath(new URL("./src/seal/absent.ts", import.meta.url));
    build.onResolve({ filter: /^\.\/(webauthn|cbor)\.js$/ }, ({ importer }) => (importer.includes("age-encryption") ? { path: absent } : null));
  },
};

export const OPTIONS: BuildOptions = {
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2019",
  charset: "ascii",
  legalComments: "inline", // the licences of what is bundled stay with it
  logLevel: "warning",
  plugins: [WITHOUT],
  alias: {
    // typage brings hybrid and hardware-tag keys along; Panah refuses them, so they stay out.
    "@noble/post-quantum/hybrid.js": "./src/seal/absent.ts",
    "@noble/curves/nist.js": "./src/seal/absent.ts",
  },
};
