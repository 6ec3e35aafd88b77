// What each kind of leaf may do to the books (mirror of src/panah/core/leafrules.py).

import type { Body } from "../proof/canonical.ts";
import { must } from "../proof/errors.ts";
import type { Leaf } from "../proof/leaf.ts";
import { STUCK } from "./assets.ts";
import type { Books } from "./books.ts";
import { share, worth } from "./money.ts";

type Rule = (books: Books, leaf: Leaf) => void;

const whole = (leaf: Leaf, key: string): number => Number(leaf[key]);
const text = (leaf: Leaf, key: string): string => String(leaf[key]);
const NOTICE = 7 * 24 * 3600 * 1000;

const charter: Rule = (books, leaf) => {
  const terms = leaf["charter"] as Body;
  const payee = terms["payee"] as Body;
  must(payee["private"] !== 1 || books.roster.has(payee["person"]), "whose account it is, is not a member");
  books.currency = String(terms["currency"]);
  books.takeTerms(terms);
  books.takeKey(text(leaf, "vkey"));
};

const amend: Rule = (books, leaf) => {
  const set = leaf["set"] as Body;
  must(Date.parse(text(leaf, "from")) - Date.parse(text(leaf, "day")) >= NOTICE, "an amendment needs seven days' notice");
  must(Object.keys(set).length > 0, "this amendment changes nothing");
  must(Number(set["goal"] ?? books.terms["goal"]) > books.counted, "the new goal is not above what is already counted");
  checkPerson(books, leaf, set);
  books.pending.push(leaf);
};

/** Whose account it is signs for it (src/panah/core/announced.py); the signatures have been checked. */
function checkPerson(books: Books, leaf: Leaf, set: Body): void {
  if (!("payee" in set) && !("rails" in set)) return;
  const ahead = [...books.pending].sort((a, b) => (text(a, "from") < text(b, "from") ? -1 : text(a, "from") > text(b, "from") ? 1 : 0));
  const terms = Object.assign({}, books.terms, ...ahead.map((one) => one["set"]), set) as Body;
  const payee = terms["payee"] as Body;
  const names = (leaf["sig"] as [string, string][]).map(([name]) => name);
  const signed = books.roster.has(payee["person"]) && names.includes(String(payee["person"]));
  must(payee["private"] !== 1 || signed, "the money would go to a private person who has not signed for it");
}

const life: Rule = (books, leaf) => {
  if (leaf["to"] === "open") {
    must(books.state === "draft", "only a draft can open");
    must(leaf["vkey"] === books.vkeys[books.vkeys.length - 1], "the team did not sign the log's key on opening");
    books.state = "open";
    books.fill(books.goal - books.counted);
  } else {
    must(books.state === "open" || books.state === "met", "only an open or met fund can wind up");
    must(!("vkey" in leaf), "only the leaf that opens the fund names the log's key");
    books.state = "winding";
    books.room = 0;
    books.pending = []; // no fund that ends changes its rules
  }
};

const railIsNamed = (books: Books, leaf: Leaf): void =>
  must(books.rails.has(text(leaf, "rail")), "the charter names no such rail");

/** Value a gift in other money at its rate, which one source says only once. */
function foreignValue(books: Books, leaf: Leaf): number {
  const [currency, rate, source] = [text(leaf, "cur"), text(leaf, "rate"), `${text(leaf, "cur")} ${text(leaf, "source")}`];
  must(books.currencies.has(currency), `the charter accepts no ${currency}`);
  must((books.rates.get(source) ?? rate) === rate, "another gift names another rate of the same source");
  books.rates.set(source, rate);
  const value = worth(whole(leaf, "amount"), currency, rate, books.currency);
  must(value <= Number.MAX_SAFE_INTEGER, "this gift is worth more than a leaf can hold");
  return value;
}

const gift: Rule = (books, leaf) => {
  const [amount, counted, currency] = [whole(leaf, "amount"), whole(leaf, "counted"), text(leaf, "cur")];
  const own = currency === books.currency;
  const rated = "rate" in leaf && "source" in leaf;
  must(own ? !("rate" in leaf || "source" in leaf) : rated, "a gift in foreign money, and only it, names a rate");
  const value = own ? amount : foreignValue(books, leaf);
  railIsNamed(books, leaf);
  must(counted <= value, "more is counted than was given");
  must(counted <= books.room, books.state === "open" ? "more would be counted than the goal" : "the fund counts no new gifts");
  const rail = text(leaf, "rail");
  books.store.add(books.size, { amount, counted, held: value - counted, foreign: !own, rail, currency });
  books.assets.move(`assets:${rail}`, currency, amount);
  books.gifts += 1;
  books.gross += value;
  books.held += value - counted;
  books.counted += counted;
  if (counted) books.fill(books.room - counted);
};

