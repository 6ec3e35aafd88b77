"""The private queue of movements that wait for a person, and what was settled.

Holds names and texts, so it stays on the member's machine (whoever writes it to disk makes it readable by the
owner alone). Settled lines keep only their id, amount and decision: the second treasurer can be given the file
after the first has settled all of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from panah.errors import N_, InputError
from panah.rails.bank.listing import GIFT, Waiting, is_decision

_ABOUT: Final = (
    "PRIVATE: names of givers. Keep it on this machine. "
    "Settle a line with: panah bank assign FILE --line N --ref RF… | --gift-without-page | --not-a-gift"
)
_BROKEN: Final = N_("This is not a queue of unmatched lines, or it is damaged.")


@dataclass(frozen=True, slots=True)
class Question:
    """One line of the queue, numbered for the person who settles it."""

    number: int
    line: str
    kind: str
    amount: str
    day: str
    reason: str
    payer: str = ""
    text: str = ""
    decision: str = ""


def read(source: str) -> tuple[Question, ...]:
    """Read a queue file. Raises `InputError`."""
    try:
        listed = json.loads(source)["lines"]
        questions = tuple(Question(**one) for one in listed)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise InputError(_BROKEN) from error
    for one in questions:
        texts = {name: value for name, value in asdict(one).items() if name != "number"}
        if type(one.number) is not int or not all(type(value) is str for value in texts.values()):
            raise InputError(_BROKEN)
        if one.decision and not is_decision(one.decision):
            raise InputError(_BROKEN)
    if len({one.number for one in questions}) != len(questions):
        raise InputError(_BROKEN)
    return questions


def write(questions: Iterable[Question]) -> str:
    """Write a queue file."""
    lines: list[dict[str, Any]] = [asdict(one) for one in questions]
    return json.dumps({"about": _ABOUT, "lines": lines}, ensure_ascii=False, indent=1) + "\n"


def decisions(questions: Iterable[Question]) -> dict[str, str]:
    """Give what is settled: line id → decision."""
    return {one.line: one.decision for one in questions if one.decision}


def renew(questions: Iterable[Question], waiting: Iterable[Waiting]) -> tuple[Question, ...]:
    """Give the queue after an import: settled lines without their names, then all that waits, numbers kept."""
    old = {one.line: one for one in questions}
    waiting = tuple(waiting)
    asked_again = {one.line_id for one in waiting}
    settled = [replace(one, payer="", text="") for one in old.values() if one.decision and one.line not in asked_again]
    highest = max((one.number for one in old.values()), default=0)
    asked = []
    for one in waiting:
        known = old.get(one.line_id)
        if known is None:
            highest += 1
        asked.append(
            Question(
                number=known.number if known else highest,
                line=one.line_id,
                kind=one.line.kind,
                amount=str(one.line.amount),
                day=one.line.day.isoformat(),
                reason=one.reason,
                payer=one.line.payer,
                text=one.line.text,
            )
        )
    return tuple(sorted([*settled, *asked], key=lambda one: one.number))


def settle(questions: Iterable[Question], number: int, decision: str) -> tuple[Question, ...]:
    """Give the queue with one line settled (again). Raises `InputError` if it can't be settled like this."""
    questions = tuple(questions)
    found = next((one for one in questions if one.number == number), None)
    if found is None:
        raise InputError(N_("There is no line %(number)s in this queue."), number=number)
    if not is_decision(decision):
        raise InputError(
            N_("This is not a payment reference: its check digits do not hold."),
            hint=N_("Copy it from the giver's page or letter: RF and 14 more letters and digits."),
        )
    if found.kind != "credit" and decision == GIFT:
        raise InputError(
            N_("Money that went back needs the reference of its gift."),
            hint=N_("Use --ref RF…, or --not-a-gift if it never was one."),
        )
    return tuple(replace(one, decision=decision) if one is found else one for one in questions)
