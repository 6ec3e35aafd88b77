// Sentences with places for data; the page may bring translations (docs/how/browser-check.md).

export type Data = { readonly [name: string]: string | number };
export type Words<Key extends string> = (key: Key, data?: Data) => string;

/** Read <template id="panah-words">: JSON of key → sentence. What is missing or no text stays English. */
export function readWords<Key extends string>(english: { readonly [key in Key]: string }): Words<Key> {
  let given: { [key: string]: unknown } = {};
  try {
    const template = document.querySelector<HTMLTemplateElement>("template#panah-words");
    given = JSON.parse(template?.content.textContent || "{}") as typeof given;
  } catch {
    // English, then
  }
  return (key, data = {}) => {
    const own = given[key];
    const sentence = typeof own === "string" && own ? own : english[key];
    return sentence.replace(/%\((\w+)\)s/g, (whole, name: string) => String(data[name] ?? whole));
  };
}
