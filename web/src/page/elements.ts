// Builds elements from plain values. Data only ever becomes text: there is no innerHTML in web/.

type Content = Node | string;

export function make<T extends keyof HTMLElementTagNameMap>(
  tag: T,
  attributes: { [name: string]: string } = {},
  ...content: Content[]
): HTMLElementTagNameMap[T] {
  const element = document.createElement(tag);
  for (const name of Object.keys(attributes)) element.setAttribute(name, attributes[name] as string);
  element.append(...content);
  return element;
}

/** Machine text inside a sentence: file names, fingerprints, rules. Always left to right. */
export const code = (text: string): HTMLElement => make("code", { dir: "ltr", lang: "en" }, text);

export function download(label: string, name: string, data: Uint8Array): HTMLAnchorElement {
  const blob = new Blob([data.slice()], { type: "application/octet-stream" });
  return make("a", { href: URL.createObjectURL(blob), download: name }, label);
}
