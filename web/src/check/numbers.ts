// Numbers, money, sizes and days as the page's language writes them.

import { decimalsOf } from "../books/money.ts";

export class Numbers {
  private readonly language: string;

  constructor(language: string) {
    this.language = language || "en";
  }

  whole(value: number): string {
    return new Intl.NumberFormat(this.language).format(value);
  }

  money(minor: number, currency: string): string {
    const digits = decimalsOf(currency);
    const form = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    return `${new Intl.NumberFormat(this.language, form).format(minor / 10 ** digits)} ${currency}`;
  }

  size(bytes: number): string {
    const [value, unit] = bytes < 995e3 ? [Math.max(1, bytes / 1e3), "kB"] : [bytes / 1e6, "MB"];
    const form = { maximumFractionDigits: value < 10 && unit === "MB" ? 1 : 0 };
    return `${new Intl.NumberFormat(this.language, form).format(value)} ${unit}`;
  }

  /** In the language's own calendar; where that is not the Gregorian one, both. */
  day(iso: string): string {
    const form = { year: "numeric", month: "long", day: "numeric", timeZone: "UTC" } as const;
    const writer = new Intl.DateTimeFormat(this.language, form);
    const own = writer.format(new Date(`${iso}T00:00:00Z`));
    return writer.resolvedOptions().calendar === "gregory" ? own : `${own} (\u2066${iso}\u2069)`;
  }
}
