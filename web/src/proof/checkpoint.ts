// Checkpoints (C2SP tlog-checkpoint): origin, size and root of a log as a signed note, without extension lines.

import { type Bytes, fromBase64, toBase64 } from "./bytes.ts";
import { ProofError } from "./errors.ts";
import { HASH_SIZE } from "./merkle.ts";
import { type VerifyKey, openNote } from "./note.ts";

export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Bytes;
}

const TEXT = /^([!-~]{1,200})\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/=]{44})\n$/;

export function parseCheckpoint(text: string): Checkpoint {
  const found = TEXT.exec(text);
  if (!found) throw new ProofError("not a checkpoint");
  const size = Number(found[2]);
  const root = fromBase64(found[3] as string);
  if (root.length !== HASH_SIZE || !Number.isSafeInteger(size)) throw new ProofError("not a checkpoint");
  return { origin: found[1] as string, size, root };
}

export const checkpointText = ({ origin, size, root }: Checkpoint): string => `${origin}\n${size}\n${toBase64(root)}\n`;

/** Read a signed checkpoint; one of the log's own keys, named like its origin, must have signed it. */
export function openCheckpoint(data: Bytes, keys: readonly VerifyKey[]): Checkpoint {
  const note = openNote(data, keys);
  const checkpoint = parseCheckpoint(note.text);
  if (note.verified.every((key) => key.name !== checkpoint.origin)) {
    throw new ProofError(`the checkpoint is of another log: ${checkpoint.origin}`);
  }
  return checkpoint;
}
