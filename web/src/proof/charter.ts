// The shape of a charter (mirror of CHARTER_KEYS in src/panah/proof/leaf.py).

import { LANGUAGE, type Shapes, byLanguage, day, listing, matching, octets, oneOf, record, spoken, text, whole } from "./schema.ts";

const flag = whole(0, 1);
const amount = whole(1);
export const currency = matching("[A-Z]{3}", "a currency code such as EUR");

const memberName = matching("[a-z][a-z0-9-]{1,31}", "a pseudonym in small letters");
const member = record({
  name: memberName,
  sign: octets(32),
  seal: matching("age1(?!pq1|tag)[a-z0-9]{10,2000}", "an age recipient of the classic kind"),
});

export const roster = record(
  { members: listing(member, 40, 3), until: day },
  { intake: listing(memberName, 16, 2) },
);

const rails = record(
  {},
  {
    bank: record(
      { payee: text(70), iban: matching("[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", "an IBAN without spaces") },
      { bic: matching("[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?", "a BIC") },
    ),
    card: record({ account: text(80) }),
    cash: record({}),
    fake: record({}),
    monero: record({ address: text(120) }),
    bitcoin: record({ address: text(200) }),
  },
);

const payee = record(
  {
    form: spoken(120),
    holder: text(120),
    country: matching("[A-Z]{2}", "a country code such as DE"),
    private: flag,
    statement: text(70),
    tax: byLanguage(400),
    refund: byLanguage(400),
    seen: byLanguage(400),
  },
  { person: memberName }, // the member who holds the account, when it is a private person's
);

export const CHARTER: Shapes = {
  name: byLanguage(80),
  scope: byLanguage(700),
  languages: listing(matching(LANGUAGE, "a language tag"), 12, 1),
  currency,
  goal: amount,
  minimum: amount,
  suggestions: listing(amount, 6),
  purposes: listing(matching("[a-z-]{3,24}", "a purpose"), 20, 1),
  overflow: oneOf("return", "pass-on", "reserve"),
  surplus: byLanguage(500),
  shortfall: byLanguage(500),
  siblings: listing(record({ name: text(80), url: matching("https?://[!-~]{3,200}", "a web address") }), 10),
  rails,
  payee,
  contact: text(200),
  auditor: record({ name: spoken(120) }, { key: octets(32) }),
  batch: whole(1, 86400),
  demo: flag,
  founded: day,
  release: record({ delay: whole(0, 365), k: whole(5, 100) }),
  roster,
};

export const CHARTER_OPTIONAL: Shapes = {
  accepts: listing(currency, 12), // beside the fund's own
  outside: record({ k: whole(2, 20), keys: listing(octets(32), 20, 2) }),
  previous: record({ origin: text(200), leaf: octets(32) }),
};

const FIXED = ["roster", "demo", "founded", "currency", "previous"];

/** What an `amend` leaf may set. */
export const AMENDABLE: Shapes = Object.fromEntries(
  Object.entries({ ...CHARTER, ...CHARTER_OPTIONAL }).filter(([key]) => !FIXED.includes(key)),
);
