"""The team's own record: which asks are dealt with, and the offers. Same events and order as a case, read by all.

An offer is vetted by two members. A home is more than an offer: before anybody is sent there, its host's identity was
seen, two references were heard, two members noted a talk, and the guest has somebody to turn to outside the home. One
report freezes an offer on all desks at once; it takes two members, neither the reporter, to lift that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from panah.core.casework import Aside, Mailbox, Message, in_order
from panah.core.casework_events import Event

VETTED_BY: Final = 2
_HOME: Final = (("identity", 1), ("reference", 2), ("talk", 2), ("contact-outside", 1))
"""Checks of a host's home, and from how many members (references: how many)."""


@dataclass(slots=True)
class Offer:
    """An offer after its events. `said` is what was offered, as it came."""

    id: str
    kind: str
    said: dict[str, Any]
    since: str
    state: str = "open"
    label: str = ""
    mailboxes: dict[str, Mailbox] = field(default_factory=dict)
    notes: list[Event] = field(default_factory=list)
    checks: list[Event] = field(default_factory=list)
    vetted_by: dict[str, str] = field(default_factory=dict)
    reported_by: dict[str, str] = field(default_factory=dict)
    lifted_by: dict[str, str] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)

    @property
    def is_frozen(self) -> bool:
        """Somebody reported it, and no two others have lifted that since."""
        return bool(self.reported_by) and len(self.lifted_by.keys() - self.reported_by.keys()) < VETTED_BY

    @property
    def missing(self) -> list[str]:
        """What vetting still lacks, in the words of the events; empty: as far as vetting goes it can be matched."""
        lacks = [] if len(self.vetted_by) >= VETTED_BY else ["vetted"]
        if self.kind != "host-home":
            return lacks
        return [check for check, needed in _HOME if self._count(check) < needed] + lacks

    def _count(self, check: str) -> int:
        found = [event for event in self.checks if event.what["check"] == check]
        # Two references may be heard by one member; a talk is noted by two.
        return len({event.by for event in found}) if check == "talk" else len({event.what["text"] for event in found})

    def is_open(self, today: str) -> bool:
        """It can be matched: vetted, not frozen, not taken, not past its last day."""
        in_time = not self.said.get("until") or today <= self.said["until"]
        return self.state == "open" and in_time and not self.is_frozen and not self.missing


@dataclass(slots=True)
class Team:
    """The record after its events. `taken`: SHA-256 of an ask's envelope → the case it went into ("": not told).
    `agreed`: source → who said that it is dealt with. `shredding`: case → who ever could open it.
    """

    offers: dict[str, Offer] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)
    dropped: dict[str, str] = field(default_factory=dict)
    agreed: dict[str, set[str]] = field(default_factory=dict)
    shredding: dict[str, set[str]] = field(default_factory=dict)
    set_aside: list[Aside] = field(default_factory=list)


def fold_team(events: Iterable[Event], trusted: Callable[[str], bool] = lambda _: True) -> Team:
    """Fold the team's record; `trusted` tells whether somebody may write into it."""
    team = Team()
    for event in in_order(events):
        rule = _RULES.get(event.what["type"])
        why = "not-a-member" if not trusted(event.by) else rule(team, event) if rule else "unknown"
        if why:
            team.set_aside.append(Aside(event, why))
    return team


def _taken(team: Team, event: Event) -> None:
    # Two desks may take one ask at once: the smaller case is as good, and the same everywhere.
    into = event.what.get("into", "")
    known = team.taken.get(event.what["source"])
    team.taken[event.what["source"]] = into if known is None else min(known, into)
    _agree(team, event)


def _agree(team: Team, event: Event) -> None:
    team.agreed.setdefault(event.what["source"], set()).add(event.by)


def _shred_asked(team: Team, event: Event) -> None:
    team.shredding.setdefault(event.what["case"], set()).update(event.what["holders"])


def _dropped(team: Team, event: Event) -> None:
    team.dropped[event.what["source"]] = event.what["why"]
    _agree(team, event)


def _offer(team: Team, event: Event) -> str | None:
    what = event.what
    if what["offer"] in team.offers:
        return "beginning"
    if "source" in what:
        if what["source"] in team.taken:
            return "beginning"  # two desks took the same one: the first in order stands
        team.taken[what["source"]] = ""
        _agree(team, event)
    offer = Offer(what["offer"], what["kind"], dict(what), event.at, label=what.get("label", ""))
    if "mailbox" in what and "address" in what:
        box = what["mailbox"]
        offer.mailboxes[what["address"]] = Mailbox(
            what["address"], box["recipient"], box["deletion"], what.get("lang", "en")
        )
    team.offers[offer.id] = offer
    return None


def _on(rule: Callable[[Offer, Event], str | None]) -> Callable[[Team, Event], str | None]:
    def apply(team: Team, event: Event) -> str | None:
        offer = team.offers.get(event.what["offer"])
        return "unknown" if offer is None else rule(offer, event)

    return apply


def _check(offer: Offer, event: Event) -> None:
    offer.checks.append(event)


def _vetted(offer: Offer, event: Event) -> None:
    offer.vetted_by.setdefault(event.by, event.at)


def _state(offer: Offer, event: Event) -> str | None:
    offer.state = event.what["to"]
    return None


def _report(offer: Offer, event: Event) -> None:
    if not offer.is_frozen:
        offer.reported_by = {}
    offer.reported_by[event.by] = event.what["why"]
    offer.lifted_by = {}
    offer.vetted_by = {}  # whoever vouched looks again


def _lifted(offer: Offer, event: Event) -> str | None:
    if event.by in offer.reported_by or not offer.is_frozen:
        return "life"
    offer.lifted_by[event.by] = event.at
    return None


def _note(offer: Offer, event: Event) -> None:
    offer.notes.append(event)


def _reply(offer: Offer, event: Event) -> str | None:
    what = event.what
    offer.messages.append(
        Message(True, event.by, what["day"], what["lang"], what["text"], what["address"], slot=what["slot"])
    )
    return None


def _message(offer: Offer, event: Event) -> str | None:
    what = event.what
    if what["source"] not in {one.source for one in offer.messages}:
        files = list(what.get("files", ()))
        offer.messages.append(
            Message(
                False, event.by, what["day"], what["lang"], what["text"], what["address"], what["source"], files=files
            )
        )
    return None


_RULES: Final[dict[str, Callable[[Team, Event], str | None]]] = {
    "taken": _taken, "shred-asked": _shred_asked,
    "dropped": _dropped, "offer": _offer, "offer-note": _on(_note), "offer-check": _on(_check),
    "offer-vetted": _on(_vetted), "offer-state": _on(_state), "offer-report": _on(_report),
    "offer-lifted": _on(_lifted), "offer-reply": _on(_reply), "offer-message": _on(_message),
}  # fmt: skip
