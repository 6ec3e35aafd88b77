// An open mailbox: what came, what waits, a word back, and what can be deleted.

import { fromHex } from "../people/hex.ts";
import { type Facts, say } from "../people/facts.ts";
import { Files } from "../people/files.ts";
import { whenLeaving, wipe } from "../people/leaving.ts";
import { LineError, ask } from "../people/line.ts";
import { RefusedError, meet, readLogged } from "../people/meeting.ts";
import { day } from "../people/numbers.ts";
import { type Box, PARTS, readBox, readWord, spellDelete, spellDeposit, spellRead } from "../people/relaywire.ts";
import { clean, empty, find, show, teller } from "../people/screen.ts";
import { outcome } from "../people/sealedfile.ts";
import { type Outcome, send } from "../people/sending.ts";
import type { Team } from "../people/team.ts";
import type { Bytes } from "../proof/bytes.ts";
import type { Body } from "../proof/canonical.ts";
import { make } from "../page/elements.ts";
import { close } from "../seal/envelope.ts";
import { type Mailbox, derive } from "../seal/mailbox.ts";
import { type Arrived, openSlots } from "./slots.ts";
import { entry } from "./entry.ts";

export class Open {
  private readonly page: Facts;
  private mailbox: Mailbox | undefined;
  private team: Team | undefined;
  private part = 0;
  private collected = "";
  private readonly files = new Files(find<HTMLInputElement>("#files"));

  constructor(page: Facts) {
    this.page = page;
    this.onClick("#older", () => this.read(this.part + 1));
    this.onClick("#again", () => this.read(1));
    this.onClick("#write", () => this.writeBack());
    this.onClick("#delete", () => this.deleteAll());
    find("#close").addEventListener("click", () => {
      wipe();
      location.reload();
    });
    whenLeaving(() => {
      this.mailbox = undefined;
    });
  }

  async begin(code: string, told: HTMLElement): Promise<void> {
    told.textContent = say("open-working");
    try {
      const [mailbox, team] = await Promise.all([
        derive(code, fromHex(this.page.fund)),
        readLogged(this.page.root, this.page.fund),
      ]);
      [this.mailbox, this.team] = [mailbox, team];
      await this.read(1);
      told.textContent = "";
      show("open", "write");
    } catch (error) {
      told.textContent = say(error instanceof LineError ? "read-line" : "keys-bad");
    }
  }

  private get told(): HTMLElement {
    return find("#open-told");
  }

  /** Read one part of the mailbox: three places of one size, whatever lies in them. */
  private async read(part: number): Promise<void> {
    const { mailbox, team } = this;
    if (!mailbox || !team) return;
    const box = readBox(await ask(`${this.page.root}mailbox/read`, spellRead(mailbox.lookup, part)));
    const list = find("#letters");
    if (part === 1) empty(list);
    const arrived = await openSlots(box.slots, mailbox, this.page.origin, team.keys);
    for (const one of arrived) this.take(one, list);
    this.part = part;
    find("#older").hidden = part >= PARTS;
    find("#nothing").hidden = list.childElementCount > 0;
    this.tellState(box);
  }

  private take(one: Arrived, list: HTMLElement): void {
    if (one.letter.kind === "collected") this.collected = String(one.letter.body["day"]);
    else if (one.letter.kind === "reply") {
      const { root, origin } = this.page;
      list.append(entry(one, { root, origin, mailbox: this.mailbox as Mailbox, team: this.team as Team }, () => this.deleteOne(one.hash)));
    }
  }

  private tellState({ sent, kept }: Box): void {
    const lines: string[] = [];
    if (this.collected) lines.push(say("collected", { day: day(this.collected) }));
    if (sent) lines.push(say(this.collected ? "still-there" : "waiting", { day: day(sent) }));
    if (kept) lines.push(say("kept", { day: day(kept) }));
    empty(find("#state")).append(...lines.map((text) => make("p", {}, text)));
  }

  private async writeBack(): Promise<void> {
    const field = find<HTMLTextAreaElement>("#text");
    const text = clean(field.value);
    const told = find("#write-told");
    if (!text) {
      told.textContent = say("write-missing");
      field.focus();
      return;
    }
    const said = await this.deposit("message", { lang: this.page.lang, text }, told);
    told.textContent = outcome(said);
    if (said.word !== "taken") return;
    field.value = "";
    this.files.clear();
  }

  private async deposit(kind: "message" | "delete", body: Body, told: HTMLElement): Promise<Outcome> {
    const { lookup, deletion, address } = this.mailbox as Mailbox;
    try {
      const { team } = await meet(this.page);
      const files = kind === "message" ? this.files.list : [];
      const letter = { origin: team.origin, kind, roster: team.version, body, mailbox: address, files };
      const deposit = spellDeposit(lookup, deletion, "", await close(letter, team.recipients));
      return await send(this.page.root, deposit, teller(told));
    } catch (error) {
      if (error instanceof LineError) return { word: "line" };
      if (error instanceof RefusedError) return { word: error.reason === "closed" ? "closed" : "keys" };
      throw error;
    }
  }

  private async deleteOne(hash: Bytes): Promise<boolean> {
    const word = await this.say(spellDelete((this.mailbox as Mailbox).deletion, hash));
    return word === "done";
  }

  /** First what lies here, then a word to the team: it may have taken some of it already. */
  private async deleteAll(): Promise<void> {
    if (!find<HTMLInputElement>("#sure").checked) {
      this.told.textContent = say("delete-sure");
      return;
    }
    if ((await this.say(spellDelete((this.mailbox as Mailbox).deletion))) !== "done") throw new LineError();
    empty(find("#letters"));
    const said = await this.deposit("delete", {}, this.told);
    this.told.textContent = say(said.word === "taken" ? "deleted" : "deleted-here");
    empty(find("#state"));
  }

  private async say(body: Bytes): Promise<string> {
    return readWord(await ask(`${this.page.root}mailbox/delete`, body))[0] ?? "";
  }

  /** One thing at a time; a dropped line is said, and the button stays. */
  private onClick(selector: string, act: () => Promise<void>): void {
    const button = find<HTMLButtonElement>(selector);
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-busy")) return;
      button.setAttribute("aria-busy", "true");
      act()
        .catch((error) => (this.told.textContent = say(error instanceof LineError ? "read-line" : "word-broken")))
        .finally(() => button.removeAttribute("aria-busy"));
    });
  }
}
