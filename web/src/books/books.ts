// What leaves mean for the books: totals, and the rules that need nothing but the log.
// Mirror of src/panah/core/ledger.py. Throws `ProofError` at the first leaf that breaks a rule.

import type { Body } from "../proof/canonical.ts";
import { ProofError } from "../proof/errors.ts";
import { type Leaf, kind } from "../proof/leaf.ts";
import { GiftStore } from "./gifts.ts";
import { worth } from "./money.ts";
import { Roster } from "./roster.ts";

export type State = "draft" | "open" | "met" | "winding" | "closed";

const RUNNING: State[] = ["open", "met", "winding"];
/** Kinds of leaves that not every state allows (src/panah/core/fund.py, TABLE). */
const ALLOWED: { [kind: string]: State[] } = {
  gift: RUNNING,
  "gift-void": RUNNING,
  "gift-return": RUNNING,
  fee: RUNNING,
  settle: RUNNING,
  count: ["open", "met"],
  overflow: ["met", "winding"],
  amend: ["draft", "open"],
  close: ["winding"],
};

function must(holds: boolean, rule: string): asserts holds {
  if (!holds) throw new ProofError(rule);
}

const whole = (leaf: Leaf, key: string): number => Number(leaf[key]);

export class Books {
  size = 0;
  gifts = 0;
  gross = 0; // everything that arrived, before returns
  counted = 0;
  held = 0;
  fees = 0;
  goal = 0;
  origin = "";
  currency = "";
  demo = false;
  state: State = "draft";
  readonly vkeys: string[] = [];
  readonly store = new GiftStore();
  private day = ""; // the latest that any leaf names: notices end by it
  private readonly roster = new Roster();
  private notices: { from: string; goal: number }[] = [];

  /** Take in the next leaf. */
  apply(leaf: Leaf): void {
    const what = kind(leaf);
    must((what === "charter") === (this.size === 0), "the charter is leaf 0 and no other");
    must(this.size === 0 || leaf.o === this.origin, "this leaf is of another fund");
    must((ALLOWED[what] ?? [this.state]).includes(this.state), `a ${this.state} fund allows no ${what}`);
    this.see(String(what === "charter" ? (leaf["charter"] as Body)["founded"] : leaf["day"]));
    this.roster.check(leaf);
    this.act(what, leaf);
    this.size += 1;
  }

  private act(what: string, leaf: Leaf): void {
    if (what === "charter") this.found(leaf);
    else if (what === "gift") this.give(leaf);
    else if (what === "gift-void" || what === "gift-return") this.undo(leaf);
    else if (what === "count") this.count(leaf);
    else if (what === "overflow") this.passOn(leaf);
    else if (what === "fee" && leaf["cur"] === this.currency) this.fees += whole(leaf, "amount");
    else if (what === "roster") this.roster.adopt(leaf["roster"] as Body);
    else if (what === "key") this.vkeys.push(String(leaf["vkey"]));
    else if (what === "amend") this.amend(leaf);
    else if (what === "life") this.live(leaf);
    else if (what === "close") this.close();
  }

  private found(leaf: Leaf): void {
    const charter = leaf["charter"] as Body;
    this.origin = leaf.o;
    this.currency = String(charter["currency"]);
    this.goal = Number(charter["goal"]);
    this.demo = charter["demo"] === 1;
    this.vkeys.push(String(leaf["vkey"]));
  }

  private live(leaf: Leaf): void {
    if (leaf["to"] === "open") {
      must(this.state === "draft", "only a draft can open");
      must(leaf["vkey"] === this.vkeys[0], "the members confirmed another log key than leaf 0 names");
      this.state = "open";
    } else {
      must(this.state === "open" || this.state === "met", "only an open or met fund can wind up");
      this.state = "winding";
    }
  }

  private amend(leaf: Leaf): void {
    const [day, from] = [String(leaf["day"]), String(leaf["from"])];
    must(Date.parse(from) - Date.parse(day) >= 7 * 864e5, "an amendment takes seven days of notice");
    const goal = (leaf["set"] as Body)["goal"];
    if (goal !== undefined) this.notices.push({ from, goal: Number(goal) });
    this.see(day);
  }

  private see(day: string): void {
    if (day > this.day) this.day = day;
    const due = this.notices.filter((notice) => notice.from <= this.day);
    this.notices = this.notices.filter((notice) => notice.from > this.day);
    if (this.state === "draft" || this.state === "open") for (const notice of due) this.goal = notice.goal;
  }

  private add(counted: number): void {
    must(counted === 0 || this.state === "open" || this.state === "met", "counted in a fund that counts no more");
    this.counted += counted;
    must(this.counted <= this.goal, "more is counted than the goal");
    if (this.state === "open" && this.counted === this.goal) this.state = "met";
  }

  private give(leaf: Leaf): void {
    const [amount, counted, currency] = [whole(leaf, "amount"), whole(leaf, "counted"), String(leaf["cur"])];
    const own = currency === this.currency;
    const rated = "rate" in leaf && "source" in leaf;
    must(own ? !("rate" in leaf || "source" in leaf) : rated, "a gift in another currency, and only it, has a rate");
    const value = own ? amount : worth(amount, currency, String(leaf["rate"]), this.currency);
    must(counted <= value, "more is counted than was given");
    must(counted === 0 || this.state === "open", "a new gift counts only in an open fund");
    this.store.add(this.size, { amount, counted, held: value - counted, foreign: !own });
    this.gifts += 1;
    this.gross += value;
    this.held += value - counted;
    this.add(counted);
  }

  private undo(leaf: Leaf): void {
    const [index, amount, counted] = [whole(leaf, "gift"), whole(leaf, "amount"), whole(leaf, "counted")];
    const gift = this.store.find(index);
    // Of a gift in another currency, what it holds in the fund's goes with the return.
    const held = gift.foreign ? gift.held : amount - counted;
    const left = { ...gift, amount: gift.amount - amount, counted: gift.counted - counted, held: gift.held - held };
    must(held >= 0 && left.amount >= 0 && left.counted >= 0 && left.held >= 0, `more than is left of leaf ${index}`);
    this.store.leave(index, left);
    this.counted -= counted;
    this.held -= held;
  }

  private count(leaf: Leaf): void {
    const [index, counted] = [whole(leaf, "gift"), whole(leaf, "counted")];
    this.release(index, counted, { counted });
    this.add(counted);
  }

  private passOn(leaf: Leaf): void {
    const amount = whole(leaf, "amount");
    this.release(whole(leaf, "gift"), amount, { amount });
  }

  /** Take `held` off what a gift holds; it then counts, or leaves the gift's amount. */
  private release(index: number, held: number, to: { counted?: number; amount?: number }): void {
    const gift = this.store.find(index);
    must(held <= gift.held, `more than is held of leaf ${index}`);
    const amount = gift.foreign ? gift.amount : gift.amount - (to.amount ?? 0);
    this.store.leave(index, { ...gift, amount, counted: gift.counted + (to.counted ?? 0), held: gift.held - held });
    this.held -= held;
  }

  private close(): void {
    must(this.held === 0, "a fund with held gifts can't close");
    this.state = "closed";
  }
}
