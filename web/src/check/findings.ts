// The list of what holds, what fails and what could not be read; each with a mark that needs no colour.

import { ProofError } from "../proof/errors.ts";
import { code, make } from "../page/elements.ts";
import { UnreadableError } from "./log.ts";
import type { Words } from "./words.ts";

export type Verdict = "holds" | "fails" | "unread" | "note";

const MARKS: { [verdict in Verdict]: string } = { holds: "✓", fails: "✗", unread: "?", note: "–" };

export class Findings {
  readonly list = make("ul", { class: "check-findings", "aria-live": "polite" });
  failed = false;
  private readonly words: Words;

  constructor(words: Words) {
    this.words = words;
  }

  clear(): void {
    this.failed = false;
    this.list.replaceChildren();
  }

  add(verdict: Verdict, ...content: (Node | string)[]): void {
    if (verdict === "fails") this.failed = true;
    const mark = make("span", { class: "check-mark", "aria-hidden": "true" }, MARKS[verdict]);
    this.list.append(make("li", { class: `check-${verdict}`, "data-verdict": verdict }, mark, " ", ...content));
  }

  /** Tell why something failed, or why it could not be read: never the one for the other. */
  addError(error: unknown): void {
    if (error instanceof ProofError) {
      // That something failed is said above the list: here is what.
      const where = this.around("fails-where", "where", error.where || "checkpoint");
      this.add("fails", ...where, make("p", {}, ...this.around("fails-rule", "rule", error.rule)));
    } else {
      const path = error instanceof UnreadableError ? error.message : String(error);
      this.add("unread", this.words("unread"), make("p", {}, ...this.around("unread-file", "path", path)));
    }
  }

  /** A sentence with one piece of machine text in it. */
  around(key: Parameters<Words>[0], name: string, text: string): (Node | string)[] {
    const [before = "", after = ""] = this.words(key, { [name]: "\0" }).split("\0");
    return [before, code(text), after];
  }
}
