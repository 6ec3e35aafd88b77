// Why something was not sealed or opened. The page has its own sentence for each word; none holds what was typed.

export type Why =
  | "large" // more than the largest bucket
  | "recipients" // not a list that anything may be sealed to
  | "field" // a letter with a field that has no spelling
  | "outside" // not an envelope, or damaged
  | "key" // none of these keys opens it, or it is damaged
  | "inside" // opened, but not written as Panah writes
  | "signature" // nobody of the roster signed it
  | "place"; // written for another fund, kind or mailbox

export class SealError extends Error {
  readonly why: Why;

  constructor(why: Why) {
    super(why);
    this.name = "SealError";
    this.why = why;
  }
}
