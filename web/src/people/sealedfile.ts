// A sealed message as a file: to carry by any channel, or to hand in here for somebody else. Its name is the person's.

import { make } from "../page/elements.ts";
import type { Bytes } from "../proof/bytes.ts";
import { readFile } from "./attach.ts";
import { say } from "./facts.ts";
import { envelopeOf } from "./relaywire.ts";
import { find, teller } from "./screen.ts";
import { type Outcome, send } from "./sending.ts";
import { day } from "./numbers.ts";

/** Save under the name in `field`; a plain one stands there already. */
export function saveFile(data: Bytes, field: HTMLInputElement): void {
  const name = field.value.trim().replace(/[^\p{L}\p{N}_-]+/gu, "-") || "note";
  const address = URL.createObjectURL(new Blob([data.slice()], { type: "application/octet-stream" }));
  const link = make("a", { href: address, download: `${name}.panah` });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

export function outcome({ word, day: next }: Outcome): string {
  if (word === "full" && next) return say("word-full", { day: day(next) });
  return say(["taken", "closed", "busy", "line"].includes(word) ? `word-${word}` : "word-unreadable");
}

/** Let anybody hand in such a file. */
export function takeFiles(root: string): void {
  const input = find<HTMLInputElement>("#sealed-file");
  const told = find("#sealed-told");
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    if (!file) return;
    void (async () => {
      try {
        const data = await readFile(file);
        envelopeOf(data);
        told.textContent = outcome(await send(root, data, teller(told)));
      } catch {
        told.textContent = say("word-unreadable");
      }
      input.value = "";
    })();
  });
}
