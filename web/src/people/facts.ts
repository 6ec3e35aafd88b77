// What the page says about its fund and its way, as JSON in a template; and its sentences, in the page's language.

export interface Facts {
  readonly origin: string;
  /** SHA-256 of the fund's leaf 0 in hex: which fund this is, and the salt of every code. */
  readonly fund: string;
  /** Leads from the page to the fund's folder. */
  readonly root: string;
  readonly lang: string;
  readonly kind: "ask" | "offer" | "mailbox";
  /** Only in the file that is carried around: the roster's leaves, and the day it counts from. */
  readonly carried?: { readonly team: string; readonly made: string };
}

const json = (id: string): { [key: string]: unknown } =>
  JSON.parse(document.querySelector<HTMLTemplateElement>(`template#${id}`)?.content.textContent || "{}") as { [key: string]: unknown };

export const facts = (): Facts => json("panah-facts") as unknown as Facts;

let sentences: { [key: string]: unknown } | undefined;

/** Give a sentence of the page with its places filled. */
export function say(key: string, data: { readonly [name: string]: string | number } = {}): string {
  sentences = sentences ?? json("panah-words");
  return String(sentences[key] ?? key).replace(/%\((\w+)\)s/g, (whole, name: string) => String(data[name] ?? whole));
}
