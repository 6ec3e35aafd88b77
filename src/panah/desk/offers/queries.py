"""What members see of offers."""

from __future__ import annotations

import datetime as dt

from panah.core.teamwork import Offer
from panah.desk.vault.desk import Desk


def offers(desk: Desk, today: dt.date, *, kind: str = "", open_only: bool = False) -> list[Offer]:
    """List offers: those that wait for vetting or are frozen first, then by age."""
    found = [
        offer
        for offer in desk.team.offers.values()
        if (not kind or offer.kind == kind) and (not open_only or offer.is_open(today.isoformat()))
    ]
    return sorted(found, key=lambda one: (not one.is_frozen, not one.missing, one.since, one.id))
