"""What a member can write into a case: closed shapes, one for each kind of event.

Promises: `read_event` gives an event whose every field was looked at, or raises `InputError`. Only its shape is checked
here; whether it takes effect is decided when it is folded (`casework_fold.py`), so that all desks decide alike.
Spec: docs/spec/casework.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from panah.core.asks import LONGEST, MAILBOX, NEEDS, OFFERS, PERSON
from panah.core.casework_life import Status
from panah.core.shapes import (
    HASH,
    HEX16,
    HEX32,
    LANGUAGE,
    NAME,
    YES,
    Fits,
    among,
    day,
    many,
    minute,
    octets,
    pair,
    row,
    text,
    whole,
    word,
)  # fmt: skip
from panah.errors import N_, InputError

MOST_LAMPORT: Final = 2**40
"""A count that somebody drives up to here stays here: later events are then ordered by their ids alone."""
MOST_EVENTS: Final = 100_000
"""Events of one member in one case."""

_note = text(LONGEST)
_short = text(200)
_line = text(1000)
_id = {"id": HEX16}
# A person or need that an ask told of is called by that event and its place there.
_entry = {"id": word(r"[0-9a-f]{16}(?:\.[0-9]{1,2})?")}
_files = many(row({"id": HEX16, "name": _short, "type": text(120), "size": whole(0, 4 * 1024 * 1024)}), 20)
_said = {
    "source": HASH, "lang": LANGUAGE, "text": _note, "day": day, "address": octets(32), "mailbox": MAILBOX,
    "contact": text(500), "country": text(80), "deadline": day, "safe": _line, "notify": _short, "voucher": text(80),
    "needs": many(among(*NEEDS), 20), "household": many(PERSON, 40), "knows": YES, "files": _files,
}  # fmt: skip

WHAT: Final[dict[str, tuple[dict[str, Fits], dict[str, Fits]]]] = {
    # how it began, and what came from its people
    "opened": ({"from": among("ask", "hand", "import"), "who": among("self", "other"), "members": many(NAME, 16, 1)},
               {**_said, "label": _short}),
    "attached": ({"source": HASH, "text": _note, "day": day, "who": among("self", "other")}, _said),
    "message": ({"source": HASH, "address": octets(32), "lang": LANGUAGE, "text": _note, "day": day},
                {"files": _files}),
    "reply": ({"address": octets(32), "slot": HEX16, "lang": LANGUAGE, "text": _note, "day": day}, {"files": _files}),
    "collected": ({"address": octets(32), "day": day}, {}),
    "reached": ({"how": _line}, {}),
    # what the team knows
    "label": ({"text": _short}, {}),
    "note": ({"text": _note}, {"files": _files}),
    "status": ({"to": among(*Status)}, {"why": _line}),
    "need": ({**_entry, "kind": among(*NEEDS), "state": among("open", "met", "dropped")},
             {"text": _line, "until": day}),
    "person": ({**_entry, "who": _short}, {"age": whole(0, 130), "name": _short, "left": _line}),
    "elsewhere": ({**_id, "body": _short, "state": _short}, {"day": day}),
    "answers": ({}, {"risk": _note, "identity": _note, "need": _note}),
    "deadline": ({"day": day}, {"why": _line}),
    "vouch": ({"basis": _line}, {}),
    # who works on it
    "task": ({**_id, "text": _line}, {"due": day, "who": NAME}),
    "task-done": (_id, {}),
    "assign": ({"name": NAME}, {}),
    "remove": ({"name": NAME, "n": whole(0, MOST_EVENTS)}, {"why": _line}),
    # what goes out
    "consent": ({**_id, "to": _short, "what": many(_short, 40, 1), "purpose": _line}, {"until": day}),
    "consent-ended": (_id, {"day": day}),
    "disclosed": ({"consent": HEX16, "what": many(_short, 40, 1), "day": day}, {}),
    # care
    "control": ({"question": _line, "answer": _line}, {}),
    "control-asked": ({"held": YES, "day": day}, {}),
    "freeze": ({"address": octets(32), "why": _line}, {}),
    "thaw": ({"address": octets(32), "why": _line}, {}),
    "paper": ({**_id, "what": _short}, {"file": HEX16, "kept-for": _line, "until": day}),
    "paper-seen": ({**_id, "day": day}, {}),
    "paper-deleted": ({**_id, "day": day}, {}),
    "keep": ({"until": day, "why": _line}, {}),
    "merged": ({"into": HEX32}, {}),
    "merge": ({"from": HEX32}, {"mailboxes": many(pair(octets(32), MAILBOX), 40)}),
    "withdrawn": ({"day": day, "by": among("mailbox", "word", "team")}, {"why": _line}),
    "void": ({"event": HEX16}, {}),
    # the team's own record: offers, and which asks are dealt with
    "taken": ({"source": HASH}, {"into": HEX32}),
    "shred-asked": ({"case": HEX32, "holders": many(NAME, 64, 1), "day": day}, {"why": _line}),
    "dropped": ({"source": HASH, "why": _line}, {}),
    "offer": ({"offer": HEX32, "from": among("offer", "hand"), "kind": among(*OFFERS)},
              {**_said, "capacity": whole(1, 500), "languages": many(LANGUAGE, 20), "until": day, "label": _short}),
    "offer-note": ({"offer": HEX32, "text": _note}, {}),
    "offer-check": ({"offer": HEX32, "check": among("identity", "reference", "talk", "contact-outside"), "text": _line},
                    {}),
    "offer-vetted": ({"offer": HEX32}, {"text": _line}),
    "offer-state": ({"offer": HEX32, "to": among("open", "taken", "ended")}, {"why": _line}),
    "offer-report": ({"offer": HEX32, "why": _note}, {}),
    "offer-lifted": ({"offer": HEX32, "why": _line}, {}),
    "offer-reply": ({"offer": HEX32, "address": octets(32), "slot": HEX16, "lang": LANGUAGE, "text": _note, "day": day},
                    {}),
    "offer-message": ({"offer": HEX32, "source": HASH, "address": octets(32), "lang": LANGUAGE, "text": _note,
                       "day": day}, {"files": _files}),
}  # fmt: skip

VOIDABLE: Final = frozenset({"note", "need", "person", "elsewhere", "task", "task-done", "label", "deadline", "vouch"})
"""What its own writer can take back. Nobody can take back what others rely on or what left the house."""

_type = among(*WHAT)
_whats: Final = {name: row({"type": _type, **needed}, optional) for name, (needed, optional) in WHAT.items()}
_event = row(
    {
        "case": HEX32, "id": HEX16, "n": whole(1, MOST_EVENTS), "lamport": whole(1, MOST_LAMPORT),
        "prev": word(r"(?:[0-9a-f]{64})?"), "seen": many(pair(NAME, whole(1, MOST_EVENTS)), 64), "at": minute,
        "what": lambda what: type(what) is dict,
    }
)  # fmt: skip


class Event(NamedTuple):
    """One signed event. `n` counts the events that `by` wrote into this case, from 1; `prev` is the hash of the one
    before, `seen` how many of each other member's the writer's desk had. `hash` names it; it is made by who read it.
    """

    case: str
    id: str
    n: int
    lamport: int
    prev: str
    seen: tuple[tuple[str, int], ...]
    at: str
    by: str
    what: Mapping[str, Any]
    hash: str

    @property
    def order(self) -> tuple[int, str, str]:
        """Where it comes among the events of its case, on every desk."""
        return self.lamport, self.id, self.hash


def read_event(body: Mapping[str, Any], by: str, hashed: str) -> Event:
    """Take an event from the body of a signed letter. Raises `InputError`."""
    what = body.get("what")
    shape = _whats.get(what.get("type", "")) if type(what) is dict and type(what.get("type")) is str else None
    if shape is None or not _event(body) or not shape(what):
        raise InputError(N_("This record of a case was not written as Panah writes them."))
    seen = tuple((name, count) for name, count in body["seen"])
    return Event(
        body["case"], body["id"], body["n"], body["lamport"], body["prev"], seen, body["at"], by, body["what"], hashed
    )
