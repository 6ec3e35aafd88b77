"""When a fund takes what people send, how much on one day, and when an envelope may go: rules without input or output.

Nothing is taken that perhaps nobody can open: two members must have shown within a week that their present keys work.
Nothing vanishes by one member's hand: an envelope goes when *all* whose turn it is have it, and they are two at least.
A roster comes as its leaf spells it (`members`, `until`, maybe `intake`). docs/spec/relay.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

LIVE_DAYS: Final = 7
"""How long an answer to a challenge keeps a member live."""
LEAST: Final = 2
KEEP_DAYS: Final = 90
KEEP_SPREAD: Final = 30
"""What nobody took goes 90 to 119 days after it came; which day is drawn, so that it does not tell when it came."""
VOUCHED_PART: Final = 4
"""One part in so many of a day's quota is kept for vouched codes."""

Answers = Mapping[str, tuple[dt.date, bytes]]
"""Member → day of the newest challenge answered, and what key opened it (`key_of`)."""


def key_of(recipient: str) -> bytes:
    """Name a member's age recipient in 32 bytes."""
    return sha256(recipient.encode()).digest()


def openers(roster: Mapping[str, Any]) -> dict[str, bytes]:
    """Give the members to whom asks and offers are sealed, with their present keys (`key_of`)."""
    keys = {member["name"]: key_of(member["seal"]) for member in roster["members"]}
    return {name: keys[name] for name in roster.get("intake") or keys}


def live(roster: Mapping[str, Any], answers: Answers, today: dt.date) -> frozenset[str]:
    """Give the openers who answered within `LIVE_DAYS`, with the key that the roster gives them now."""
    return frozenset(
        name
        for name, key in openers(roster).items()
        if name in answers and answers[name][1] == key and (today - answers[name][0]).days <= LIVE_DAYS
    )


def open_until(roster: Mapping[str, Any], answers: Answers, today: dt.date) -> dt.date | None:
    """Give the last day on which intake stays open if no member says more; None when it is not open today."""
    days = sorted((answers[name][0] for name in live(roster, answers, today)), reverse=True)
    end = dt.date.fromisoformat(roster["until"])
    if len(days) < LEAST or today > end:
        return None
    return min(days[LEAST - 1] + dt.timedelta(days=LIVE_DAYS), end)


def may_go(acknowledged: Collection[str], needed: Collection[str]) -> bool:
    """Tell whether all who need an envelope have it; never when fewer than two need it."""
    return len(needed) >= LEAST and set(needed) <= set(acknowledged)


@dataclass(frozen=True, slots=True)
class Quota:
    """A day's intake by one way: `limit`, and what senders without and with a voucher have used of it."""

    limit: int
    plain: int
    vouched: int

    def has_room(self, cost: int, *, vouched: bool) -> bool:
        """Tell whether `cost` more fits. Who is vouched for may use all of it, others leave a part alone."""
        if self.plain + self.vouched + cost > self.limit:
            return False
        return vouched or self.plain + cost <= self.limit - self.limit // VOUCHED_PART
