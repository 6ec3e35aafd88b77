"""The form of charter.toml: which tables and keys there are, and the terms that they become.

One-to-one with `CHARTER_KEYS` in `proof/charterleaf.py` (a test compares them); docs/spec/charter.md explains
each key to a writer. Short things stand under [fund], texts by language in tables of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from panah.core import charter_toml as t
from panah.errors import N_

if TYPE_CHECKING:
    import datetime as dt

    from panah.core.charter_rules import Findings

Terms = dict[str, Any]

_HOST: Final = r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(/[a-z0-9-]+)*"
_MEMBER: Final = r"[a-z][a-z0-9-]{1,31}"


def _squeeze(value: str) -> str:
    return "".join(value.split()).upper()


def _fund(currency: str) -> tuple[dict[str, t.Read], dict[str, t.Read]]:
    amount = t.money(currency)
    needed: dict[str, t.Read] = {
        "origin": t.like(_HOST, N_("An origin looks like fund.example/2021: a host name, then words.")),
        "languages": t.many(t.like(r"[a-z]{2,3}(-[A-Z]{2})?", N_("This is not a language tag.")), 12, 1),
        "currency": t.like(r"[A-Z]{3}", N_("Write an ISO 4217 code such as EUR.")),
        "goal": amount,
        "minimum": amount,
        "purposes": t.many(t.like(r"[a-z-]{3,24}", N_("This is not a relief purpose.")), 20, 1),
        "overflow": t.like(r"return|pass-on|reserve", N_('Choose "return", "pass-on" or "reserve".')),
        "contact": t.like(r"[^\s@]+@[^\s@]+\.[^\s@]+|https?://[!-~]{3,190}", N_("Write an e-mail or web address.")),
        "founded": t.day,
    }
    extra: dict[str, t.Read] = {
        "accepts": t.many(t.like(r"[A-Z]{3}", N_("Write an ISO 4217 code such as EUR.")), 12),
        "suggestions": t.many(amount, 6),
        "batch": t.between(1, 86400),
        "demo": t.flag,
        "siblings": t.like(r"none", N_('Write siblings = "none", or name them under [[siblings]].')),
    }
    return needed, extra


_RAILS: Final[dict[str, t.Read]] = {
    "bank": t.record(
        {
            "payee": t.prose(70),
            "iban": t.like(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", N_("An IBAN has two letters, then digits."), _squeeze),
        },
        {"bic": t.like(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?", N_("A BIC has 8 or 11 characters."), _squeeze)},
    ),
    "card": t.record({"account": t.prose(80)}),
    "cash": t.record({}),
    "fake": t.record({}),
    "monero": t.record({"address": t.prose(120)}),
    "bitcoin": t.record({"address": t.prose(200)}),
}
_PSEUDONYM: Final = t.like(_MEMBER, N_("A member's name is a pseudonym in small Latin letters."))
_PAYEE: Final[dict[str, t.Read]] = {
    "form": t.spoken(120),
    "holder": t.prose(120),
    "country": t.like(r"[A-Z]{2}", N_("Write a country code such as DE.")),
    "private": t.flag,
    "statement": t.prose(70),
    "tax": t.by_language(400),
    "refund": t.by_language(400),
    "seen": t.by_language(400),
}
_SIBLING: Final = t.record({"name": t.prose(80), "url": t.like(r"https?://[!-~]{3,200}", N_("Write a web address."))})
_KEYS: Final = t.many(t.octets(32), 20, 2)
MEMBER: Final = t.record(
    {
        "name": _PSEUDONYM,
        "sign": t.octets(32),
        "seal": t.like(r"age1(?!pq1|tag)[a-z0-9]{10,2000}", N_("This is not an age recipient.")),
    }
)
_TABLES: Final[dict[str, t.Read]] = {
    "name": t.by_language(80),
    "scope": t.by_language(700),
    "surplus": t.by_language(500),
    "shortfall": t.by_language(500),
    "rails": t.record({}, _RAILS),
    "payee": t.record(_PAYEE, {"person": _PSEUDONYM}),
    "auditor": t.record({"name": t.spoken(120)}, {"key": t.octets(32)}),
}
_OPTIONAL: Final[dict[str, t.Read]] = {
    "siblings": t.many(_SIBLING, 10),
    "release": t.record({}, {"delay": t.between(0, 365), "k": t.between(5, 100)}),
    "outside": t.record({"k": t.between(2, 20), "keys": _KEYS}),
    "previous": t.record({"origin": t.like(_HOST, N_("This is not an origin.")), "leaf": t.octets(32)}),
}
_ROSTER: Final = t.record(
    {"until": t.day, "members": t.many(MEMBER, 40)},
    {"intake": t.many(_PSEUDONYM, 16, 2)},
)


def read(text: str, found: Findings, roster: Terms | None = None, founded: dt.date | None = None) -> tuple[str, Terms]:
    """Read charter.toml into (origin, terms); what is wrong is noted in `found`.

    `roster` and `founded` stand in for what the file says: a demo makes both when it is set up.
    """
    raw = t.parse(text, found)
    if found.problems:
        return "", {}
    head: Any = raw.pop("fund", None)
    if founded and isinstance(head, dict):
        head = head | {"founded": founded}
    currency = head.get("currency") if isinstance(head, dict) else None
    needed, extra = _fund(currency if isinstance(currency, str) else "")
    fund = t.table(head, "fund", found, needed, extra)
    if roster is not None:
        raw.pop("roster", None)
    terms = t.table(raw, "", found, _TABLES | ({} if roster else {"roster": _ROSTER}), _OPTIONAL)
    if roster is not None:
        terms["roster"] = roster
    origin = fund.pop("origin", "")
    _settle_siblings(fund, terms, found)
    demo = fund.get("demo", 0)
    defaults = {"suggestions": [], "demo": 0, "batch": t.DEMO_BATCH if demo else t.BATCH}
    terms["release"] = {"delay": 30, "k": 5} | terms.get("release", {})
    return origin, defaults | fund | terms


def _settle_siblings(fund: Terms, terms: Terms, found: Findings) -> None:
    none = fund.pop("siblings", None) == "none"
    if none and terms.get("siblings"):
        found.note("fund.siblings", N_("Sibling funds are named and also said to be none."))
    elif none:
        terms["siblings"] = []
    elif "siblings" not in terms:
        found.note("siblings", N_("Nothing is said about sibling funds."),
                   N_('Name them under [[siblings]], or write siblings = "none" under [fund].'))  # fmt: skip
