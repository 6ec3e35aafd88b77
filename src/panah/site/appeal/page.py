"""The appeal: what the fund is for, how far it is, how to give, and who receives the money."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from babel import Locale
from django.utils.translation import gettext, override

from panah.core.charter import Charter
from panah.core.fund import Act, allows
from panah.errors import N_
from panah.site.publish import progress
from panah.site.publish.page import Frame, draw
from panah.site.publish.tongues import tongue
from panah.site.publish.view import FundView
from panah.site.updates.texts import chosen, shown_updates

if TYPE_CHECKING:
    from collections.abc import Collection

CSS: Final = ("site/appeal/appeal.css",)

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


def render(view: FundView, frame: Frame) -> bytes:
    """Draw the appeal in the frame's language."""
    charter, tag = view.charter, frame.tag
    story = chosen(view.story, tag) if view.story and not view.story.withdrawn else None
    context: dict[str, Any] = {
        "view": view,
        "progress": progress.shown(view.state, view.counted, charter.goal.minor, charter.currency),
        "gives": is_giving(view),
        "updates": [text for text in (chosen(update, tag) for update in shown_updates(view)[:3]) if text],
        "story": story,
    }
    words = charter_words(charter, tag) | rail_words(charter, view.stopped, tag)
    return draw("site/appeal/index.html", frame, context | words, css=CSS)


def is_giving(view: FundView) -> bool:
    """Tell whether the page offers to give."""
    return allows(view.state, Act.GIVE) and not view.gifts_paused and not view.stopped >= set(view.charter.rails)


def rail_words(charter: Charter, stopped: Collection[str], tag: str) -> dict[str, Any]:
    """Name the ways of giving that go on, and those that are stopped now."""
    with override(tongue(tag).django):
        names = {rail: gettext(RAIL_NAMES[rail]) for rail in sorted(charter.rails)}
    return {
        "rails": [name for rail, name in names.items() if rail not in stopped],
        "stopped": [name for rail, name in names.items() if rail in stopped],
    }


def charter_words(charter: Charter, tag: str) -> dict[str, Any]:
    """Give the charter's texts and the names of its rules in one language."""
    texts = ("name", "scope", "surplus", "shortfall", "payee.tax", "payee.refund", "payee.seen")
    with override(tongue(tag).django):
        return {
            "say": {path.rpartition(".")[2]: charter.text(path, tag) for path in texts},
            "country": country_name(charter.payee.country, tag),
            "overflow": gettext(OVERFLOW_RULES[charter.overflow]),
            "rails": [gettext(RAIL_NAMES[rail]) for rail in sorted(charter.rails)],
            "purposes": gettext(", ").join(gettext(PURPOSE_NAMES[name]) for name in charter.purposes),
        }


def country_name(code: str, tag: str) -> str:
    """Name a country in a language; its code stands in where CLDR has no name."""
    locale = Locale.parse(tongue(tag).django, sep="-")
    return str(locale.territories.get(code, code))
