// The last head of the log that this browser saw: kept only if the visitor ticks the box.

import { utf8 } from "../proof/bytes.ts";
import { type Checkpoint, openCheckpoint } from "../proof/checkpoint.ts";
import { parseKey } from "../proof/note.ts";
import type { Head } from "./head.ts";

export interface Seen {
  readonly note: string;
  readonly checkpoint: Checkpoint;
}

export class Memory {
  private readonly key: string;

  constructor(origin: string) {
    this.key = `panah-seen:${origin}`;
  }

  /** Give what was kept, or nothing: a store that is closed or spoilt is as good as empty. */
  recall(): Seen | undefined {
    try {
      const { note, vkey } = JSON.parse(localStorage.getItem(this.key) ?? "") as { note: string; vkey: string };
      return { note, checkpoint: openCheckpoint(utf8(note), [parseKey(vkey)]) };
    } catch {
      return undefined;
    }
  }

  keep(head: Head): void {
    try {
      const note = new TextDecoder().decode(head.note);
      localStorage.setItem(this.key, JSON.stringify({ note, vkey: head.vkey }));
    } catch {
      // private windows may have no store
    }
  }

  forget(): void {
    try {
      localStorage.removeItem(this.key);
    } catch {
      // nothing was kept, then
    }
  }
}
