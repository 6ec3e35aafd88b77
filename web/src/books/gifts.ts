// What is left of every gift, by leaf index: a few bytes each, so that a phone can hold a million.

import { ProofError } from "../proof/errors.ts";

export interface Gift {
  readonly amount: number; // in the gift's own currency
  readonly counted: number; // in the fund's
  readonly held: number; // in the fund's
  readonly foreign: boolean;
  readonly rail: string;
  readonly currency: string;
}

export class GiftStore {
  private readonly counted: number[] = []; // -1: this leaf is no gift
  private readonly held = new Map<number, number>();
  private readonly foreign = new Map<number, number>();
  private readonly ways: number[] = []; // by leaf: where in `kinds` its rail and currency stand
  private readonly kinds: [string, string][] = [];

  add(index: number, gift: Gift): void {
    while (this.counted.length < index) {
      this.counted.push(-1);
      this.ways.push(0);
    }
    this.counted.push(0);
    this.ways.push(this.way(gift));
    this.leave(index, gift);
  }

  find(index: number): Gift {
    const counted = this.counted[index] ?? -1;
    if (counted < 0) throw new ProofError(`leaf ${index} is not a gift`);
    const held = this.held.get(index) ?? 0;
    const amount = this.foreign.get(index);
    const [rail, currency] = this.kinds[this.ways[index] ?? 0] ?? ["", ""];
    return { amount: amount ?? counted + held, counted, held, foreign: amount !== undefined, rail, currency };
  }

  leave(index: number, gift: Gift): void {
    this.counted[index] = gift.counted;
    if (gift.held) this.held.set(index, gift.held);
    else this.held.delete(index);
    if (gift.foreign) this.foreign.set(index, gift.amount);
  }

  private way(gift: Gift): number {
    const found = this.kinds.findIndex(([rail, currency]) => rail === gift.rail && currency === gift.currency);
    return found < 0 ? this.kinds.push([gift.rail, gift.currency]) - 1 : found;
  }
}
