"""What a charter's fixed words are called on the pages: ways to give, rules, purposes, countries."""

from __future__ import annotations

from typing import Final

from babel import Locale

from panah.errors import N_
from panah.site.publish.tongues import tongue

RAIL_NAMES: Final[dict[str, str]] = {
    "bank": N_("bank transfer"),
    "card": N_("card"),
    "cash": N_("cash"),
    "fake": N_("play money (demo)"),
    "monero": N_("Monero"),
    "bitcoin": N_("Bitcoin"),
}
OVERFLOW_RULES: Final[dict[str, str]] = {
    "return": N_("What arrives past the goal goes back to its giver."),
    "pass-on": N_("What arrives past the goal is passed on to a sibling fund."),
    "reserve": N_("What arrives past the goal is kept as a reserve."),
}
PURPOSE_NAMES: Final[dict[str, str]] = {
    "food": N_("food"),
    "shelter": N_("shelter"),
    "health": N_("health"),
    "mental-health": N_("mental health"),
    "winter-and-energy": N_("winter and energy"),
    "communications": N_("phone and internet"),
    "documents-and-visas": N_("documents and visas"),
    "legal-aid": N_("legal aid"),
    "lawful-travel": N_("lawful travel"),
    "livelihood": N_("livelihood"),
    "education": N_("education"),
    "cash-relief": N_("cash relief"),
    "fees": N_("bank and provider fees"),
}


def country_name(code: str, tag: str) -> str:
    """Name a country in a language; its code stands in where CLDR has no name."""
    locale = Locale.parse(tongue(tag).django, sep="-")
    return str(locale.territories.get(code, code))
