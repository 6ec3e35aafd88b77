// What the give form and the receipt page say about the code (docs/how/browser-check.md).

export const ENGLISH = {
  "code-title": "Your receipt code",
  "code-made": "Your browser made this code; our server never learns it. With it you find your gift in the public books.",
  "code-keep": "Write it down or print it before you go on: nobody can give it to you again.",
  "code-copy": "Copy",
  "code-copied": "Copied. Keep it where only you can read it.",
  "code-print": "Print",
  "code-check": "Type it once to check what you wrote down",
  "code-right": "Right: this is your code.",
  "code-other": "This is a code without a slip, but not the one above.",
  "code-valid": "No slip in this code.",
  "code-short": "%(missing)s digits are missing.",
  "code-wrong": "There is a slip in it: one digit wrong, one too many, or two swapped.",
};

export type Key = keyof typeof ENGLISH;
