"""A case as its events tell it: the fold, and the order in which every desk folds.

Promises: the same set of events gives the same case, in whatever order they came and however often. Events are sorted
by (lamport, id, hash); what a rule refuses stands in `set_aside` with the reason and changes nothing, so no event can
make a desk stop. Pure: whose signatures held and what things are called is handed in.

A household is kept whole: a person can be said to have left, never cut out. Nothing here publishes, matches or pays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from panah.core.casework_events import VOIDABLE, Event
from panah.core.casework_life import LIVE, Status


@dataclass(slots=True)
class Mailbox:
    """A way to answer. `frozen_by`: who thinks it is perhaps in other hands; `thawed_by`: who disagrees since."""

    address: str
    recipient: str
    deletion: str
    lang: str = "en"
    collected: str = ""
    frozen_by: list[str] = field(default_factory=list)
    thawed_by: list[str] = field(default_factory=list)

    @property
    def is_frozen(self) -> bool:
        """One member freezes; two thaw it, and who froze it may be one of them."""
        return bool(self.frozen_by) and len(self.thawed_by) < 2


@dataclass(slots=True)
class Message:
    """A word from or to the people. `source`: SHA-256 of the envelope it came in; `slot`: the id of a reply."""

    out: bool
    by: str
    day: str
    lang: str
    text: str
    address: str
    source: str = ""
    slot: str = ""
    files: list[Any] = field(default_factory=list)


@dataclass(slots=True)
class Consent:
    """What may be told to whom. Empty `ended`: it still holds, until its last day."""

    to: str
    what: list[str]
    purpose: str
    until: str = ""
    ended: str = ""


@dataclass(slots=True)
class Paper:
    """An identity paper that was handed in. Seen by two it goes, unless it is kept for something until a day."""

    what: str
    file: str = ""
    kept_for: str = ""
    until: str = ""
    seen: dict[str, str] = field(default_factory=dict)
    deleted: str = ""


@dataclass(slots=True)
class Aside:
    """An event without effect. `why`: `not-a-member` `after-removal` `life` `no-consent` `unknown` `beginning`."""

    event: Event
    why: str


@dataclass(slots=True)
class Case:
    """A case after its events. Days and minutes are texts as they stand in events; ids lead from key to entry."""

    id: str
    status: Status = Status.ASKED
    since: str = ""
    opened: str = ""
    label: str = ""
    lang: str = ""
    asked_by_other: bool = False
    reached: str = ""
    knows: int = 0
    country: str = ""
    contact: str = ""
    safe: str = ""
    notify: str = ""
    deadline: str = ""
    members: set[str] = field(default_factory=set)
    household: dict[str, dict[str, Any]] = field(default_factory=dict)
    needs: dict[str, dict[str, Any]] = field(default_factory=dict)
    elsewhere: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    tasks: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: list[Event] = field(default_factory=list)
    texts: list[Event] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    mailboxes: dict[str, Mailbox] = field(default_factory=dict)
    vouches: dict[str, str] = field(default_factory=dict)
    consents: dict[str, Consent] = field(default_factory=dict)
    disclosed: list[Event] = field(default_factory=list)
    papers: dict[str, Paper] = field(default_factory=dict)
    control: tuple[str, str] | None = None
    control_asked: list[tuple[str, int]] = field(default_factory=list)
    keep: tuple[str, str] | None = None
    merged_into: str = ""
    merged_from: set[str] = field(default_factory=set)
    withdrawn: str = ""
    sources: set[str] = field(default_factory=set)
    events: list[Event] = field(default_factory=list)
    set_aside: list[Aside] = field(default_factory=list)

    @property
    def is_live(self) -> bool:
        """Somebody still works on it."""
        return self.status in LIVE and not self.withdrawn and not self.merged_into

    @property
    def unanswered(self) -> bool:
        """The last word is not the team's."""
        return bool(self.messages) and not self.messages[-1].out


def in_order(events: Iterable[Event]) -> list[Event]:
    """Sort, each event once."""
    return sorted({event.hash: event for event in events}.values(), key=_order)


def _order(event: Event) -> tuple[int, str, str]:
    return event.lamport, event.id, event.hash


def taken_back(events: Iterable[Event]) -> set[str]:
    """Give the hashes of what its own writer took back."""
    asked = {(event.by, event.what["event"]) for event in events if event.what["type"] == "void"}
    if not asked:
        return set()
    return {
        event.hash for event in events if (event.by, event.id) in asked and event.what["type"] in VOIDABLE
    }  # fmt: skip


def outside(ordered: list[Event]) -> dict[str, str]:
    """Give the events of people who were not inside, or wrote after they were removed, with the reason.

    Who removes somebody says how many events of theirs the desk had: those stand, later ones do not, whatever they say
    about when they were written, until the person is let in again. So desks agree although nobody's clock is believed.
    """
    strangers, removals = _walk(ordered, {})
    late: dict[str, str] = {}
    for removed in removals:
        late |= _cut_off(ordered, removed, late)
    if late:  # what was cut off may have let in or removed others
        strangers, _ = _walk(ordered, late)
    return strangers | late


def _walk(ordered: list[Event], late: Mapping[str, str]) -> tuple[dict[str, str], list[Event]]:
    """Give the events of people who are not inside at their turn, and those that remove somebody who is."""
    inside: set[str] = set()
    strangers: dict[str, str] = {}
    removals = []
    for event in ordered:
        kind = event.what["type"]
        if event.hash in late:
            continue
        if kind == "opened" and not inside:
            inside = {event.by, *event.what["members"]}
        elif event.by not in inside:
            strangers[event.hash] = "not-a-member"
        elif kind == "assign":
            inside.add(event.what["name"])
        elif kind == "remove" and event.what["name"] in inside:
            inside.discard(event.what["name"])
            removals.append(event)
    return strangers, removals


def _cut_off(ordered: list[Event], removed: Event, wrong: Mapping[str, str]) -> dict[str, str]:
    name = removed.what["name"]
    # Nobody cuts off what somebody else had seen before: who removes can count too low.
    count = max(
        removed.what["n"],
        *(n for event in ordered if event.order <= removed.order for who, n in event.seen if who == name), 0,
    )  # fmt: skip
    back = next(
        (
            event.order
            for event in ordered
            if event.order > removed.order and event.hash not in wrong and event.by != name
            and event.what["type"] == "assign" and event.what["name"] == name
        ),
        None,
    )  # fmt: skip
    return {
        event.hash: "after-removal"
        for event in ordered
        if event.by == name
        and event.n > count
        and (back is None or event.order < back)
        and event.what["type"] != "opened"
    }


def begin(case: str, events: Iterable[Event]) -> tuple[Case, list[Event]]:
    """Sort, set aside what nobody inside wrote, leave out what was taken back."""
    ordered = in_order(events)
    state = Case(case, events=ordered)
    wrong = outside(ordered)
    state.set_aside = [Aside(event, wrong[event.hash]) for event in ordered if event.hash in wrong]
    gone = taken_back([event for event in ordered if event.hash not in wrong])
    return state, [event for event in ordered if event.hash not in wrong and event.hash not in gone]


def fields(what: Mapping[str, Any]) -> dict[str, Any]:
    """Give what an event says, without its type and id."""
    return {key: value for key, value in what.items() if key not in {"type", "id"}}
