// Leaving without a trace in the page itself: what was typed goes from the document before the browser keeps a copy of
// it for its back button. What history and downloads show, no page can take away; the page says so.

const wipers: (() => void)[] = [];

/** Call this before the page goes. */
export const whenLeaving = (wipe: () => void): number => wipers.push(wipe);

export function wipe(): void {
  for (const one of wipers) one();
  for (const form of document.querySelectorAll("form")) form.reset();
  for (const field of document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("input, textarea")) {
    if (field.type !== "checkbox" && field.type !== "radio") field.value = "";
  }
  for (const part of document.querySelectorAll("[data-panah-private]")) part.textContent = "";
}

export function watchLeaving(): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-panah-leave]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      wipe();
      location.replace(link.href); // this page's place in the history is taken, its line in the list of visits is not
    });
  }
  addEventListener("pagehide", wipe);
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}
