// What the pages around asking and answering take from here.

export { SealError, type Why } from "./errors.ts";
export { type Attachment, type Keys, type Letter, normal } from "./letter.ts";
export { LARGEST, bucketFor, wireSize } from "./padding.ts";
export { close } from "./envelope.ts";
export { type Mailbox, derive } from "./mailbox.ts";
export { openEnvelope } from "./unseal.ts";
