// Who had to sign which leaf (mirror of NEEDED in src/panah/core/statement.py, as far as leaves go).

import type { Body } from "../proof/canonical.ts";
import { ProofError } from "../proof/errors.ts";
import { type Leaf, kind } from "../proof/leaf.ts";
import { type Members, rosterKeys, verifiedSigners } from "../proof/signature.ts";

const UNSIGNED = ["gift", "gift-void", "count"]; // the checkpoint alone stands behind these

/** The roster in force, which each signed leaf is checked against. */
export class Roster {
  private members: Members = new Map();
  private until = "";

  /** Take over a roster whose leaf has been checked. */
  adopt(roster: Body): void {
    this.members = rosterKeys(roster);
    this.until = String(roster["until"]);
  }

  /** Throw unless the right members signed this leaf and every signature holds. */
  check(leaf: Leaf): void {
    if (UNSIGNED.includes(kind(leaf))) return;
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
