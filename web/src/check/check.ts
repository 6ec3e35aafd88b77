// The books page checks itself: quick on every visit, whole on a tap (docs/how/browser-check.md).

import type { Roster } from "../books/roster.ts";
import { ProofError } from "../proof/errors.ts";
import { same, utf8 } from "../proof/bytes.ts";
import { download, make } from "../page/elements.ts";
import { readWords } from "../page/words.ts";
import { Findings } from "./findings.ts";
import { giftForm, showGift } from "./gift.ts";
import { type Head, checkContinues, readHead } from "./head.ts";
import { Log, readFrom } from "./log.ts";
import { Numbers } from "./numbers.ts";
import { type Printed, readPrinted } from "./page.ts";
import { Memory, type Seen } from "./remember.ts";
import { type Walked, blame, walkLog } from "./walk.ts";
import { ENGLISH, type Words } from "./words.ts";

/** In fours, as the page prints it: so people compare it, and a narrow screen can break it. */
const grouped = (fingerprint: string): string => fingerprint.replace(/(.{4})(?=.)/g, "$1 ");

class Check {
  private readonly section: HTMLElement;
  private readonly words: Words;
  private readonly numbers = new Numbers(document.documentElement.lang);
  private readonly printed: Printed;
  private readonly quick: Findings;
  private readonly whole: Findings;
  private readonly status = make("p", { class: "check-status", role: "status" });
  private readonly meter = make("progress", { class: "check-progress", hidden: "" });
  private busy = false;

  constructor(section: HTMLElement) {
    this.section = section;
    this.words = readWords(ENGLISH);
    this.printed = readPrinted(section);
    this.quick = new Findings(this.words);
    this.whole = new Findings(this.words);
  }

  async start(): Promise<void> {
    const { words } = this;
    this.section.append(make("h2", {}, words("title")), make("p", {}, words("intro")), this.quick.list, this.status);
    this.section.hidden = false;
    await this.during(this.quick, async () => {
      const head = await this.surely((log) => readHead(log, this.printed.vkey));
      this.tellHead(head);
      await this.tellSince(head);
      this.offerWhole(head);
    });
  }

  /** Do one piece of work at a time; whatever it throws becomes a finding. */
  private async during(out: Findings, work: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.section.setAttribute("aria-busy", "true");
    this.status.textContent = this.words("working");
    out.clear();
    try {
      await work();
    } catch (error) {
      out.addError(error);
    }
    this.status.textContent = out.failed ? this.words("failed") : "";
    this.section.removeAttribute("aria-busy");
    this.meter.hidden = true;
    this.busy = false;
  }

  /** What fails is read once more past the browser's cache before anybody is told. */
  private async surely<T>(work: (log: Log) => Promise<T>): Promise<T> {
    try {
      return await work(new Log(readFrom(this.printed.log)));
    } catch (error) {
      if (!(error instanceof ProofError)) throw error;
      return work(new Log(readFrom(this.printed.log, true)));
    }
  }

  private tellHead(head: Head): void {
    const { words, numbers, printed, quick } = this;
    const { size, origin } = head.checkpoint;
    quick.add("holds", words("head-holds", { size: numbers.whole(size) }));
    if (head.keyChanged) quick.add("note", words("head-key"));
    const other = printed.fingerprint !== "" && printed.fingerprint !== head.fingerprint;
    const key = other ? "print-fails" : "print-holds";
    quick.add(other ? "fails" : "holds", ...quick.around(key, "fingerprint", grouped(head.fingerprint)));
    if (printed.origin && printed.origin !== origin) quick.add("fails", ...quick.around("origin-fails", "origin", origin));
    if (printed.size > size) {
      quick.add("unread", words("page-newer", { page: numbers.whole(printed.size), size: numbers.whole(size) }));
    }
  }

  private async tellSince(head: Head): Promise<void> {
    const memory = new Memory(head.checkpoint.origin);
    const seen = memory.recall();
    let holds = !this.quick.failed;
    if (seen) {
      try {
        await this.surely((log) => checkContinues(log, seen.checkpoint, head));
        this.quick.add("holds", this.words("since-holds", { size: this.numbers.whole(seen.checkpoint.size) }));
      } catch (error) {
        if (!(error instanceof ProofError)) throw error;
        holds = false; // what was seen before stays kept: it is the evidence
        this.tellFork(seen, head);
      }
      if (holds) memory.keep(head);
    }
    this.section.append(this.rememberBox(memory, head, seen !== undefined, holds));
  }

