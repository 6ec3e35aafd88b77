// One answer on the page: its words, its attachments on a tap with their size told first, and a way to delete it.

import { say } from "../people/facts.ts";
import { LineError, ask } from "../people/line.ts";
import { size } from "../people/numbers.ts";
import { CHUNK, spellChunk } from "../people/relaywire.ts";
import type { Team } from "../people/team.ts";
import { make } from "../page/elements.ts";
import { empty } from "../people/screen.ts";
import { type Bytes, fromBase64 } from "../proof/bytes.ts";
import type { Body } from "../proof/canonical.ts";
import type { Mailbox } from "../seal/mailbox.ts";
import { BUCKETS, wireSize } from "../seal/padding.ts";
import { openEnvelope } from "../seal/unseal.ts";
import type { Arrived } from "./slots.ts";

export interface Room {
  readonly root: string;
  readonly origin: string;
  readonly mailbox: Mailbox;
  readonly team: Team;
}

const SIZES = BUCKETS.map(wireSize);

export function entry({ letter }: Arrived, room: Room, remove: () => Promise<boolean>): HTMLElement {
  const { text, lang, files } = letter.body;
  const told = make("p", { role: "status", class: "told" });
  const button = make("button", { type: "button", class: "small" }, say("delete-one"));
  const words = make("p", { class: "words", dir: "auto", lang: String(lang ?? "") }, String(text ?? ""));
  const line = make("li", { class: "card", "data-panah-private": "" }, words);
  for (const file of Array.isArray(files) ? (files as Body[]) : []) line.append(fetcher(file, room));
  line.append(make("p", {}, button), told);
  button.addEventListener("click", () => {
    remove().then(
      (done) => (done ? line.remove() : (told.textContent = say("read-line"))),
      () => (told.textContent = say("read-line")),
    );
  });
  return line;
}

/** A file is fetched when it is wanted: on a slow line each costs minutes. */
function fetcher(file: Body, room: Room): HTMLElement {
  const stored = Number(file["size"]);
  const name = String(file["name"]);
  if (!SIZES.includes(stored)) return make("p", {}, make("bdi", {}, name));
  const button = make("button", { type: "button", class: "small" }, say("fetch", { size: size(stored) }));
  const told = make("span", { role: "status" });
  const line = make("p", {}, make("bdi", {}, name), " ", button, " ", told);
  button.addEventListener("click", () => {
    button.disabled = true;
    fetchFile(fromBase64(String(file["id"])), stored, room, (part) => (told.textContent = say("step-sent", { percent: Math.round(part * 100) })))
      .then(({ type, data }) => empty(line).append(show(name, type, data)))
      .catch((error) => {
        told.textContent = say(error instanceof LineError ? "read-line" : "file-bad");
        button.disabled = false;
      });
  });
  return line;
}

async function fetchFile(id: Bytes, stored: number, room: Room, onProgress: (part: number) => void): Promise<{ type: string; data: Bytes }> {
  const whole = new Uint8Array(Math.ceil(stored / CHUNK) * CHUNK);
  for (let number = 0; number * CHUNK < stored; number++) {
    whole.set(await ask(`${room.root}mailbox/chunk`, spellChunk(id, number)), number * CHUNK);
    onProgress(Math.min(1, ((number + 1) * CHUNK) / stored));
  }
  const expected = { origin: room.origin, keys: room.team.keys, kinds: ["file"], mailbox: room.mailbox.address };
  const { files } = await openEnvelope(whole.subarray(0, stored), [room.mailbox.identity], expected);
  const found = files?.[0];
  if (!found) throw new Error("no file");
  return found;
}

/** A picture is shown here and leaves no file; everything else can only be saved. */
function show(name: string, type: string, data: Bytes): HTMLElement {
  const picture = type === "image/jpeg" || type === "image/png";
  const address = URL.createObjectURL(new Blob([data.slice()], { type: picture ? type : "application/octet-stream" }));
  if (picture) return make("img", { src: address, alt: name });
  return make("a", { href: address, download: name }, say("save-file"));
}
