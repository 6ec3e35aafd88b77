// The parts of a page that come and go, and what a screen reader hears of it.

import { say } from "./facts.ts";
import { whole } from "./numbers.ts";
import type { Tell } from "./sending.ts";

export const find = <T extends HTMLElement>(selector: string, within: ParentNode = document): T => {
  const found = within.querySelector<T>(selector);
  if (!found) throw new Error(selector);
  return found;
};

/** As `replaceChildren`, which is younger than phones that people have. */
export function empty<T extends Element>(place: T): T {
  place.textContent = "";
  return place;
}

/** Show the parts of `names`, hide the others (`data-panah-part`), and go to the first one's heading. */
export function show(...names: string[]): void {
  for (const part of document.querySelectorAll<HTMLElement>("[data-panah-part]")) {
    part.hidden = !names.includes(part.dataset["panahPart"] ?? "");
  }
  const heading = document.querySelector<HTMLElement>(`[data-panah-part="${names[0] ?? ""}"] h2`);
  heading?.setAttribute("tabindex", "-1");
  heading?.focus();
}

/** Say how far sending is; every tenth of it, or a screen reader would never come to an end. */
export function teller(status: HTMLElement): Tell {
  let before = "";
  return (step, part) => {
    const percent = Math.floor(part * 10) * 10;
    const now = step === "send" && percent ? say("step-sent", { percent: whole(percent) }) : say(`step-${step}`);
    if (now !== before) status.textContent = before = now;
  };
}

/** Without control characters, which no letter may hold. */
export const clean = (text: string): string =>
  text.replace(/\r\n?/g, "\n").replace(/\t/g, " ").replace(/[\x00-\x09\x0b-\x1f\x7f]/g, "").trim();
