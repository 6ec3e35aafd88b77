"""What members do with cases. Each verb takes an unlocked desk, plain values and `now`, and makes sealed events.

Promises: a verb that raises has said nothing. Nothing here needs a line: what was written waits in the stream. Rules
that must be the same on every desk are in core/casework_fold.py; here they are only asked ahead, to refuse in words.
"""

from __future__ import annotations

import base64
import datetime as dt
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from panah.core.casework import Case, Mailbox
from panah.core.casework_fold import may_disclose
from panah.core.casework_life import Status, may_follow
from panah.desk.vault import mailing
from panah.desk.vault.desk import Desk
from panah.desk.vault.opening import Opened
from panah.errors import N_, RefusedError
from panah.seal import circles
from panah.seal.letter import File

_ASK: frozenset[str] = frozenset(
    {"lang", "mailbox", "knows", "contact", "text", "needs", "household", "country", "deadline", "safe", "notify",
     "voucher"}
)  # fmt: skip


def open_case(desk: Desk, source: bytes, now: dt.datetime, *, members: Iterable[str] = (), label: str = "") -> str:
    """Open a case from an ask in the inbox (its envelope's hash); gives its id. Only `members` and you can open it."""
    ask = letter(desk, source, "ask")
    what = {"type": "opened", "from": "ask", "who": ask.body["who"], **_said(ask, _ASK)}
    case = _begin(desk, what, now, members, label, desk.files(source) if ask.files else ())
    mark_taken(desk, source, case, now)
    _tell_collected(desk, case, now)
    return case


def open_by_hand(
    desk: Desk, said: Mapping[str, Any], now: dt.datetime, *, members: Iterable[str] = (), label: str = "",
    imported: bool = False,
) -> str:  # fmt: skip
    """Open a case of somebody who came another way, or from a list; `said` has the keys of an ask."""
    what = {"type": "opened", "from": "import" if imported else "hand", "who": "self", **said}
    return _begin(desk, what, now, members, label, ())


def _begin(
    desk: Desk, what: dict[str, Any], now: dt.datetime, members: Iterable[str], label: str, files: tuple[File, ...]
) -> str:
    names = sorted({desk.name, *members})
    for name in names:
        desk.roster.member(name)
    circle = circles.new_circle("case", names)
    desk.wrap(circle)
    desk.write(circle.id, what | {"members": names} | ({"label": label} if label else {}), now, files=files)
    return circle.id


def attach(desk: Desk, source: bytes, case: str, now: dt.datetime) -> None:
    """Put another ask of the same people into their case, its mailbox too."""
    desk.case(case)
    ask = letter(desk, source, "ask")
    what = {"type": "attached", "who": ask.body["who"], **_said(ask, _ASK)}
    desk.write(case, what, now, files=desk.files(source) if ask.files else ())
    mark_taken(desk, source, case, now)
    _tell_collected(desk, case, now)


def take_message(desk: Desk, source: bytes, case: str, now: dt.datetime) -> None:
    """Put a later word from a mailbox into its case."""
    word = letter(desk, source, "message")
    if base64.b64encode(word.mailbox).decode() not in desk.case(case).mailboxes:
        raise RefusedError(N_("This message is not from a mailbox of this case."))
    what = {"type": "message", **_said(word, frozenset({"lang", "text"}))}
    desk.write(case, what, now, files=desk.files(source) if word.files else ())
    mark_taken(desk, source, case, now)


def put_aside(desk: Desk, source: bytes, why: str, now: dt.datetime) -> None:
    """Say that a letter needs no case: noise, a duplicate, not for this fund. Two members' word deletes the copy."""
    desk.write(desk.team_circle(), {"type": "dropped", "source": source.hex(), "why": why}, now)


def mark_taken(desk: Desk, source: bytes, case: str, now: dt.datetime) -> None:
    """Tell all of the team that a letter is in a case (empty: beside an offer)."""
    what = {"type": "taken", "source": source.hex()}
    desk.write(desk.team_circle(), what | ({"into": case} if case else {}), now)


def letter(desk: Desk, source: bytes, kind: str) -> Opened:
    """Find a letter of the inbox. Raises `RefusedError`."""
    found = desk.state.letters.get(source)
    if found is None or found.kind != kind:
        raise RefusedError(N_("This message is not in the inbox any more."))
    return found


def _said(opened: Opened, keys: frozenset[str]) -> dict[str, Any]:
    said = {key: value for key, value in opened.body.items() if key in keys}
    address = base64.b64encode(opened.mailbox).decode()
    return said | {"source": opened.hash.hex(), "address": address, "day": opened.day}


