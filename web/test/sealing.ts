// The browser's side of sealing as a program, for tests that put Python on the other side.
// Reads a list of tasks as JSON from standard input, writes the list of answers; an error is an answer too.

import { readFileSync } from "node:fs";
import { bech32 } from "@scure/base";
import { fromBase64, toBase64, toHex } from "../src/proof/bytes.ts";
import type { Body } from "../src/proof/canonical.ts";
import { close } from "../src/seal/envelope.ts";
import { SealError } from "../src/seal/errors.ts";
import type { Letter } from "../src/seal/letter.ts";
import { derive } from "../src/seal/mailbox.ts";
import { openEnvelope } from "../src/seal/unseal.ts";

interface Written {
  origin: string;
  kind: string;
  roster: number;
  body: Body;
  mailbox: string;
  files: { name: string; type: string; data: string }[];
  by: string;
}

interface Task {
  do: "close" | "open" | "derive";
  letter: Written;
  recipients: string[];
  stored: string;
  secret: string;
  origin: string;
  sign: string;
  code: string;
  leaf0: string;
}

const fromHex = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (two) => Number.parseInt(two, 16));

function letterOf(written: Written): Letter {
  const files = written.files.map((file) => ({ ...file, data: fromBase64(file.data) }));
  const { origin, kind, roster, body } = written;
  return { origin, kind, roster, body, files, ...(written.mailbox ? { mailbox: fromBase64(written.mailbox) } : {}) };
}

function writtenOf(letter: Letter): Written {
  const { origin, kind, roster, body } = letter;
  const files = (letter.files ?? []).map((file) => ({ ...file, data: toBase64(file.data) }));
  return { origin, kind, roster, body, mailbox: letter.mailbox ? toBase64(letter.mailbox) : "", files, by: letter.by ?? "" };
}

export async function answer(task: Task): Promise<unknown> {
  if (task.do === "close") return toBase64(await close(letterOf(task.letter), task.recipients));
  if (task.do === "derive") {
    const made = await derive(task.code, fromHex(task.leaf0));
    return [made.recipient, made.identity, toHex(made.lookup), toHex(made.deletion), toHex(made.address)];
  }
  const identity = bech32.encodeFromBytes("AGE-SECRET-KEY-", fromHex(task.secret)).toUpperCase();
  const keys = (name: string, roster: number) => (name === "lale" && roster === 7 ? fromBase64(task.sign) : undefined);
  return writtenOf(await openEnvelope(fromBase64(task.stored), [identity], { origin: task.origin, keys }));
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const answers: unknown[] = [];
  for (const task of JSON.parse(readFileSync(0, "utf8")) as Task[]) {
    answers.push(await answer(task).catch((error: unknown) => ({ why: error instanceof SealError ? error.why : String(error) })));
  }
  process.stdout.write(JSON.stringify(answers));
}
