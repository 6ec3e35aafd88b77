"""What a member sees first: who waits, what has its day, what came, and which duties of the team stand."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Final

from panah.core.casework import Case
from panah.core.casework_clocks import Due, dues
from panah.desk.vault.desk import Desk

SOON: Final = dt.timedelta(days=14)
"""How far ahead days are told."""
URGENT: Final = dt.timedelta(days=3)
ROSTER_WARNS: Final = 10
"""Days before the team's keys end on which the page begins to say so."""


@dataclass(slots=True)
class Overview:
    """`urgent` and `soon`: (due, case), the next first; `waiting`: cases whose people had the last word, mine first;
    `asks`, `offers`, `words`: letters nobody has dealt with. `roster_ends`: the last day of the team's keys.
    """

    urgent: list[tuple[Due, Case]] = field(default_factory=list)
    soon: list[tuple[Due, Case]] = field(default_factory=list)
    waiting: list[Case] = field(default_factory=list)
    asks: int = 0
    offers: int = 0
    words: int = 0
    unread: int = 0
    live: int = 0
    out: int = 0
    met: str = ""
    roster_ends: dt.date | None = None
    roster_warns: bool = False


def look(desk: Desk, today: dt.date) -> Overview:
    """Give the overview."""
    seen = Overview(unread=len(desk.state.unread), out=desk.store.waits(), met=desk.known.day)
    for key in desk.state.ids():
        case = desk.state.case(key)
        seen.live += case.is_live
        if case.is_live and case.unanswered:
            seen.waiting.append(case)
        for due in dues(case, today):
            if due.day <= today + URGENT:
                seen.urgent.append((due, case))
            elif due.day <= today + SOON:
                seen.soon.append((due, case))
    seen.waiting.sort(key=lambda case: (desk.name not in case.members, case.messages[-1].day, case.id))
    for pile in (seen.urgent, seen.soon):
        pile.sort(key=lambda entry: (entry[0].day, entry[1].id))
    dealt = desk.dealt_with()
    for digest, letter in desk.state.letters.items():
        if digest.hex() not in dealt:
            seen.asks += letter.kind == "ask"
            seen.offers += letter.kind == "offer"
            seen.words += letter.kind in {"message", "delete"}
    if desk.known.rosters:
        seen.roster_ends = desk.roster.until
        seen.roster_warns = (desk.roster.until - today).days <= ROSTER_WARNS
    return seen


def key_days(desk: Desk) -> dict[str, Any]:
    """Tell whose desk this is and of which fund."""
    return {"name": desk.name, "origin": desk.fund.origin, "site": desk.fund.site}