def _tell_collected(desk: Desk, case: str, now: dt.datetime) -> None:
    for mailbox in desk.case(case).mailboxes.values():
        if not mailbox.collected and not mailbox.is_frozen:
            what = {"type": "collected", "address": mailbox.address, "day": now.date().isoformat()}
            desk.write(case, what, now, beside=mailing.collected(desk, mailbox, now.date()))


# -- the record


def say(desk: Desk, case: str, event: str, now: dt.datetime, /, **what: Any) -> str:
    """Write any event that needs no more than its fields: label, deadline, reached, answers, vouch, keep and such."""
    desk.case(case)
    return desk.write(case, {"type": event, **what}, now)


def note(desk: Desk, case: str, text: str, now: dt.datetime, files: tuple[File, ...] = ()) -> str:
    """Write a note; gives its id, for `take_back`."""
    desk.case(case)
    return desk.write(case, {"type": "note", "text": text}, now, files=files)


def take_back(desk: Desk, case: str, event: str, now: dt.datetime) -> None:
    """Undo what you wrote yourself: a note, a task, a need. It stays in the sealed record, and shows no more."""
    say(desk, case, "void", now, event=event)


def put(desk: Desk, case: str, event: str, now: dt.datetime, /, *, key: str = "", **fields: Any) -> str:
    """Add an entry (need, person, elsewhere, task, paper, consent) or say a later word on it; gives its id."""
    key = key or secrets.token_hex(8)
    say(desk, case, event, now, id=key, **fields)
    return key


def finish_task(desk: Desk, case: str, task: str, now: dt.datetime) -> None:
    """Mark a task as done."""
    if task not in desk.case(case).tasks:
        raise RefusedError(N_("There is no such entry in this case."))
    say(desk, case, "task-done", now, id=task)


def set_status(desk: Desk, case: str, to: Status, now: dt.datetime, why: str = "") -> None:
    """Move a case on. Raises `RefusedError` for a step that no life takes."""
    state = desk.case(case)
    if not may_follow(state.status, to, asked_by_other=state.asked_by_other, reached=bool(state.reached)):
        raise RefusedError(
            N_("A case does not go from %(now)s to %(to)s."),
            hint=N_("Somebody is verified before help, and not on another person's word alone."),
            now=str(state.status), to=str(to),
        )  # fmt: skip
    say(desk, case, "status", now, to=str(to), **({"why": why} if why else {}))


# -- what goes out


def send_reply(
    desk: Desk, case: str, address: str, text: str, now: dt.datetime, *, lang: str = "", files: tuple[File, ...] = ()
) -> str:
    """Answer to a mailbox of the case, in its language unless another is said; gives the id of the answer."""
    mailbox = mailbox_in(desk.case(case), address)
    slot, tongue = mailing.new_slot(), lang or mailbox.lang
    pushes = mailing.reply(desk, mailbox, slot, text, tongue, files)
    day = now.date().isoformat()
    what = {"type": "reply", "address": address, "slot": slot, "lang": tongue, "text": text, "day": day}
    desk.write(case, what, now, files=files, beside=pushes)
    return slot


def mailbox_in(case: Case, address: str) -> Mailbox:
    """Find a mailbox of a case. Raises `RefusedError`."""
    found = case.mailboxes.get(address)
    if found is None:
        raise RefusedError(N_("This case has no such mailbox."))
    return found


def disclose(desk: Desk, case: str, consent: str, what: Iterable[str], now: dt.datetime) -> None:
    """Record that something goes out now. Raises `RefusedError` unless the person agreed to exactly this."""
    told, day = list(what), now.date().isoformat()
    if not may_disclose(desk.case(case), consent, told, day):
        raise RefusedError(
            N_("The person has not agreed that this is told to them, or not any more."),
            hint=N_("Ask the person; a proxy's word is not enough."),
        )
    say(desk, case, "disclosed", now, consent=consent, what=told, day=day)


def freeze(desk: Desk, case: str, address: str, why: str, now: dt.datetime) -> None:
    """Hold a mailbox as perhaps in other hands: on every desk nothing new goes out to it."""
    mailbox_in(desk.case(case), address)
    say(desk, case, "freeze", now, address=address, why=why)


def thaw(desk: Desk, case: str, address: str, why: str, now: dt.datetime) -> None:
    """Say that a mailbox is in the right hands; the second member who does sets it free."""
    mailbox_in(desk.case(case), address)
    say(desk, case, "thaw", now, address=address, why=why)
