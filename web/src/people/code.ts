// The code of a mailbox: shown once, grouped and left to right, with a place to type what was written down.

import { make } from "../page/elements.ts";
import { empty } from "./screen.ts";
import { groupCode, readCode } from "../receipt/receipt.ts";
import { say } from "./facts.ts";
import { whole } from "./numbers.ts";

/** Tell under the field whether a code stands there; `code`: which one it must be. */
export function checkTyping(input: HTMLInputElement, told: HTMLElement, code = ""): void {
  input.addEventListener("input", () => {
    const typed = readCode(input.value);
    const right = typed.state === "right" && (!code || typed.code === code);
    const key = typed.state === "wrong" ? "code-wrong" : right ? "code-right" : "code-other";
    told.textContent = typed.state === "short" ? "" : say(key);
    input.setAttribute("aria-invalid", String(typed.state !== "short" && !right));
  });
  input.addEventListener("blur", () => {
    const typed = readCode(input.value);
    if (typed.state === "short" && input.value) told.textContent = say("code-short", { missing: whole(typed.missing) });
  });
}

export function showCode(place: HTMLElement, code: string): void {
  const shown = make("output", { class: "code-shown", dir: "ltr", translate: "no" }, groupCode(code));
  const print = make("button", { type: "button", class: "small" }, say("print"));
  print.addEventListener("click", () => window.print());
  empty(place).append(make("p", {}, shown), make("p", { class: "screen" }, print));
}
