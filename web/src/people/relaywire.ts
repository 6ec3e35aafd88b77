// What a page says to the relay and hears from it, byte for byte (docs/spec/relay.md). Mirror of the strangers' half of
// src/panah/proof/relaywire.py and mailboxwire.py.

import { sha256 } from "@noble/hashes/sha2.js";
import { type Bytes, concat, fromUtf8, utf8 } from "../proof/bytes.ts";
import { ProofError, must } from "../proof/errors.ts";
import { parse } from "../seal/outer.ts";

const DEPOSIT = utf8("panah/1/deposit\n");
const MAILBOX = utf8("panah/1/mailbox\n");
const WORK_AT = DEPOSIT.length + 96;
const ENVELOPE_AT = WORK_AT + 8;
const LINE = 48;
export const SLOT = 18_448;
export const CHUNK = 67_600;
export const PARTS = 3;
export const NOTHING = new Uint8Array(32);

const begins = (data: Bytes, start: Bytes): boolean => start.every((byte, index) => data[index] === byte);

/** What is sent lies under this name, so that nobody can join it with what is answered. */
export const sentOf = (secret: Bytes): Bytes => sha256(concat(utf8("panah/1/sent\0"), secret));
export const voucherOf = (code: string): Bytes => sha256(concat(utf8("panah/1/voucher\0"), utf8(code)));

export interface Standing {
  readonly origin: string;
  readonly day: string;
  readonly open: boolean;
  readonly roster: number;
  readonly full: boolean;
  readonly next: string;
  readonly bits: number;
  readonly salt: string;
}

export function readStanding(data: Bytes): Standing {
  const said = JSON.parse(fromUtf8(data)) as { [key: string]: unknown };
  must(said["t"] === "panah/1/standing", "not a standing");
  return {
    origin: String(said["o"]), day: String(said["day"]), open: said["open"] === 1, roster: Number(said["roster"]),
    full: said["full"] === 1, next: String(said["next"]), bits: Math.min(Number(said["bits"]), 26), salt: String(said["salt"]),
  };
}

/** A deposit whose work is still to be done: this is also what a `.panah` file holds. */
export function spellDeposit(lookup: Bytes, deletion: Bytes, voucher: string, envelope: Bytes): Bytes {
  const shown = voucher ? voucherOf(voucher) : NOTHING;
  return concat(DEPOSIT, sentOf(lookup), sentOf(deletion), shown, new Uint8Array(8), envelope);
}

/** Give the envelope of a deposit; throws when the file is none. */
export function envelopeOf(deposit: Bytes): Bytes {
  if (!begins(deposit, DEPOSIT)) throw new ProofError("not a sealed file");
  const envelope = deposit.subarray(ENVELOPE_AT);
  parse(envelope);
  return envelope;
}

export function withWork(deposit: Bytes, work: Bytes): Bytes {
  const done = deposit.slice();
  done.set(work, WORK_AT);
  return done;
}

/** Zero bits that an envelope of this size costs. */
export const bitsFor = (bits: number, size: number): number => (bits ? bits + (size > 1_050_880 ? 4 : size > 264_256 ? 2 : 0) : 0);

/** Read an answer in words. */
export const readWord = (data: Bytes): string[] => (data.length === 32 ? fromUtf8(data).trimEnd().split(" ") : []);

export const spellRead = (lookup: Bytes, part: number): Bytes => concat(utf8("panah/1/read\n"), lookup, Uint8Array.of(part));
export const spellChunk = (id: Bytes, number: number): Bytes =>
  concat(utf8("panah/1/chunk\n"), id, Uint8Array.of(number >> 8, number & 255));
export const spellDelete = (deletion: Bytes, which: Bytes = NOTHING): Bytes => concat(utf8("panah/1/delete\n"), deletion, which);

export interface Box {
  /** Until this day something that was sent waits for the team; empty: nothing waits. */
  readonly sent: string;
  /** The first day on which an answer goes; empty: there is none. */
  readonly kept: string;
  readonly slots: readonly Bytes[];
}

export function readBox(data: Bytes): Box {
  const start = MAILBOX.length + LINE;
  const line = /^sent=(.{10}) kept=(.{10}) +\n$/.exec(fromUtf8(data.subarray(MAILBOX.length, start)));
  if (!begins(data, MAILBOX) || !line || (data.length - start) % SLOT) throw new ProofError("not a mailbox");
  const slots: Bytes[] = [];
  for (let at = start; at < data.length; at += SLOT) slots.push(data.subarray(at, at + SLOT));
  const day = (text: string | undefined): string => (text && text[0] !== "-" ? text : "");
  return { sent: day(line[1]), kept: day(line[2]), slots };
}
