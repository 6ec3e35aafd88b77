// The give form makes its code in the browser; the site gets only the commitment rc. Without this script, or when it
// comes so late that the server-made code may be written down already, that code stays; nobody keeps a code that was
// taken away.

import { toBase64 } from "../proof/bytes.ts";
import { readWords } from "../page/words.ts";
import { commitment, newCode, readCode } from "../receipt/receipt.ts";
import { checkTyping, codeCard } from "./card.ts";
import { keepCode, keptCode } from "./kept.ts";
import { ENGLISH } from "./words.ts";

/** Milliseconds after which the page shows the server-made code (gifts.css). */
const SHOWN_AFTER = 8000;
const words = readWords(ENGLISH);
const rcOf = (code: string): string => (readCode(code).state === "right" ? toBase64(commitment(code)) : "");

function prepare(form: HTMLFormElement): void {
  const field = form.querySelector<HTMLInputElement>('input[name="rc"]');
  const made = form.querySelector<HTMLElement>("[data-panah-server-code]");
  if (!field || (made && performance.now() > SHOWN_AFTER && getComputedStyle(made).visibility === "visible")) return;
  // After a mistake in the form the site hands rc back: the code that was written down must stay good.
  const kept = keptCode();
  const code = field.value && field.value === rcOf(kept) ? kept : newCode();
  const card = codeCard(code, words);
  const place = form.querySelector("[data-panah-code]");
  if (place) place.replaceChildren(card);
  else form.querySelector('[type="submit"]')?.before(card);
  field.value = rcOf(code);
  made?.remove();
  form.addEventListener("submit", () => keepCode(code));
}

/** On the receipt page the site knows only rc; the tab that gave still knows the code. */
function showKept(place: HTMLElement): void {
  const code = keptCode();
  if (code && place.dataset["rc"] === rcOf(code)) place.prepend(codeCard(code, words));
}

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-panah-give]")) prepare(form);
for (const place of document.querySelectorAll<HTMLElement>("[data-panah-kept]")) showKept(place);
for (const input of document.querySelectorAll<HTMLInputElement>("input[data-panah-typing]")) checkTyping(input, words);
