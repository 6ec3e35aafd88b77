// The fields, and the body of a letter made of them (src/panah/core/asks.py). What is left empty is left out.

import { say } from "../people/facts.ts";
import { today } from "../people/numbers.ts";
import { clean, find } from "../people/screen.ts";
import type { Body, Value } from "../proof/canonical.ts";

const DAY = 24 * 3600 * 1000;

export class Form {
  private readonly form: HTMLFormElement;

  constructor(form: HTMLFormElement) {
    this.form = form;
    form.addEventListener("change", () => this.adapt());
    form.addEventListener("submit", (event) => event.preventDefault());
    form.querySelector("#add")?.addEventListener("click", () => this.addPerson());
    this.adapt();
  }

  /** Call `act` when the first part is filled in. */
  onDone(act: () => void): void {
    find("#on", this.form).addEventListener("click", () => {
      const missing = this.missing();
      const told = find("#write-told", this.form);
      told.textContent = missing ? say("write-missing") : "";
      for (const field of this.form.querySelectorAll("[data-needed]")) field.removeAttribute("aria-invalid");
      missing?.setAttribute("aria-invalid", "true");
      if (missing) missing.focus();
      else act();
    });
  }

  get voucher(): string {
    return this.text("voucher");
  }

  empty(): void {
    this.form.reset();
    this.adapt();
  }

  body(kind: string): Body {
    const body: Body = { text: this.text("text") };
    for (const name of ["contact", "country", "safe", "notify", "voucher"]) put(body, name, this.text(name));
    if (kind === "offer") {
      body["kind"] = this.text("kind");
      put(body, "capacity", Math.min(500, this.count("capacity")));
      put(body, "languages", this.ticked("languages"));
      put(body, "until", this.later("until"));
      return body;
    }
    body["who"] = this.isOther ? "other" : "self";
    if (this.isOther && this.picked("knows")) body["knows"] = Number(this.picked("knows"));
    put(body, "needs", this.ticked("needs"));
    put(body, "household", this.household());
    put(body, "deadline", this.later("deadline"));
    return body;
  }

  private get isOther(): boolean {
    return this.picked("who") === "other";
  }

  private adapt(): void {
    const other = this.form.querySelector<HTMLElement>("#other");
    if (other) other.hidden = !this.isOther;
  }

  private missing(): HTMLElement | undefined {
    const needed = Array.from(this.form.querySelectorAll<HTMLInputElement>("[data-needed]"));
    return needed.find((field) => !field.closest("[hidden]") && !clean(field.value));
  }

  private text(name: string): string {
    const field = this.form.querySelector<HTMLInputElement>(`[name="${name}"]`);
    return field && !field.closest("#other[hidden]") ? clean(field.value) : "";
  }

  private picked(name: string): string {
    return this.form.querySelector<HTMLInputElement>(`[name="${name}"]:checked`)?.value ?? "";
  }

  private ticked(name: string): string[] {
    return Array.from(this.form.querySelectorAll<HTMLInputElement>(`[name="${name}"]:checked`), (one) => one.value);
  }

  private count(name: string, max = 1e6): number {
    // A number field gives nothing for Persian digits in some browsers, so these are text fields.
    const digits = this.text(name).replace(/[\u06f0-\u06f9\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) & 15));
    return /^\d{1,6}$/.test(digits) ? Math.min(Number(digits), max) : 0;
  }

  /** A day so many days from now: nobody has to name a day in somebody else's calendar. */
  private later(name: string): string {
    const days = this.count(name);
    return days ? new Date(Date.parse(today()) + days * DAY).toISOString().slice(0, 10) : "";
  }

  private household(): Value[] {
    const people: Value[] = [];
    for (const line of this.form.querySelectorAll(".person")) {
      const [who, age] = Array.from(line.querySelectorAll("input"), (field) => clean(field.value));
      const years = /^\d{1,3}$/.test(digitsOf(age ?? "")) ? Number(digitsOf(age ?? "")) : -1;
      if (who) people.push(years >= 0 && years <= 130 ? { who, age: years } : { who });
    }
    return people;
  }

  private addPerson(): void {
    const template = find<HTMLTemplateElement>("#person", this.form);
    const line = (template.content.cloneNode(true) as DocumentFragment).firstElementChild as HTMLElement;
    const number = this.form.querySelectorAll(".person").length + 1;
    for (const label of line.querySelectorAll("label")) {
      const field = find<HTMLInputElement>("input", label);
      field.setAttribute("aria-label", `${label.textContent?.trim() ?? ""} ${number}`);
    }
    find("button", line).addEventListener("click", () => {
      line.remove();
      find("#add", this.form).focus();
    });
    find("#people", this.form).append(line);
    find("input", line).focus();
  }
}

const digitsOf = (text: string): string => text.replace(/[\u06f0-\u06f9\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) & 15));

function put(body: Body, name: string, value: Value): void {
  const empty = value === "" || value === 0 || (Array.isArray(value) && !value.length);
  if (!empty) body[name] = value;
}
