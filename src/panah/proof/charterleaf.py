"""The shape of a charter: the keys of leaf 0's `charter` and of a `roster`, one by one (docs/spec/leaves.md).

What the values mean, and which of them contradict each other, is `core/charter_rules.py`.
"""

from __future__ import annotations

from typing import Final

from panah.proof.schema import Shape, by_language, day, listing, matching, octets, one_of, record, spoken, text, whole

CURRENCY: Final = matching(r"[A-Z]{3}", "a currency code such as EUR")
MEMBER_NAME: Final = matching(r"[a-z][a-z0-9-]{1,31}", "a pseudonym in small letters")
_flag = whole(0, 1)
_amount = whole(1)
# Hybrid and hardware recipients are refused until both libraries that seal can open them (docs/spec/envelope.md).
_seal = matching(r"age1(?!pq1|tag)[a-z0-9]{10,2000}", "an age recipient of the classic kind")
_member = record({"name": MEMBER_NAME, "sign": octets(32), "seal": _seal})
ROSTER: Final = record(
    {"members": listing(_member, 40, 3), "until": day},
    {"intake": listing(MEMBER_NAME, 16, 2)},  # who opens what people send; without it all members
)

CHARTER_KEYS: Final[dict[str, Shape]] = {
    "name": by_language(80),
    "scope": by_language(700),
    "languages": listing(matching(r"[a-z]{2,3}(-[A-Z]{2})?", "a language tag"), 12, 1),
    "currency": CURRENCY,
    "goal": _amount,
    "minimum": _amount,
    "suggestions": listing(_amount, 6),
    "purposes": listing(matching(r"[a-z-]{3,24}", "a purpose"), 20, 1),
    "overflow": one_of("return", "pass-on", "reserve"),
    "surplus": by_language(500),
    "shortfall": by_language(500),
    "siblings": listing(record({"name": text(80), "url": matching(r"https?://[!-~]{3,200}", "a web address")}), 10),
    "rails": record(
        {},
        {
            "bank": record(
                {
                    "payee": text(70),
                    "iban": matching(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", "an IBAN without spaces"),
                },
                {"bic": matching(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?", "a BIC")},
            ),
            "card": record({"account": text(80)}),
            "cash": record({}),
            "fake": record({}),
            "monero": record({"address": text(120)}),
            "bitcoin": record({"address": text(200)}),
        },
    ),
    "payee": record(
        {
            "form": spoken(120),
            "holder": text(120),
            "country": matching(r"[A-Z]{2}", "a country code such as DE"),
            "private": _flag,
            "statement": text(70),
            "tax": by_language(400),
            "refund": by_language(400),
            "seen": by_language(400),
        },
        {"person": MEMBER_NAME},  # the member who holds the account, when it is a private person's
    ),
    "contact": text(200),
    "auditor": record({"name": spoken(120)}, {"key": octets(32)}),
    "batch": whole(1, 86400),
    "demo": _flag,
    "founded": day,
    "release": record({"delay": whole(0, 365), "k": whole(5, 100)}),
    "roster": ROSTER,
}
CHARTER_OPTIONAL: Final[dict[str, Shape]] = {
    "accepts": listing(CURRENCY, 12),  # beside the fund's own
    "outside": record({"k": whole(2, 20), "keys": listing(octets(32), 20, 2)}),
    "previous": record({"origin": text(200), "leaf": octets(32)}),
}
AMENDABLE: Final = {
    key: shape
    for key, shape in (CHARTER_KEYS | CHARTER_OPTIONAL).items()
    if key not in {"roster", "demo", "founded", "currency", "previous", "languages"}
} | {"languages": CHARTER_KEYS["languages"]}
