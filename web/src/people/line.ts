// The line to the fund's relay. XMLHttpRequest, because it tells how far a long message has gone on a slow line.

import type { Bytes } from "../proof/bytes.ts";

/** No answer came: try the same again. */
export class LineError extends Error {}

export type Progress = (part: number) => void;
const SLOWEST = 1; // bytes in a millisecond
const PATIENCE = 120_000; // a whole mailbox on the slowest line takes a minute

export function ask(address: string, body: Bytes | null, onProgress?: Progress): Promise<Bytes> {
  return new Promise((resolve, reject) => {
    const line = new XMLHttpRequest();
    line.open(body ? "POST" : "GET", address);
    line.responseType = "arraybuffer";
    line.timeout = PATIENCE + (body ? body.length / SLOWEST : 0);
    const fail = (): void => reject(new LineError(String(line.status || "no answer")));
    line.onerror = line.ontimeout = line.onabort = fail;
    line.onload = () => (line.status === 200 ? resolve(new Uint8Array(line.response as ArrayBuffer)) : fail());
    if (body) {
      line.setRequestHeader("content-type", "application/octet-stream");
      line.upload.onprogress = (event) => onProgress?.(event.loaded / body.length);
    }
    line.send(body ? body.slice() : null);
  });
}
