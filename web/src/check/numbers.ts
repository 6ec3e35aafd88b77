// Numbers, money, sizes and days as the page's language writes them.

import { decimalsOf } from "../books/money.ts";

/** Where a sign before the number would be read on the wrong side, the currency is written out. */
const NAMES_MONEY = /^(ar|ckb|fa|he|prs|ps|ur)\b/;

export class Numbers {
  private readonly language: string;

  constructor(language: string) {
    this.language = language || "en";
  }

  whole(value: number): string {
    return new Intl.NumberFormat(this.language).format(value);
  }

  /** As the page around it: whole amounts without decimals, `€40.50`, `۴۰ یورو`. */
  money(minor: number, currency: string): string {
    const decimals = decimalsOf(currency);
    const digits = minor % 10 ** decimals ? decimals : 0;
    const form = { minimumFractionDigits: digits, maximumFractionDigits: digits, style: "currency", currency } as const;
    const currencyDisplay = NAMES_MONEY.test(this.language) ? "name" : "narrowSymbol";
    return new Intl.NumberFormat(this.language, { ...form, currencyDisplay }).format(minor / 10 ** decimals);
  }

  size(bytes: number): string {
    const [value, unit] = bytes < 995e3 ? [Math.max(1, bytes / 1e3), "kB"] : [bytes / 1e6, "MB"];
    const form = { maximumFractionDigits: value < 10 && unit === "MB" ? 1 : 0 };
    return `${new Intl.NumberFormat(this.language, form).format(value)} ${unit}`;
  }

  /** In the language's own calendar; where that is not the Gregorian one, both. */
  day(iso: string): string {
    const form = { year: "numeric", month: "long", day: "numeric", timeZone: "UTC" } as const;
    const writer = new Intl.DateTimeFormat(this.language === "en" ? "en-GB" : this.language, form);
    const own = writer.format(new Date(`${iso}T00:00:00Z`));
    return writer.resolvedOptions().calendar === "gregory" ? own : `${own} (\u2066${iso}\u2069)`;
  }
}
