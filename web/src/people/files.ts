// The list of attachments under a file field: what is in it, how large, and a way to take it out again.

import { make } from "../page/elements.ts";
import { empty } from "./screen.ts";
import type { Attachment } from "../seal/letter.ts";
import { MOST, prepare } from "./attach.ts";
import { say } from "./facts.ts";
import { whenLeaving } from "./leaving.ts";
import { size } from "./numbers.ts";

const MOST_FILES = 8;

export class Files {
  readonly list: Attachment[] = [];
  private readonly shown = make("ul", { class: "files", "data-panah-private": "" });
  private readonly told = make("p", { role: "status", class: "told" });
  private number = 0;

  constructor(input: HTMLInputElement) {
    input.after(this.shown, this.told);
    input.addEventListener("change", () => {
      const chosen = Array.from(input.files ?? []);
      input.value = "";
      void this.take(chosen);
    });
    whenLeaving(() => this.clear());
  }

  clear(): void {
    this.list.splice(0);
    empty(this.shown);
  }

  private async take(chosen: readonly File[]): Promise<void> {
    this.told.textContent = say("files-working");
    const refused: string[] = [];
    for (const file of chosen) {
      const made = await prepare(file, this.number + 1);
      const room = MOST - this.list.reduce((sum, one) => sum + one.data.length, 0);
      if (!made) refused.push(say("files-kind"));
      else if (made.data.length > room || this.list.length >= MOST_FILES) refused.push(say("files-large"));
      else {
        this.number += 1;
        this.list.push(made);
        this.show(made);
      }
    }
    this.told.textContent = refused[0] ?? "";
  }

  private show(one: Attachment): void {
    const label = make("bdi", {}, `${one.name}, ${size(one.data.length)}`);
    const remove = make("button", { type: "button", class: "small" }, say("remove"));
    const line = make("li", {}, label, " ", remove);
    remove.addEventListener("click", () => {
      this.list.splice(this.list.indexOf(one), 1);
      line.remove();
    });
    this.shown.append(line);
  }
}
