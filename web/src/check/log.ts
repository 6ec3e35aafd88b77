// Reads a log's files over HTTP and shows them as bundles and subtree heads. Caps every file's size.

import type { Bytes } from "../proof/bytes.ts";
import { at } from "../proof/errors.ts";
import { HASH_SIZE, type NodeAt, rootOf } from "../proof/merkle.ts";
import { MAX_BYTES as MAX_NOTE } from "../proof/note.ts";
import { WIDTH, entriesPath, parseBundle, parseTile, tilePath, tileWidth } from "../proof/tiles.ts";

const MAX_BUNDLE = WIDTH * (2 + 65535);

/** A file that is not there or can't be read: says nothing about the books. */
export class UnreadableError extends Error {
  readonly path: string;
  readonly status: number;

  constructor(path: string, status: number) {
    super(`${path}: ${status || "no answer"}`);
    this.name = "UnreadableError";
    this.path = path;
    this.status = status;
  }
}

/** Fetch one file below the log's folder. */
export type Read = (path: string, limit: number) => Promise<Bytes>;

/** `anew`: pass the browser's cache by, so that a stale or spoilt copy there accuses nobody. */
export function readFrom(base: string, anew = false): Read {
  return async (path, limit) => {
    let answer: Response;
    try {
      // Tiles never change and may come from the cache. The checkpoint is asked for anew, and whole: a
      // plain web server answers "not modified" to what changed twice within one second.
      const cache = anew ? "reload" : path === "checkpoint" ? "no-store" : "default";
      answer = await fetch(base + path, { cache, credentials: "omit", redirect: "error" });
    } catch {
      throw new UnreadableError(path, 0);
    }
    if (!answer.ok) throw new UnreadableError(path, answer.status);
    const data = new Uint8Array(await answer.arrayBuffer());
    if (data.length > limit) throw new UnreadableError(path, 413);
    return data;
  };
}

export class Log {
  private readonly read: Read;
  private readonly kept = new Map<string, Promise<Bytes>>();

  constructor(read: Read) {
    this.read = read;
  }

  checkpoint(): Promise<Bytes> {
    return this.read("checkpoint", MAX_NOTE);
  }

  /** Read the entries of bundle `index` in a log of `size` leaves. */
  async bundle(index: number, size: number): Promise<{ path: string; entries: Bytes[]; bytes: number }> {
    const width = tileWidth(0, index, size);
    const [path, data, whole] = await this.partial((w) => entriesPath(index, w), width, MAX_BUNDLE, index === 0);
    const entries = at(path, () => parseBundle(data, whole)).slice(0, width);
    return { path, entries, bytes: data.length };
  }

  async tile(level: number, index: number, size: number): Promise<{ path: string; hashes: Bytes[] }> {
    const width = tileWidth(level, index, size);
    const [path, data, whole] = await this.partial((w) => tilePath(level, index, w), width, WIDTH * HASH_SIZE, true);
    return { path, hashes: at(path, () => parseTile(data, whole)).slice(0, width) };
  }

  /** Subtree heads of a log of `size` leaves, read from its hash tiles. */
  nodes(size: number): NodeAt {
    return async (level, index) => {
      const row = Math.floor(level / 8);
      const span = 2 ** (level - 8 * row); // hashes of that row below this head
      const first = index * span;
      const { hashes } = await this.tile(row, Math.floor(first / WIDTH), size);
      return rootOf(hashes.slice(first % WIDTH, (first % WIDTH) + span));
    };
  }

  /** A server may drop a partial file once the full one is there (C2SP tlog-tiles, Partial Tiles). */
  private async partial(name: (width: number) => string, width: number, limit: number, keep: boolean): Promise<[string, Bytes, number]> {
    try {
      return [name(width), await this.get(name(width), limit, keep), width];
    } catch (error) {
      if (width === WIDTH || !(error instanceof UnreadableError) || error.status !== 404) throw error;
      try {
        return [name(WIDTH), await this.get(name(WIDTH), limit, keep), WIDTH];
      } catch {
        throw error; // the name that the checkpoint promises
      }
    }
  }

  private get(path: string, limit: number, keep: boolean): Promise<Bytes> {
    const known = this.kept.get(path);
    if (known) return known;
    const data = this.read(path, limit);
    if (keep) {
      this.kept.set(path, data);
      data.catch(() => this.kept.delete(path));
    }
    return data;
  }
}
