// The full check: reads every entry bundle once, in order, and recomputes tree and books from them.
// Looks for a giver's own gift on the way; it never stops early, so nobody learns which gift that was.

import { Books } from "../books/books.ts";
import { type Bytes, same } from "../proof/bytes.ts";
import type { Checkpoint } from "../proof/checkpoint.ts";
import { ProofError, at } from "../proof/errors.ts";
import { type Leaf, parse } from "../proof/leaf.ts";
import { Frontier, type NodeAt, inclusionProof, leafHash, rootOf } from "../proof/merkle.ts";
import { encodeProof } from "../proof/tlogproof.ts";
import { WIDTH } from "../proof/tiles.ts";
import type { Log } from "./log.ts";

const AHEAD = 4; // bundles asked for while one is being checked: a slow line is never idle

export interface Mine {
  readonly index: number;
  readonly leaf: Leaf;
  readonly data: Bytes;
}

export interface Wanted {
  readonly rc: string; // the commitment of one's own gift in base64, or ""
  readonly totalsAt: number; // the size whose totals the page prints, or 0
  readonly progress: (leaves: number) => void;
}

export interface Totals {
  readonly gross: number;
  readonly counted: number;
  readonly held: number;
}

export interface Walked {
  readonly books: Books;
  readonly root: Bytes;
  readonly totals: Totals | undefined; // at `totalsAt`
  readonly mine: Mine[];
  readonly heads: Bytes[]; // of every full bundle, to find the file that fails
  readonly nodes: NodeAt; // good for proofs of `mine`
}

class Walk implements Walked {
  readonly books = new Books();
  readonly mine: Mine[] = [];
  readonly heads: Bytes[] = [];
  totals: Totals | undefined;
  private readonly frontier = new Frontier();
  private readonly rows = new Map<number, Bytes[]>(); // leaf hashes of bundles that a proof of `mine` needs
  private readonly wanted: Wanted;

  constructor(wanted: Wanted) {
    this.wanted = wanted;
  }

  get root(): Bytes {
    return this.frontier.root();
  }

  take(bundle: number, path: string, entries: readonly Bytes[]): void {
    const before = this.mine.length;
    const row = entries.map((data) => {
      at(`${path}, leaf ${this.books.size}`, () => this.leaf(data));
      return leafHash(data);
    });
    if (entries.length === WIDTH) {
      const head = rootOf(row);
      this.heads.push(head);
      this.frontier.append(head, 8);
    } else {
      for (const hash of row) this.frontier.append(hash);
    }
    if (this.mine.length > before || entries.length < WIDTH) this.rows.set(bundle, row);
    this.wanted.progress(this.books.size);
  }

  private leaf(data: Bytes): void {
    const leaf = parse(data);
    const index = this.books.size;
    this.books.apply(leaf);
    if (this.wanted.rc && leaf["rc"] === this.wanted.rc) this.mine.push({ index, leaf, data });
    if (this.books.size === this.wanted.totalsAt) {
      const { gross, counted, held } = this.books;
      this.totals = { gross, counted, held };
    }
  }

  readonly nodes: NodeAt = (level, index) => {
    const [begin, span] = [index * 2 ** level, 2 ** level];
    if (level >= 8) return Promise.resolve(rootOf(this.heads.slice(begin / WIDTH, (begin + span) / WIDTH)));
    const row = this.rows.get(Math.floor(begin / WIDTH)) ?? [];
    return Promise.resolve(rootOf(row.slice(begin % WIDTH, (begin % WIDTH) + span)));
  };
}

/** Read the whole log of `size` leaves. Throws at the first leaf or bundle that is not what it should be. */
export async function walkLog(log: Log, size: number, wanted: Wanted): Promise<Walked> {
  const walk = new Walk(wanted);
  const bundles = Math.ceil(size / WIDTH);
  const asked: ReturnType<Log["bundle"]>[] = [];
  for (let next = 0, bundle = 0; bundle < bundles; bundle++) {
    for (; next < bundles && next <= bundle + AHEAD; next++) {
      const answer = log.bundle(next, size);
      answer.catch(() => undefined); // told when its turn comes
      asked.push(answer);
    }
    const { path, entries } = await (asked.shift() as ReturnType<Log["bundle"]>);
    walk.take(bundle, path, entries);
  }
  return walk;
}

/** Name the file that leads to another root than the checkpoint's, by comparing with the hash tiles. */
export async function blame(log: Log, size: number, walked: Walked): Promise<ProofError> {
  const rule = "its entries do not lead to the root of the checkpoint";
  const nodes = log.nodes(size);
  for (let bundle = 0; bundle * WIDTH < size; bundle++) {
    const { path, entries } = await log.bundle(bundle, size);
    if (entries.length === WIDTH && same(await nodes(8, bundle), walked.heads[bundle] as Bytes)) continue;
    const { hashes } = await log.tile(0, bundle, size);
    const wrong = entries.findIndex((data, place) => !same(leafHash(data), hashes[place] as Bytes));
    if (wrong >= 0) return new ProofError(rule, `${path}, leaf ${bundle * WIDTH + wrong}`);
  }
  return new ProofError("its root is not that of the entries", "checkpoint");
}

/** Write the `.tlog-proof` of a found gift: the giver's own copy of what the log promised. */
export async function proveGift(mine: Mine, head: { checkpoint: Checkpoint; note: Bytes }, nodes: NodeAt): Promise<Bytes> {
  const path = await inclusionProof(mine.index, head.checkpoint.size, nodes);
  return encodeProof({ index: mine.index, path, checkpoint: head.note, extra: mine.data });
}

