// One message on its way: written, its code kept, sealed, sent or saved. Nothing of it is ever kept in the browser.

import { type Facts, say } from "../people/facts.ts";
import { checkTyping, showCode } from "../people/code.ts";
import { Files } from "../people/files.ts";
import { LineError } from "../people/line.ts";
import { whenLeaving } from "../people/leaving.ts";
import { type Met, RefusedError } from "../people/meeting.ts";
import { spellDeposit } from "../people/relaywire.ts";
import { outcome, saveFile } from "../people/sealedfile.ts";
import { find, show, teller } from "../people/screen.ts";
import { send } from "../people/sending.ts";
import { type Bytes, toBase64 } from "../proof/bytes.ts";
import { fromHex } from "../people/hex.ts";
import { newCode } from "../receipt/receipt.ts";
import { close } from "../seal/envelope.ts";
import { type Mailbox, derive } from "../seal/mailbox.ts";
import { Form } from "./form.ts";

export class Compose {
  private readonly page: Facts;
  private readonly look: () => Promise<Met>;
  private readonly form = new Form(find<HTMLFormElement>("#form"));
  private readonly files = new Files(find<HTMLInputElement>("#files"));
  private readonly status = find("#send-told");
  private code = "";
  private mailbox: Promise<Mailbox> | undefined;
  private known: Promise<Met> | undefined;
  private sealed: Bytes | undefined;
  private busy = false;

  constructor(page: Facts, look: () => Promise<Met>) {
    [this.page, this.look] = [page, look];
    this.form.onDone(() => this.keep());
    find("#back").addEventListener("click", () => {
      this.sealed = undefined; // what was sealed is not what stands there now
      show("write");
    });
    for (const name of ["#send", "#again"]) find(name).addEventListener("click", () => void this.go());
    find("#save").addEventListener("click", () => this.sealed && saveFile(this.sealed, find<HTMLInputElement>("#file-name")));
    whenLeaving(() => {
      this.code = "";
      this.mailbox = this.sealed = undefined;
    });
  }

  /** The team's keys, looked up once; again when the line had dropped. */
  met(): Promise<Met> {
    this.known = this.known ?? this.look();
    this.known.catch((error) => {
      if (error instanceof LineError) this.known = undefined;
    });
    return this.known;
  }

  /** Show the code. Its mailbox is derived meanwhile: on a slow phone that takes some seconds. */
  private keep(): void {
    if (!this.code) {
      this.code = newCode();
      this.mailbox = derive(this.code, fromHex(this.page.fund));
      checkTyping(find<HTMLInputElement>("#code-check"), find("#code-told"), this.code);
      showCode(find("#code"), this.code);
    }
    show("keep");
  }

  private async go(): Promise<void> {
    const kept = find<HTMLInputElement>("#kept");
    find("#kept-told").textContent = kept.checked ? "" : say("keep-first");
    if (!kept.checked) kept.focus();
    if (this.busy || !kept.checked) return;
    this.busy = true;
    find("#form").setAttribute("aria-busy", "true");
    try {
      await this.finish();
    } catch (error) {
      if (error instanceof RefusedError) show(error.reason);
      else this.status.textContent = say(error instanceof LineError ? "word-line" : "word-broken");
    }
    find("#form").removeAttribute("aria-busy");
    this.busy = false;
  }

  private async finish(): Promise<void> {
    this.status.textContent = say("step-seal");
    this.sealed = this.sealed ?? (await this.seal());
    if (this.page.carried) {
      this.status.textContent = "";
      showCode(find("#code-again"), this.code);
      show("done", "carry");
      return;
    }
    const said = await send(this.page.root, this.sealed, teller(this.status));
    this.status.textContent = outcome(said);
    if (said.word === "taken") {
      showCode(find("#code-again"), this.code);
      this.form.empty();
      this.files.clear();
      show("done");
    } else show("keep", "carry");
  }

  private async seal(): Promise<Bytes> {
    const [{ team }, mailbox] = await Promise.all([this.met(), this.mailbox as Promise<Mailbox>]);
    const body = {
      ...this.form.body(this.page.kind),
      lang: this.page.lang,
      mailbox: { recipient: mailbox.recipient, deletion: toBase64(mailbox.deletionHash) },
    };
    const { address, lookup, deletion } = mailbox;
    const letter = { origin: team.origin, kind: this.page.kind, roster: team.version, body, mailbox: address, files: this.files.list };
    return spellDeposit(lookup, deletion, this.form.voucher, await close(letter, team.recipients));
  }
}
