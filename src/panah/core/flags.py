"""Which gifts a person should look at: very large ones, and the traces of somebody trying stolen cards.

A flag decides nothing and is never public: it says "look", and members may answer with a gift-return. Pure;
days and amounts are all it sees, since nothing finer is kept.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

LARGE_SHARE: Final = 10
"""A gift of a tenth of the goal or more: welcome, and worth asking the giver or the bank before it is spent."""
SMALL_TIMES: Final = 3
"""Up to three times the smallest gift: who tries cards takes as little as goes."""
EQUAL_MANY: Final = 12
"""So many equal small gifts by one rail on one day."""
REFUSED_MANY: Final = 12
"""So many tries of one day and rail that the provider refused…"""
REFUSED_SHARE: Final = 2
"""…and they are at least half of all tries."""
TRIED_RAILS: Final = frozenset({"card", "fake"})
"""Rails on which a stranger can try many times without money of his own."""


class Why(StrEnum):
    """Why to look."""

    LARGE = "large"
    EQUAL = "equal"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a gift; minor units of the fund's currency. `arrived` is False for a refused try."""

    gift: str
    day: dt.date
    rail: str
    amount: int
    arrived: bool


@dataclass(frozen=True, slots=True)
class Flag:
    """One gift to look at, and why."""

    seen: Seen
    why: Why


def flags(gifts: Iterable[Seen], goal: int, minimum: int) -> list[Flag]:
    """Give the gifts that a person should look at, in the order in which they came."""
    seen = list(gifts)
    tried = [one for one in seen if one.rail in TRIED_RAILS]
    equal = Counter((one.day, one.rail, one.amount) for one in tried if one.amount <= SMALL_TIMES * minimum)
    tries = Counter((one.day, one.rail) for one in tried)
    refused = Counter((one.day, one.rail) for one in tried if not one.arrived)
    found = []
    for one in seen:
        if not one.arrived:
            continue
        day = (one.day, one.rail)
        if one.amount * LARGE_SHARE >= goal:
            found.append(Flag(one, Why.LARGE))
        elif equal[(*day, one.amount)] >= EQUAL_MANY:
            found.append(Flag(one, Why.EQUAL))
        elif refused[day] >= REFUSED_MANY and refused[day] * REFUSED_SHARE >= tries[day]:
            found.append(Flag(one, Why.REFUSED))
    return found