  private tellFork(seen: Seen, head: Head): void {
    const { words } = this;
    const links = [
      make("p", {}, download(words("since-old"), "checkpoint-before", utf8(seen.note))),
      make("p", {}, download(words("since-new"), "checkpoint-now", head.note)),
    ];
    this.quick.add("fails", words("since-fails"), ...links);
  }

  private rememberBox(memory: Memory, head: Head, kept: boolean, holds: boolean): HTMLElement {
    const box = make("input", { type: "checkbox", id: "panah-remember" });
    box.checked = kept;
    box.addEventListener("change", () => {
      if (!box.checked) memory.forget();
      else if (holds) memory.keep(head);
    });
    const label = make("label", { for: "panah-remember" }, this.words("remember"));
    return make("p", { class: "check-remember" }, box, " ", label, " ", make("small", {}, this.words("remember-note")));
  }

  private offerWhole(head: Head): void {
    const { words } = this;
    const size = this.numbers.size(head.bytes);
    const button = make("button", { type: "button", class: "check-all" }, words("full-button", { size }));
    const run = (rc: string): void => {
      void this.during(this.whole, () => this.checkWhole(head, rc)).then(() => {
        button.textContent = words("full-again");
      });
    };
    button.addEventListener("click", () => run(""));
    this.section.append(
      make("p", { class: "check-full" }, button, " ", make("small", {}, words("full-note"))),
      giftForm(words, size, run),
      this.meter,
      this.status,
      this.whole.list,
      make("p", { class: "check-limits" }, words("not-known"), " ", words("full-tool")),
    );
  }

  private async checkWhole(head: Head, rc: string): Promise<void> {
    const { size, root } = head.checkpoint;
    this.meter.max = size;
    this.meter.hidden = false;
    const totalsAt = Math.min(this.printed.size, size);
    const wanted = { rc, totalsAt, progress: (done: number) => this.tellProgress(done, size) };
    const walked = await this.surely(async (log) => {
      const found = await walkLog(log, size, wanted);
      if (!same(found.root, root)) throw await blame(log, size, found);
      return found;
    });
    if (rc) await showGift(this.whole, this.words, this.numbers, head, walked);
    this.tellWhole(head, walked);
  }

  private tellProgress(done: number, size: number): void {
    const percent = Math.floor((done / size) * 10);
    const before = Math.floor((this.meter.value / size) * 10);
    this.meter.value = done;
    // A screen reader hears every tenth, not every bundle.
    if (percent !== before) {
      const [read, all] = [this.numbers.whole(done), this.numbers.whole(size)];
      this.status.textContent = this.words("progress", { done: read, size: all });
    }
  }

  private tellOutside(roster: Roster): void {
    const { words, numbers, whole } = this;
    if (roster.notice) {
      const { index, firstDay } = roster.notice;
      whole.add("note", words("notice", { index: numbers.whole(index), day: numbers.day(firstDay) }));
    }
    for (const index of roster.recovered) whole.add("note", words("recovered", { index: numbers.whole(index) }));
  }

  private tellWhole(head: Head, { books, totals }: Walked): void {
    const { words, numbers, printed, whole } = this;
    whole.add("holds", words("full-holds"));
    whole.add("holds", words("signed-holds"));
    if (head.keyChanged) {
      const named = books.vkeys[books.vkeys.length - 1] === head.vkey;
      whole.add(named ? "holds" : "fails", words(named ? "key-holds" : "key-fails"));
    }
    const money = (minor: number): string => numbers.money(minor, books.currency);
    const found = totals ?? books;
    const sums = { gross: money(found.gross), counted: money(found.counted), held: money(found.held) };
    const equal =
      found.gross === printed.gross &&
      found.counted === printed.counted &&
      found.held === printed.held &&
      (!printed.currency || printed.currency === books.currency);
    whole.add(equal ? "holds" : "fails", words(equal ? "totals-hold" : "totals-fail", sums));
    if (printed.size !== books.size) {
      whole.add("note", words("totals-differ", { page: numbers.whole(printed.size), size: numbers.whole(books.size) }));
    }
    this.tellOutside(books.roster);
    if (books.demo) whole.add("note", words("demo"));
  }
}

const section = document.getElementById("panah-check");
if (section) void new Check(section).start();
