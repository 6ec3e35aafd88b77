// What people attach. Photos are drawn anew before they are sealed: smaller, and without the place and the camera that
// the file told. Names are our own, because a file's name can say more than its picture.

import type { Bytes } from "../proof/bytes.ts";
import type { Attachment } from "../seal/letter.ts";

const LONGEST_SIDE = 1400;
const GOOD_ENOUGH = 220 * 1024;
const QUALITIES = [0.8, 0.65, 0.5];
/** Bytes of all files of one letter: with its head they fit the largest envelope. */
export const MOST = 4 * 1024 * 1024 - 64 * 1024;

const KEPT: { [type: string]: string } = {
  "application/pdf": "pdf", "audio/mpeg": "mp3", "audio/mp4": "m4a", "audio/x-m4a": "m4a", "audio/aac": "aac",
  "audio/ogg": "ogg", "audio/webm": "webm", "audio/amr": "amr", "audio/3gpp": "3gp", "audio/wav": "wav",
};

const read = (blob: Blob): Promise<Bytes> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader(); // Blob.arrayBuffer is younger than phones that people have
    reader.onload = () => resolve(new Uint8Array(reader.result as ArrayBuffer));
    reader.onerror = () => reject(new Error("unread"));
    reader.readAsArrayBuffer(blob);
  });

export { read as readFile };

/** Give the file as it is sealed, or null when it is no kind that the team can look at safely. */
export async function prepare(file: File, number: number): Promise<Attachment | null> {
  const type = (file.type.split(";")[0] ?? "").toLowerCase();
  if (type.startsWith("image/")) {
    const data = await redraw(file).catch(() => null);
    return data && { name: `photo-${number}.jpg`, type: "image/jpeg", data };
  }
  const ending = KEPT[type];
  return ending ? { name: `file-${number}.${ending}`, type, data: await read(file) } : null;
}

async function redraw(file: File): Promise<Bytes> {
  const address = URL.createObjectURL(file);
  try {
    const image = new Image();
    await new Promise((resolve, reject) => {
      image.onload = resolve;
      image.onerror = reject;
      image.src = address;
    });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(image.naturalWidth, image.naturalHeight));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
    canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    let blob: Blob | null = null;
    for (const quality of QUALITIES) {
      blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
      if (blob && blob.size <= GOOD_ENOUGH) break;
    }
    if (!blob) throw new Error("not drawn");
    return await read(blob);
  } finally {
    URL.revokeObjectURL(address);
  }
}
