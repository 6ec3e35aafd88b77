// What the books have on each asset account, as far as the rules ask for it (mirror of Books.balances and .frozen).

export const STUCK = "assets:frozen-";

export class Assets {
  private readonly totals = new Map<string, number>();

  /** Move an amount into an account; below zero: out of it. */
  move(account: string, currency: string, amount: number): void {
    this.totals.set(`${account} ${currency}`, this.on(account, currency) + amount);
  }

  on(account: string, currency: string): number {
    return this.totals.get(`${account} ${currency}`) ?? 0;
  }

  /** Whether anything is stuck on a rail. */
  get stuck(): boolean {
    return [...this.totals].some(([account, amount]) => amount !== 0 && account.startsWith(STUCK));
  }
}
