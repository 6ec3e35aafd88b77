// Hashes as pages print them.

import type { Bytes } from "../proof/bytes.ts";

export const fromHex = (text: string): Bytes =>
  Uint8Array.from(text.match(/[0-9a-f]{2}/g) ?? [], (pair) => parseInt(pair, 16));
