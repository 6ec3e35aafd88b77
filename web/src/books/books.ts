// What leaves add up to: totals, state and terms after each leaf. Mirror of src/panah/core/ledger.py.
// Throws `ProofError` at the first leaf that breaks a rule; the rules of each kind are in rules.ts.

import type { Body } from "../proof/canonical.ts";
import { must } from "../proof/errors.ts";
import { type Leaf, kind } from "../proof/leaf.ts";
import { Assets } from "./assets.ts";
import { GiftStore } from "./gifts.ts";
import { Roster } from "./roster.ts";
import { RULES } from "./rules.ts";

export type State = "draft" | "open" | "met" | "winding" | "closed";

const RUNNING: State[] = ["open", "met", "winding"];
/** Kinds of leaves that not every state allows (src/panah/core/fund.py, TABLE). */
const ALLOWED: { [kind: string]: State[] } = {
  gift: RUNNING,
  "gift-void": RUNNING,
  "gift-return": RUNNING,
  fee: RUNNING,
  settle: RUNNING,
  freeze: RUNNING,
  thaw: RUNNING,
  count: ["open", "met"],
  overflow: ["met", "winding"],
  amend: ["draft", "open"],
  close: ["winding"],
};

export class Books {
  size = 0;
  gifts = 0;
  gross = 0; // everything that arrived, before returns and fees, in the fund's currency
  counted = 0;
  held = 0;
  returned = 0;
  passedOn = 0;
  reserved = 0;
  fees = 0;
  goal = 0;
  room = 0; // what new gifts may still count
  origin = "";
  currency = "";
  state: State = "draft";
  terms: Body = {}; // the charter as amended so far
  readonly rails = new Set<string>(); // all that the charter ever named: late money still arrives there
  readonly currencies = new Set<string>(); // all that the charter ever accepted, its own among them
  readonly rates = new Map<string, string>(); // "currency source" → rate
  readonly vkeys: string[] = [];
  readonly store = new GiftStore();
  readonly assets = new Assets();
  readonly roster = new Roster();
  pending: Leaf[] = []; // amendments whose notice still runs
  day = ""; // the latest that any leaf names: notices end by it, without asking a clock

  get demo(): boolean {
    return this.terms["demo"] === 1;
  }

  /** Take in the next leaf. */
  apply(leaf: Leaf): void {
    const what = kind(leaf);
    must((what === "charter") === (this.size === 0), "the first leaf of a log is its charter, and no other is");
    if (this.size === 0) this.origin = leaf.o;
    must(leaf.o === this.origin, "this leaf is of another fund");
    this.seeDay(String(what === "charter" ? (leaf["charter"] as Body)["founded"] : leaf["day"]));
    must((ALLOWED[what] ?? [this.state]).includes(this.state), `a ${this.state} fund allows no ${what}`);
    this.roster.check(leaf, this.terms);
    RULES[what]?.(this, leaf);
    this.roster.seeSigned(leaf);
    this.size += 1;
  }

  takeKey(vkey: string): void {
    must(vkey.startsWith(`${this.origin}+`), "the log's key is not named after its origin");
    this.vkeys.push(vkey);
  }

  takeTerms(terms: Body): void {
    this.terms = terms;
    for (const rail of Object.keys(terms["rails"] as Body)) this.rails.add(rail);
    for (const code of [terms["currency"], ...((terms["accepts"] as string[] | undefined) ?? [])]) this.currencies.add(String(code));
    // Gifts of the last days may have passed a lowered goal: then it is reached, and nobody did wrong.
    this.goal = Math.max(Number(terms["goal"]), this.counted);
    if (this.state === "open") this.fill(this.goal - this.counted);
  }

  /** Set the room that is left; none left means met, for ever. */
  fill(room: number): void {
    this.room = room;
    if (room > 0) return;
    this.state = "met";
    this.pending = []; // an amendment is never in force after met
  }

  private seeDay(day: string): void {
    if (day <= this.day) return;
    this.day = day;
    const from = (leaf: Leaf): string => String(leaf["from"]);
    const due = this.pending.filter((leaf) => from(leaf) <= day);
    this.pending = this.pending.filter((leaf) => from(leaf) > day);
    due.sort((a, b) => (from(a) < from(b) ? -1 : from(a) > from(b) ? 1 : 0));
    for (const leaf of due) this.takeTerms({ ...this.terms, ...(leaf["set"] as Body) });
  }
}
