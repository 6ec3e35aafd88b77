"""What status and doctor say of intake: is it open, until when, how much waits, roughly. Nothing of people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from panah.core.intake import LEAST
from panah.site.relay.queries import intake_of, waiting

if TYPE_CHECKING:
    from panah.storage.funds import FundHome
    from panah.storage.rows import FundRules


def tell_intake(fund: FundHome) -> str:
    """Tell how intake stands, in one line."""
    today = dt.datetime.now(dt.UTC).date()
    there = intake_of(fund, today)
    if there.until is None:
        return f"closed; at the relay: {waiting(fund)}"
    full = " (today's quota is used up)" if not there.used["script"].has_room(1, vouched=False) else ""
    return f"open until {there.until}{full}; at the relay: {waiting(fund)}"


def look_at_intake(fund: FundHome, rules: FundRules) -> Iterator[tuple[str, str]]:
    """Give what is wrong, and how to mend it."""
    today = dt.datetime.now(dt.UTC).date()
    there = intake_of(fund, today)
    roster: Any = rules.roster
    if there.answers and there.until is None and len(there.live) < LEAST and roster["until"] >= today.isoformat():
        yield (
            "panah.W013: Intake is closed: fewer than two members answered a challenge in the last week.",
            "Two members who open intake unlock their desks; each answers by itself.",
        )
    elif there.until is not None and (there.until - today).days < 2:
        yield (
            f"panah.W014: Intake closes after {there.until} unless another member answers a challenge.",
            "Members who open intake unlock their desks; each answers by itself.",
        )
