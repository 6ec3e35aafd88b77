"""Events of invented cases, written as desks write them, without keys or files."""

from __future__ import annotations

import hashlib
import itertools
from typing import Any

from panah.core.casework_chains import next_place
from panah.core.casework_events import Event, read_event

CASE = "c0" * 16
OTHER = "d1" * 16
ADDRESS = "A" * 43 + "="
MAILBOX = {"recipient": "age1" + "q" * 58, "deletion": "B" * 42 + "A="}


def word_hash(word: str) -> str:
    return hashlib.sha256(word.encode()).hexdigest()


class Hand:
    """A member's desk that knows some of the events of one case and writes the next."""

    _count = itertools.count(1)

    def __init__(self, name: str, known: list[Event] | None = None, case: str = CASE) -> None:
        self.name, self.case = name, case
        self.known: list[Event] = list(known or [])

    def write(self, kind: str, /, **what: Any) -> Event:
        """Write an event after all that this desk knows; a key with a dash is spelled with an underscore."""
        number = next(Hand._count)
        place = next_place(self.known, self.name)
        body = {
            "case": self.case, "id": f"{number:016x}", "n": place.n, "lamport": place.lamport, "prev": place.prev,
            "seen": [list(one) for one in place.seen], "at": "2026-03-02T10:00",
            "what": {"type": kind, **{key.replace("kept_for", "kept-for").rstrip("_"): value for key, value in what.items()}},
        }  # fmt: skip
        event = read_event(body, self.name, word_hash(f"{self.name} {self.case} {number} {body['prev']}"))
        self.known.append(event)
        return event

    def hear(self, *events: Event) -> None:
        self.known += events


def opened(by: str = "lale", *others: str, case: str = CASE, **more: Any) -> Hand:
    """A desk that has just opened a case."""
    desk = Hand(by, case=case)
    values: dict[str, Any] = {"from_": "ask", "who": "self", "members": [by, *others], "text": "سه نفریم", "lang": "fa"}
    values |= {"source": word_hash("ask"), "address": ADDRESS, "mailbox": MAILBOX, "day": "2026-03-01"}
    desk.write("opened", **(values | more))
    return desk
