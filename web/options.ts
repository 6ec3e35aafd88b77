// How every bundle is built; the tests build pieces of their own the same way.

import type { BuildOptions } from "esbuild";

export const BANNER = "/*! Panah - AGPL-3.0-or-later - readable source: web/ of the source code */";

export const OPTIONS: BuildOptions = {
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2019",
  charset: "ascii",
  legalComments: "inline", // the licences of what is bundled stay with it
  logLevel: "warning",
  alias: {
    // typage brings hybrid and hardware-tag keys along; Panah refuses them, so they stay out.
    "@noble/post-quantum/hybrid.js": "./src/seal/absent.ts",
    "@noble/curves/nist.js": "./src/seal/absent.ts",
  },
};
