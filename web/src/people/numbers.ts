// Numbers, sizes and days as the page's language writes them; where it counts by the sun, in both calendars.

const language = (): string => {
  const tag = document.documentElement.lang || "en";
  return tag === "prs" ? "fa-AF" : tag === "ps" ? "ps-AF" : tag === "en" ? "en-GB" : tag;
};

export const whole = (value: number): string => new Intl.NumberFormat(language()).format(value);

export function size(bytes: number): string {
  return `${whole(Math.max(1, Math.round(bytes / 1000)))} kB`;
}

export function day(iso: string): string {
  const writer = new Intl.DateTimeFormat(language(), { year: "numeric", month: "long", day: "numeric", timeZone: "UTC" });
  const own = writer.format(new Date(`${iso}T00:00:00Z`));
  return writer.resolvedOptions().calendar === "gregory" ? own : `${own} (\u2066${iso}\u2069)`;
}

export const today = (): string => new Date().toISOString().slice(0, 10);
