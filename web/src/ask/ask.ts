// Asking for help and offering it: the form, the code, and the sealing, all in the reader's browser. The site gets one
// sealed envelope. The same program runs in the file that people carry around; there it saves the envelope.

import { facts, say } from "../people/facts.ts";
import { watchLeaving } from "../people/leaving.ts";
import { LineError } from "../people/line.ts";
import { type Met, RefusedError, meet } from "../people/meeting.ts";
import { day, whole } from "../people/numbers.ts";
import { find, show } from "../people/screen.ts";
import { takeFiles } from "../people/sealedfile.ts";
import { isWorker } from "../people/work.ts";
import { Compose } from "./compose.ts";

/** What this page can't do without. Old phones are told so before they type a word. */
const isAble = (): boolean =>
  typeof TransformStream === "function" && typeof crypto === "object" && typeof crypto.subtle === "object" && typeof BigInt === "function";

async function tell(met: Promise<Met>): Promise<void> {
  const status = find("#keys-told");
  status.textContent = say("keys-working");
  try {
    const { team, there, isOld } = await met;
    status.textContent = say("keys-good", { count: whole(team.recipients.length) });
    if (isOld) show("write", "old");
    else if (there?.full) status.textContent = say("full-today", { day: day(there.next) });
  } catch (error) {
    if (error instanceof RefusedError) show(error.reason);
    else if (error instanceof LineError) status.textContent = say("keys-line");
    else throw error;
  }
}

function start(): void {
  watchLeaving();
  if (!isAble()) {
    show("unable");
    return;
  }
  const page = facts();
  const template = find<HTMLTemplateElement>("#panah-form");
  find("#place").append(template.content);
  const compose = new Compose(page, () => meet(page));
  if (!page.carried) takeFiles(page.root);
  for (const part of document.querySelectorAll<HTMLElement>("[data-panah-part]")) {
    part.hidden = part.dataset["panahPart"] !== "write";
  }
  void tell(compose.met());
}

if (!isWorker()) start();
