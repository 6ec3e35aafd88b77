// One's own mailbox: opened by the code, in this browser; reading tells the site nothing but that somebody reads.

import { checkTyping } from "../people/code.ts";
import { facts, say } from "../people/facts.ts";
import { watchLeaving } from "../people/leaving.ts";
import { find, show } from "../people/screen.ts";
import { isWorker } from "../people/work.ts";
import { foldDigits, readCode } from "../receipt/receipt.ts";
import { whole } from "../people/numbers.ts";
import { Open } from "./open.ts";

function start(): void {
  watchLeaving();
  if (typeof TransformStream !== "function" || typeof crypto !== "object" || typeof crypto.subtle !== "object") {
    show("unable");
    return;
  }
  find("#place").append(find<HTMLTemplateElement>("#panah-form").content);
  const input = find<HTMLInputElement>("#code-check");
  const told = find("#code-told");
  checkTyping(input, told);
  const open = new Open(facts());
  find<HTMLFormElement>("#open").addEventListener("submit", (event) => {
    event.preventDefault();
    const typed = readCode(input.value);
    if (typed.state === "right") {
      input.value = "";
      void open.begin(typed.code, told);
    } else {
      const missing = 27 - foldDigits(input.value).length;
      told.textContent = typed.state === "short" ? say("code-short", { missing: whole(missing) }) : say("code-wrong");
      input.focus();
    }
  });
  for (const part of document.querySelectorAll<HTMLElement>("[data-panah-part]")) {
    part.hidden = part.dataset["panahPart"] !== "code";
  }
}

if (!isWorker()) start();
