"""Who a desk is: the header of a request against the roster in force, looked up anew each time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from panah.proof import relaysign
from panah.proof.relaywire import WireError
from panah.proof.signature import roster_keys
from panah.site.relay.forms import Refusal
from panah.site.relay.queries import desks

if TYPE_CHECKING:
    from panah.storage.funds import FundHome


@dataclass(frozen=True, slots=True)
class Desk:
    """A member whose signature held, and the log's newest roster leaf."""

    member: str
    roster: int


def know(fund: FundHome, path: str, header: str | None, body: bytes, now: dt.datetime) -> Desk:
    """Give whose desk sent this. Raises `Refusal`: one word for a stranger, a leaver and a wrong signature."""
    there = desks(fund)
    roster: Any = there.rules.roster
    try:
        sender = relaysign.read(header)
    except WireError:
        raise Refusal("stranger") from None
    public = roster_keys(roster).get(sender.name, b"")
    if not relaysign.holds(sender, public, origin=there.rules.origin, path=path, body=body, now=now):
        raise Refusal("stranger")
    if sender.roster != there.leaf:
        raise Refusal("roster")  # it signed with a key that still holds, but has not read the log
    return Desk(sender.name, there.leaf)
