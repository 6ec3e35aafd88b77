// The code between the form and the receipt page of one visit: in this tab only, gone when it closes.

const KEY = "panah-code";

export function keepCode(code: string): void {
  try {
    sessionStorage.setItem(KEY, code);
  } catch {
    // no store: the giver has the code from the form
  }
}

export function keptCode(): string {
  try {
    return sessionStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}
