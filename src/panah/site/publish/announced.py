"""Announced amendments in one language: which rule changes when, and what it says before and after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext, override

from panah.core.announced import AMOUNTS, BY_LANGUAGE, Announced, Change
from panah.errors import N_
from panah.site.publish.names import OVERFLOW_RULES, PURPOSE_NAMES, RAIL_NAMES, country_name
from panah.site.publish.tongues import tongue
from panah.site.publish.words import grouped, language_name

if TYPE_CHECKING:
    import datetime as dt

    from panah.site.publish.page import Frame

MOST: Final = 4
"""Rows of the appeal's card, which must stay light; the books have all."""
LONGEST: Final = 90
"""Characters of an old and a new value together that stand on the appeal."""

_NAMES: Final[dict[str, dict[Any, str]]] = {
    "rails": RAIL_NAMES, "purposes": PURPOSE_NAMES, "overflow": OVERFLOW_RULES,
    "payee.private": {0: N_("no"), 1: N_("yes")},
}  # fmt: skip
_SPELLED: Final[dict[str, Callable[[Any, str], str]]] = {
    "siblings": lambda one, _: f"{one['name']} ({one['url']})",
    "languages": lambda tag, _: language_name(tag),
    "payee.country": country_name,
    "rails.bank.iban": lambda iban, _: grouped(iban),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One changed rule, as it is shown. Both values are empty where they are too long for this page."""

    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Card:
    """What changes on one day; `more` tells that the books say more than these rows."""

    day: dt.date
    rows: tuple[Row, ...]
    more: bool = False


def cards(announced: Sequence[Announced], frame: Frame, *, brief: bool = False) -> list[Card]:
    """Give a card for each day; `brief` for the appeal."""
    with override(tongue(frame.tag).django):
        return [_card(one.day, one.changes, frame, brief=brief) for one in announced]


def account_cards(announced: Sequence[Announced], frame: Frame) -> list[Card]:
    """Give what changes where a giver's money goes, for the page on which somebody is about to pay."""
    with override(tongue(frame.tag).django):
        return [_card(one.day, one.accounts, frame, brief=False) for one in announced if one.accounts]


def _card(day: dt.date, changes: Sequence[Change], frame: Frame, *, brief: bool) -> Card:
    rows = []
    for change in changes[:MOST] if brief else changes:
        old, new = (_spell(change.path, value, frame) for value in (change.old, change.new))
        short = not brief or len(old) + len(new) <= LONGEST
        rows.append(Row(gettext(change.name), old if short else "", new if short else ""))
    return Card(day, tuple(rows), len(rows) < len(changes) or any(not row.new for row in rows))


def _spell(path: str, value: Any, frame: Frame) -> str:
    if value is None or value in ([], {}):
        return gettext("none")
    if path in BY_LANGUAGE and isinstance(value, dict):
        return str(value.get(frame.tag) or next(iter(value.values())))
    if isinstance(value, list):
        return gettext(", ").join(_spell_one(path, one, frame) for one in value)
    return _spell_one(path, value, frame)


def _spell_one(path: str, value: Any, frame: Frame) -> str:
    if path in AMOUNTS:
        return frame.words.money(value)
    if path in _NAMES:
        name = _NAMES[path].get(value)
        return gettext(name) if name else str(value)
    if path in _SPELLED:
        return _SPELLED[path](value, frame.tag)
    return frame.words.number(value) if isinstance(value, int) else str(value)
