"""What members see of cases: the inbox, lists, one case, and the file that a person may ask for."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from panah.core.casework import Case, fields
from panah.core.casework_chains import Fault
from panah.core.casework_clocks import Due, dues
from panah.core.casework_life import Status
from panah.desk.vault.desk import Desk
from panah.desk.vault.opening import Opened


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of the inbox. `cases` and `offers`: whose mailbox it is from; `vouched`: it came with a voucher."""

    source: bytes
    kind: str
    day: str
    body: dict[str, Any]
    files: tuple[tuple[str, str, int], ...]
    cases: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    vouched: bool = False


def inbox(desk: Desk) -> list[Letter]:
    """Give what nobody has dealt with: vouched ones first, then the oldest. Deletion wishes stand here too."""
    done = desk.dealt_with()
    boxes = _by_mailbox(desk)
    found = [
        _letter(opened, boxes.get(base64.b64encode(opened.mailbox).decode(), ((), ())))
        for opened in desk.state.letters.values()
        if opened.hash.hex() not in done
    ]
    return sorted(found, key=lambda one: (not one.vouched, one.day, one.source))


def _letter(opened: Opened, where: tuple[tuple[str, ...], tuple[str, ...]]) -> Letter:
    return Letter(opened.hash, opened.kind, opened.day, dict(opened.body), opened.files, *where, opened.vouched)


def _by_mailbox(desk: Desk) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    found: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    for case in desk.state.ids():
        for address in desk.state.case(case).mailboxes:
            cases, offers = found.get(address, ((), ()))
            found[address] = ((*cases, case), offers)
    for offer in desk.team.offers.values():
        for address in offer.mailboxes:
            cases, offers = found.get(address, ((), ()))
            found[address] = (cases, (*offers, offer.id))
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """A case in a list. `next_due`: what comes next; `mine`: you work on it."""

    id: str
    label: str
    status: Status
    since: str
    country: str
    people: int
    members: tuple[str, ...]
    unanswered: bool
    next_due: Due | None
    mine: bool


def cases(
    desk: Desk, today: dt.date, *, status: Status | None = None, member: str = "", live: bool | None = None
) -> list[Line]:
    """List cases: the next due first, then the unanswered, then the oldest. Filters narrow it."""
    found = []
    for case in desk.state.ids():
        state = desk.state.case(case)
        if (status is not None and state.status is not status) or (live is not None and state.is_live is not live):
            continue
        if member and member not in state.members:
            continue
        found.append(_line(desk, state, today))
    return sorted(found, key=_urgency)


def _line(desk: Desk, state: Case, today: dt.date) -> Line:
    due = dues(state, today)
    people = sum("left" not in person for person in state.household.values())
    return Line(
        state.id, state.label or _first_words(state), state.status, state.since, state.country, people,
        tuple(sorted(state.members)), state.unanswered, due[0] if due else None, desk.name in state.members,
    )  # fmt: skip


def _first_words(state: Case) -> str:
    text = next((event.what["text"] for event in state.texts if event.what.get("text")), "")
    return " ".join(text.split()[:8])


def _urgency(line: Line) -> tuple[str, bool, str, str]:
    return (line.next_due.day.isoformat() if line.next_due else "9999", not line.unanswered, line.since, line.id)


def faults(desk: Desk, case: str) -> list[Fault]:
    """Tell what is wrong with a case's chains, in core/casework_chains.py's words."""
    return desk.state.faults(case)


def outsiders(desk: Desk, case: str) -> list[str]:
    """Give who can open a case and left the team. The next event that is written shuts them out."""
    return [name for name in desk.state.circles[case].members if not desk.is_member(name)]


def unfinished(desk: Desk) -> list[str]:
    """Give cases whose beginning is not here: a step was cut short, or the site holds it back."""
    return [case for case in desk.state.ids() if not desk.state.case(case).opened]


def head_of(desk: Desk, case: str) -> str:
    """Follow merges to the case that goes on; the smallest id when they go in a circle."""
    seen = [case]
    while (state := desk.state.circles.get(seen[-1]) and desk.state.case(seen[-1])) and state.merged_into:
        if state.merged_into in seen:
            return min(seen[seen.index(state.merged_into) :])
        seen.append(state.merged_into)
    return seen[-1]


def waiting_shreds(desk: Desk) -> dict[str, set[str]]:
    """Give cases that are being shredded, with the members whose word is still missing."""
    return {
        case: missing
        for case, holders in desk.team.shredding.items()
        if (missing := holders - desk.state.shredded.get(case, set()))
    }


def my_file(desk: Desk, case: str, *, notes: bool = True) -> dict[str, Any]:
    """Give what is kept about the people of a case, for them: plain values, members only as "a member".

    `notes`: with what members wrote for each other; leave it out where a note tells of somebody else.
    """
    state = desk.case(case)
    asked = [fields(event.what) for event in state.texts]
    for one in asked:
        for key in ("members", "source", "mailbox", "address", "label"):
            one.pop(key, None)
    return {
        "status": str(state.status), "since": state.since, "opened": state.opened, "asked": asked,
        "household": list(state.household.values()), "needs": list(state.needs.values()), "answers": state.answers,
        "other_applications": list(state.elsewhere.values()),
        "messages": [
            {"from": "the team" if one.out else "you", "day": one.day, "text": one.text} for one in state.messages
        ],
        "agreed": [
            {"to": one.to, "what": one.what, "for": one.purpose, "until": one.until, "ended": one.ended}
            for one in state.consents.values()
        ],
        "told": [{"day": one.what["day"], "what": one.what["what"]} for one in state.disclosed],
        "papers": [
            {"what": one.what, "seen": sorted(one.seen.values()), "kept_for": one.kept_for, "deleted": one.deleted}
            for one in state.papers.values()
        ],
        "history": list(_history(state)),
        "notes": [{"at": one.at, "text": one.what["text"]} for one in state.notes] if notes else [],
    }  # fmt: skip


def _history(state: Case) -> Iterator[dict[str, str]]:
    aside = {one.event.hash for one in state.set_aside}
    for event in state.events:
        if event.what["type"] == "status" and event.hash not in aside:
            yield {"at": event.at, "status": event.what["to"], "why": event.what.get("why", "")}
