// Sends a sealed deposit until the relay has said a word about it. A dropped line is no failure: the same bytes go again,
// and the relay keeps one.

import { type Bytes, fromBase64 } from "../proof/bytes.ts";
import { LineError, type Progress, ask } from "./line.ts";
import { type Standing, bitsFor, envelopeOf, readStanding, readWord, withWork } from "./relaywire.ts";
import { findWork } from "./work.ts";

/** Milliseconds to wait before each next try. */
const WAITS = [500, 2000, 5000, 10000, 20000, 30000, 60000];

export type Outcome = { readonly word: string; readonly day?: string };
export type Step = "work" | "send" | "wait";
export type Tell = (step: Step, part: number) => void;

export async function standing(root: string): Promise<Standing> {
  return readStanding(await ask(`${root}relay/standing`, null));
}

/** Give the relay's last word: `taken`, `full` with a day, `closed`, `unreadable`, `busy`; or `line` when none came. */
export async function send(root: string, deposit: Bytes, tell: Tell): Promise<Outcome> {
  let last: Outcome = { word: "line" };
  for (const wait of [0, ...WAITS]) {
    if (wait) {
      tell("wait", 0);
      await pause(wait);
    }
    try {
      last = await once(root, deposit, tell);
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      last = { word: "line" };
    }
    if (!["line", "work", "busy"].includes(last.word)) return last;
  }
  return last;
}

async function once(root: string, deposit: Bytes, tell: Tell): Promise<Outcome> {
  tell("work", 0);
  const envelope = envelopeOf(deposit);
  const { salt, bits } = await standing(root);
  const work = await findWork(fromBase64(salt), envelope, bitsFor(bits, envelope.length));
  tell("send", 0);
  const progress: Progress = (part) => tell("send", part);
  const [word = "line", day] = readWord(await ask(`${root}relay/deposit`, withWork(deposit, work), progress));
  return day ? { word, day } : { word };
}

/** Wait, but no longer than until the line is back. */
function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      clearTimeout(timer);
      removeEventListener("online", go);
      resolve();
    };
    const timer = setTimeout(go, milliseconds);
    addEventListener("online", go);
  });
}
