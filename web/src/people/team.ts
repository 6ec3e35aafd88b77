// Who opens what people send: the roster's leaves, from the fund's first on, each signed by those of the one before it.
// A page refuses to seal to keys that do not follow from its own fund's leaf 0, or that have ended (claim C10).

import { sha256 } from "@noble/hashes/sha2.js";
import { Roster } from "../books/roster.ts";
import type { Log } from "../check/log.ts";
import { type Bytes, fromBase64, fromUtf8, toHex, utf8 } from "../proof/bytes.ts";
import type { Body } from "../proof/canonical.ts";
import { openCheckpoint, parseCheckpoint } from "../proof/checkpoint.ts";
import { ProofError, must } from "../proof/errors.ts";
import { type Leaf, kind, parse } from "../proof/leaf.ts";
import { inclusionProof, leafHash, verifyInclusion } from "../proof/merkle.ts";
import { parseKey } from "../proof/note.ts";
import type { Keys } from "../seal/letter.ts";

const WARNS = 30;
const ENDS = 90;
const DAY = 24 * 3600 * 1000;

interface Version {
  readonly index: number;
  readonly leaf: Bytes;
  readonly body: Body;
  readonly day: string;
}

export class Team {
  readonly origin: string;
  private readonly versions: readonly Version[];
  private readonly vkeys: readonly string[];

  constructor(origin: string, versions: readonly Version[], vkeys: readonly string[]) {
    [this.origin, this.versions, this.vkeys] = [origin, versions, vkeys];
  }

  private get newest(): Version {
    return this.versions[this.versions.length - 1] as Version;
  }

  /** Leaf index of the newest roster. */
  get version(): number {
    return this.newest.index;
  }

  /** The last day on which anything is sealed to it. */
  get until(): string {
    return String(this.newest.body["until"]);
  }

  /** To whom an ask or an offer is sealed: two at least, or nobody. */
  get recipients(): string[] {
    const members = this.newest.body["members"] as { name: string; seal: string }[];
    const names = (this.newest.body["intake"] ?? members.map((one) => one.name)) as string[];
    const found = names.map((name) => members.find((one) => one.name === name)?.seal ?? "");
    must(found.length > 1, "two members open what people send");
    return found;
  }

  /** What a carried file says about its own age: `good`, `old` (it warns) or `ended`. */
  carried(today: string): "good" | "old" | "ended" {
    const days = (Date.parse(today) - Date.parse(this.newest.day)) / DAY;
    return days < 0 || days > ENDS ? "ended" : days > WARNS ? "old" : "good";
  }

  readonly keys: Keys = (name, roster) => {
    const found = this.versions.find((one) => one.index === roster);
    const member = (found?.body["members"] as { name: string; sign: string }[] | undefined)?.find((one) => one.name === name);
    return member && fromBase64(member.sign);
  };

  /** Throw unless the newest roster stands in the log that the fund's own key signs. */
  async checkLogged(log: Log): Promise<void> {
    const note = await log.checkpoint();
    const text = fromUtf8(note);
    const { size } = parseCheckpoint(text.slice(0, text.lastIndexOf("\n\n") + 1));
    const { root, origin } = this.open(note);
    must(origin === this.origin && size > this.version, "the log ends before this roster");
    for (const { index, leaf } of [this.versions[0] as Version, this.newest]) {
      const proof = await inclusionProof(index, size, log.nodes(size));
      verifyInclusion(leafHash(leaf), index, size, proof, root);
    }
  }

  private open(note: Bytes): { root: Bytes; origin: string } {
    let refusal: unknown;
    for (const vkey of this.vkeys) {
      try {
        return openCheckpoint(note, [parseKey(vkey)]);
      } catch (error) {
        refusal = error;
      }
    }
    throw refusal;
  }
}

/** Read `roster.json`: [leaf index, leaf] from the charter on. `fund`: SHA-256 of leaf 0 in hex. Throws `ProofError`. */
export function readTeam(text: string, fund: string): Team {
  const listed = (JSON.parse(text) as { leaves?: [number, string][] }).leaves ?? [];
  const roster = new Roster();
  const versions: Version[] = [];
  const vkeys: string[] = [];
  let terms: Body = {};
  let [origin, before] = ["", -1];
  for (const [index, spelled] of listed) {
    const data = utf8(spelled);
    const leaf = parse(data);
    if (before < 0) {
      must(index === 0 && kind(leaf) === "charter" && toHex(sha256(data)) === fund, "this is another fund");
      [terms, origin] = [leaf["charter"] as Body, leaf.o];
    } else must(kind(leaf) !== "charter" && leaf.o === origin && index > before, "these leaves are not of one log");
    roster.check(leaf, terms);
    roster.seeSigned(leaf);
    if (kind(leaf) === "amend") terms = { ...terms, ...(leaf["set"] as Body) };
    if (kind(leaf) === "notice") roster.announce(index, leaf, "");
    if (kind(leaf) === "roster") roster.replace(index, leaf);
    if (typeof leaf["vkey"] === "string") vkeys.unshift(leaf["vkey"]);
    const body = rosterOf(leaf, terms);
    if (body) versions.push({ index, leaf: data, body, day: String(leaf["day"] ?? terms["founded"]) });
    before = index;
  }
  if (!versions.length) throw new ProofError("no roster");
  return new Team(origin, versions, vkeys);
}

const rosterOf = (leaf: Leaf, terms: Body): Body | undefined =>
  kind(leaf) === "charter" ? (terms["roster"] as Body) : kind(leaf) === "roster" ? (leaf["roster"] as Body) : undefined;
