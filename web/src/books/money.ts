// Whole minor units and their decimals (our own table from ISO 4217, as in src/panah/core/money.py).

const DECIMALS: { [currency: string]: number } = { IQD: 3, ISK: 0, JPY: 0, KRW: 0, KWD: 3 }; // all others: 2

export const decimalsOf = (currency: string): number => DECIMALS[currency] ?? 2;

/** Give `value` × `part` ÷ `of`, rounded half to even, without floats. */
export function share(value: number, part: number, of: number): number {
  if (!of) return 0;
  const [exact, scale] = [BigInt(value) * BigInt(part), BigInt(of)];
  const whole = exact / scale;
  const twice = (exact % scale) * BigInt(2);
  const up = twice > scale || (twice === scale && whole % BigInt(2) === BigInt(1));
  return Number(up ? whole + BigInt(1) : whole);
}

/** Value `amount` at `rate` (units of `into` for one of `currency`), rounded half to even, without floats. */
export function worth(amount: number, currency: string, rate: string, into: string): number {
  const [whole = "", decimals = ""] = rate.split(".");
  const shift = decimalsOf(into) - decimalsOf(currency) - decimals.length;
  const exact = BigInt(amount) * BigInt(whole + decimals);
  const scale = BigInt("1" + "0".repeat(Math.abs(shift)));
  if (shift >= 0) return Number(exact * scale);
  const value = exact / scale;
  const twice = (exact % scale) * BigInt(2);
  const up = twice > scale || (twice === scale && value % BigInt(2) === BigInt(1));
  return Number(up ? value + BigInt(1) : value);
}
