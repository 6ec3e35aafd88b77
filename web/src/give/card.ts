// The card that shows a code: grouped, left to right, with copy, print and a typing check.

import { make } from "../page/elements.ts";
import type { Words } from "../page/words.ts";
import { groupCode, readCode } from "../receipt/receipt.ts";
import type { Key } from "./words.ts";

function copy(shown: HTMLElement, code: string): Promise<void> {
  // The clipboard interface is missing on plain-http (onion) pages; selecting works everywhere.
  if (navigator.clipboard) return navigator.clipboard.writeText(code);
  getSelection()?.selectAllChildren(shown);
  return document.execCommand("copy") ? Promise.resolve() : Promise.reject(new Error("not copied"));
}

/** Tell under an input whether what is typed there is a code, and (if given) whether it is `code`. */
export function checkTyping(input: HTMLInputElement, words: Words<Key>, code = ""): void {
  const told = make("p", { class: "code-told", role: "status" });
  input.after(told);
  input.addEventListener("input", () => {
    const typed = readCode(input.value);
    let key: Key = "code-wrong";
    if (typed.state === "right") key = code ? (typed.code === code ? "code-right" : "code-other") : "code-valid";
    const short = typed.state === "short";
    // Silent while typing goes on: only a full code, or one that can't become right, is worth a word.
    told.textContent = short ? "" : words(key);
    input.setAttribute("aria-invalid", String(key === "code-wrong" && !short));
  });
  input.addEventListener("blur", () => {
    const typed = readCode(input.value);
    if (typed.state === "short" && input.value) told.textContent = words("code-short", { missing: typed.missing });
  });
}

export function codeCard(code: string, words: Words<Key>): HTMLElement {
  const shown = make("output", { class: "code-shown", dir: "ltr", translate: "no" }, groupCode(code));
  const told = make("p", { role: "status" });
  const copying = make("button", { type: "button" }, words("code-copy"));
  copying.addEventListener("click", () => {
    copy(shown, groupCode(code)).then(
      () => (told.textContent = words("code-copied")),
      () => getSelection()?.selectAllChildren(shown),
    );
  });
  const printing = make("button", { type: "button" }, words("code-print"));
  printing.addEventListener("click", () => print());
  const input = make("input", {
    id: "panah-code-check",
    type: "text",
    dir: "ltr",
    inputmode: "numeric",
    autocomplete: "off",
    spellcheck: "false",
    maxlength: "80",
  });
  const card = make(
    "section",
    { class: "code-card", "aria-labelledby": "panah-code-title" },
    make("h2", { id: "panah-code-title" }, words("code-title")),
    make("p", {}, shown),
    make("p", {}, words("code-made")),
    make("p", {}, make("strong", {}, words("code-keep"))),
    make("p", { class: "code-buttons" }, copying, " ", printing),
    told,
    make("p", {}, make("label", { for: "panah-code-check" }, words("code-check")), " ", input),
  );
  checkTyping(input, words, code);
  // Inside the give form Enter would send it; here it only ends the typing.
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  return card;
}
