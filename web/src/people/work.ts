// Does the work that keeps a flood away: in a worker, or in small pieces where a browser has none.

import { sha256 } from "@noble/hashes/sha2.js";
import type { Bytes } from "../proof/bytes.ts";
import { search } from "./search.ts";

const PIECE = 2000;

interface Task {
  readonly salt: Bytes;
  readonly digest: Bytes;
  readonly bits: number;
}

/** Whether this program runs beside a page and not in one; then it searches, and does nothing else. */
export function isWorker(): boolean {
  if (typeof document !== "undefined") return false;
  self.onmessage = ({ data }: MessageEvent<Task>): void => {
    let found: Bytes | null = null;
    for (let first = 0; !found; first += PIECE) found = search(data.salt, data.digest, data.bits, first, PIECE);
    self.postMessage(found);
  };
  return true;
}

export function findWork(salt: Bytes, envelope: Bytes, bits: number): Promise<Bytes> {
  const digest = sha256(envelope);
  if (!bits) return Promise.resolve(new Uint8Array(8));
  return inWorker(salt, digest, bits).catch(() => inPieces(salt, digest, bits));
}

function inWorker(salt: Bytes, digest: Bytes, bits: number): Promise<Bytes> {
  return new Promise((resolve, reject) => {
    // The page's own bundle, started a second time: see `isWorker`. It is told a salt and a hash, nothing that was typed.
    const worker = new Worker(document.querySelector<HTMLScriptElement>("script[src]")?.src ?? "");
    const end = (): void => worker.terminate();
    worker.onmessage = ({ data }: MessageEvent<Bytes>) => {
      end();
      resolve(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      end();
      reject(new Error("no worker"));
    };
    worker.postMessage({ salt, digest, bits });
  });
}

async function inPieces(salt: Bytes, digest: Bytes, bits: number): Promise<Bytes> {
  for (let first = 0; ; first += PIECE) {
    const found = search(salt, digest, bits, first, PIECE);
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve));
  }
}