const takeBack: Rule = (books, leaf) => {
  const [index, amount, counted] = [whole(leaf, "gift"), whole(leaf, "amount"), whole(leaf, "counted")];
  const given = books.store.find(index);
  const before = given.counted + given.held;
  // Proportional: what stays is worth its share of what was left. In the fund's own money this is the amount itself.
  const held = before - share(before, Math.max(0, given.amount - amount), given.amount) - counted;
  const fits = amount <= given.amount && counted <= given.counted && held >= 0 && held <= given.held;
  must(fits, `more is taken back than is left of the gift in leaf ${index}`);
  const left = { ...given, amount: given.amount - amount, counted: given.counted - counted, held: given.held - held };
  books.store.leave(index, left);
  books.assets.move(`assets:${given.rail}`, given.currency, -amount);
  books.counted -= counted;
  books.held -= held;
  books.returned += counted + held;
  if (books.state === "open") books.room += counted;
};

const count: Rule = (books, leaf) => {
  const [index, amount] = [whole(leaf, "gift"), whole(leaf, "counted")];
  const given = books.store.find(index);
  must(amount <= given.held, `more is counted than is held of the gift in leaf ${index}`);
  must(books.counted + amount <= books.goal, "more would be counted than the goal");
  books.store.leave(index, { ...given, counted: given.counted + amount, held: given.held - amount });
  books.counted += amount;
  books.held -= amount;
  if (books.state === "open") books.fill(books.room - amount);
};

const overflow: Rule = (books, leaf) => {
  const [index, amount, to] = [whole(leaf, "gift"), whole(leaf, "amount"), text(leaf, "to")];
  const given = books.store.find(index);
  must(amount <= given.held, `more is moved than is held of the gift in leaf ${index}`);
  const promised = books.terms["overflow"];
  const leftover = promised === "return" && to === "reserve" && books.state === "winding";
  must(to === promised || leftover, `the charter's overflow rule is ${String(promised)}`);
  const names = (books.terms["siblings"] as { name: string }[]).map((sibling) => sibling.name);
  const named = to === "pass-on" ? names.includes(text(leaf, "sibling")) : !("sibling" in leaf);
  must(named, "money is passed on only to a sibling fund that the charter names");
  const before = given.counted + given.held;
  // What went elsewhere can't go back to its giver as well.
  books.store.leave(index, { ...given, amount: share(given.amount, before - amount, before), held: given.held - amount });
  books.held -= amount;
  if (to === "pass-on") books.passedOn += amount;
  else books.reserved += amount;
};

const fee: Rule = (books, leaf) => {
  railIsNamed(books, leaf);
  if (leaf["cur"] === books.currency) books.fees += whole(leaf, "amount");
  books.assets.move(`assets:${text(leaf, "rail")}`, text(leaf, "cur"), -whole(leaf, "amount"));
};

const freeze: Rule = (books, leaf) => {
  railIsNamed(books, leaf);
  const [rail, currency, amount] = [text(leaf, "rail"), text(leaf, "cur"), whole(leaf, "amount")];
  const there = books.assets.on(`assets:${rail}`, currency);
  must(amount <= Math.max(0, there), "more is called stuck than the books have on this rail");
  books.assets.move(`assets:${rail}`, currency, -amount);
  books.assets.move(STUCK + rail, currency, amount);
};

const thaw: Rule = (books, leaf) => {
  const [rail, currency, amount] = [text(leaf, "rail"), text(leaf, "cur"), whole(leaf, "amount")];
  must(amount <= books.assets.on(STUCK + rail, currency), "more is thawed than is stuck on this rail");
  books.assets.move(STUCK + rail, currency, -amount);
  if (leaf["to"] === "release") books.assets.move(`assets:${rail}`, currency, amount);
};

const settle: Rule = (books, leaf) => {
  const [from, to] = [text(leaf, "from"), text(leaf, "to")];
  must(from.startsWith("assets:") && to.startsWith("assets:"), "money is settled only between the fund's own assets");
  must(!from.startsWith(STUCK) && !to.startsWith(STUCK), "money that is stuck moves only by freeze and thaw");
  if (leaf["cur"] === leaf["into"]) {
    must(leaf["in"] === leaf["out"], "what leaves one account does not arrive in the other");
    must(from !== to, "money is settled from an account to itself");
  }
  books.assets.move(from, text(leaf, "cur"), -whole(leaf, "out"));
  books.assets.move(to, text(leaf, "into"), whole(leaf, "in"));
};

const close: Rule = (books) => {
  must(books.held === 0, "gifts are still held: a fund can't close with them");
  must(!books.assets.stuck, "money is still stuck on a rail: a fund can't close with it");
  books.state = "closed";
};

export const RULES: { readonly [kind: string]: Rule } = {
  charter,
  amend,
  life,
  gift,
  "gift-void": takeBack,
  "gift-return": takeBack,
  count,
  overflow,
  fee,
  settle,
  freeze,
  thaw,
  close,
  roster: (books, leaf) => books.roster.replace(books.size, leaf),
  notice: (books, leaf) => books.roster.announce(books.size, leaf, books.day),
  key: (books, leaf) => books.takeKey(text(leaf, "vkey")),
};
