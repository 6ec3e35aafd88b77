// Who had to sign which leaf (mirror of NEEDED in src/panah/core/statement.py, as far as leaves go).

import { same } from "../proof/bytes.ts";
import { type Body, encode } from "../proof/canonical.ts";
import { ProofError, must } from "../proof/errors.ts";
import { type Leaf, kind } from "../proof/leaf.ts";
import { type Members, holderKeys, rosterKeys, verifiedSigners } from "../proof/signature.ts";

const UNSIGNED = ["gift", "gift-void", "count"]; // the checkpoint alone stands behind these

const WAIT = 14 * 24 * 3600 * 1000;

/** Tell whether outside holders sign this, and not members (src/panah/core/recovery.py). */
const byOutside = (leaf: Leaf): boolean => kind(leaf) === "notice" || "notice" in leaf;

/** The roster in force, which each signed leaf is checked against. */
export class Roster {
  private members: Members = new Map();
  private until = "";
  /** The notice of outside holders that runs, and its leaf. */
  notice: { index: number; leaf: Leaf; firstDay: string } | undefined;
  /** Leaves of rosters that outside holders brought in. */
  readonly recovered: number[] = [];

  /** Take over a roster whose leaf has been checked. */
  adopt(roster: Body): void {
    this.members = rosterKeys(roster);
    this.until = String(roster["until"]);
  }

  /** Tell whether somebody of this name is a member. */
  has(name: unknown): boolean {
    return typeof name === "string" && this.members.has(name);
  }

  /** Take in a notice, which is dated no earlier than what the log has (`latest`). */
  announce(index: number, leaf: Leaf, latest: string): void {
    must(String(leaf["day"]) >= latest, "a notice is not dated before what the log has already");
    const first = Math.min(Date.parse(String(leaf["day"])) + WAIT, Date.parse("9999-12-31"));
    const firstDay = new Date(first).toISOString().slice(0, 10);
    this.notice = { index, leaf, firstDay };
  }

  /** Take over a roster leaf; one of outside holders must be that of the notice that runs, in time. */
  replace(index: number, leaf: Leaf): void {
    if ("notice" in leaf) {
      const running = this.notice;
      if (running?.index !== leaf["notice"]) throw new ProofError("no notice runs there: two members have signed since");
      must(same(encode(leaf["roster"]), encode(running.leaf["roster"])), "this is not the roster of the notice");
      must(String(leaf["day"]) >= running.firstDay, "a notice runs fourteen days");
      this.recovered.push(index);
    }
    this.adopt(leaf["roster"] as Body);
  }

  /** Two members signed: the team lives, and a notice that ran has lapsed. */
  seeSigned(leaf: Leaf): void {
    if (!UNSIGNED.includes(kind(leaf)) && kind(leaf) !== "notice") this.notice = undefined;
  }

  /** Throw unless the right members signed this leaf and every signature holds. `terms` are the charter's now. */
  check(leaf: Leaf, terms: Body): void {
    if (UNSIGNED.includes(kind(leaf))) return;
    if (byOutside(leaf)) {
      checkHolders(leaf, terms);
      return;
    }
    const founding = kind(leaf) === "charter";
    if (founding) this.adopt((leaf["charter"] as Body)["roster"] as Body);
    const signers = verifiedSigners(leaf, this.members);
    const needed = founding ? this.members.size : 2;
    if (signers.size < needed) throw new ProofError(`${signers.size} members signed, ${needed} are needed`);
    if (!founding && kind(leaf) !== "roster" && String(leaf["day"]) > this.until) {
      throw new ProofError("the roster had ended on that day");
    }
  }
}

function checkHolders(leaf: Leaf, terms: Body): void {
  const signers = verifiedSigners(leaf, holderKeys(leaf));
  const outside = terms["outside"] as { k: number; keys: string[] } | undefined;
  if (!outside) throw new ProofError("the charter names no keys outside the team");
  must([...signers].every((key) => outside.keys.includes(key)), "signed by a key that is not among the charter's outside keys");
  must(signers.size >= outside.k, `${signers.size} outside keys signed, ${outside.k} are needed`);
}
