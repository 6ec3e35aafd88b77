// What the books page prints, read from the data attributes of <section id="panah-check">.

export interface Printed {
  readonly log: string; // address of the log's folder, ending with a slash
  readonly origin: string;
  readonly size: number;
  readonly gross: number;
  readonly counted: number;
  readonly held: number;
  readonly currency: string;
  readonly fingerprint: string;
  readonly vkey: string;
}

export function readPrinted(section: HTMLElement): Printed {
  const data = section.dataset;
  const folder = (data["log"] || "../../log/").replace(/\/*$/, "/");
  return {
    log: new URL(folder, document.baseURI).href,
    origin: data["origin"] ?? "",
    size: Number(data["size"] ?? 0),
    gross: Number(data["gross"] ?? 0),
    counted: Number(data["counted"] ?? 0),
    held: Number(data["held"] ?? 0),
    currency: data["currency"] ?? "",
    fingerprint: data["fingerprint"] ?? "",
    vkey: data["vkey"] ?? "",
  };
}
