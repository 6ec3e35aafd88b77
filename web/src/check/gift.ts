// "Find your own gift": the form, and what is shown of a gift that was found.

import { toBase64 } from "../proof/bytes.ts";
import { commitment, readCode } from "../receipt/receipt.ts";
import { download, make } from "../page/elements.ts";
import type { Findings } from "./findings.ts";
import type { Head } from "./head.ts";
import type { Numbers } from "./numbers.ts";
import { type Mine, type Walked, proveGift } from "./walk.ts";
import type { Words } from "./words.ts";

export function giftForm(words: Words, size: string, find: (rc: string) => void): HTMLFormElement {
  const input = make("input", {
    id: "panah-code-input",
    type: "text",
    dir: "ltr",
    inputmode: "numeric",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    maxlength: "80",
    "aria-describedby": "panah-code-note panah-code-slip",
  });
  const slip = make("p", { id: "panah-code-slip", class: "check-slip", role: "alert" });
  const form = make(
    "form",
    { class: "check-gift" },
    make("h3", {}, words("gift-title")),
    make("label", { for: "panah-code-input" }, words("gift-label")),
    input,
    slip,
    make("p", { id: "panah-code-note" }, words("gift-note", { size })),
    make("button", { type: "submit" }, words("gift-button")),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault(); // the code never becomes part of a request
    const typed = readCode(input.value);
    slip.textContent =
      typed.state === "short" ? words("gift-short", { missing: typed.missing }) : typed.state === "wrong" ? words("gift-wrong") : "";
    input.setAttribute("aria-invalid", String(typed.state !== "right"));
    if (typed.state === "right") find(toBase64(commitment(typed.code)));
    else input.focus();
  });
  return form;
}

/** Show every leaf of the gift that was looked for, with its proof to keep. */
export async function showGift(out: Findings, words: Words, numbers: Numbers, head: Head, walked: Walked): Promise<void> {
  if (!walked.mine.length) out.add("note", words("gift-none"));
  for (const mine of walked.mine) {
    const proof = await proveGift(mine, head, walked.nodes);
    const name = `gift-${mine.index}.tlog-proof`;
    const lines = describe(words, numbers, walked, mine).map((line) => make("p", {}, line));
    out.add("holds", ...lines, make("p", {}, download(words("gift-proof"), name, proof)));
  }
}

function describe(words: Words, numbers: Numbers, { books }: Walked, { index, leaf }: Mine): string[] {
  const currency = String(leaf["cur"]);
  const amount = numbers.money(Number(leaf["amount"]), currency);
  const gift = books.store.find(index);
  const lines = [words("gift-found", { amount, day: numbers.day(String(leaf["day"])), index: numbers.whole(index) })];
  if (gift.counted) lines.push(words("gift-counted", { counted: numbers.money(gift.counted, books.currency) }));
  if (gift.held) lines.push(words("gift-held", { held: numbers.money(gift.held, books.currency) }));
  if (gift.amount < Number(leaf["amount"])) {
    lines.push(words("gift-returned", { amount, left: numbers.money(gift.amount, currency) }));
  }
  return lines;
}
