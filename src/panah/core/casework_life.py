"""The life of a case: which status may follow which, and what a new one asks for.

asked → verified → supported → waiting → travelling → safe → closed, and aside: declined, referred, lost contact. Help
does not run in one line: somebody waits, gets support again, or turns up after months. What is refused is what skips
a person's judgement: nobody is supported who was not verified, and nobody verified on a stranger's word alone.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Status(StrEnum):
    """Where a case stands."""

    ASKED = "asked"
    VERIFIED = "verified"
    SUPPORTED = "supported"
    WAITING = "waiting"
    TRAVELLING = "travelling"
    SAFE = "safe"
    CLOSED = "closed"
    DECLINED = "declined"
    REFERRED = "referred"
    LOST = "lost-contact"


_S = Status
LIVE: Final = frozenset({_S.ASKED, _S.VERIFIED, _S.SUPPORTED, _S.WAITING, _S.TRAVELLING, _S.SAFE})
"""What somebody still works on."""
_HELPED: Final = frozenset({_S.SUPPORTED, _S.WAITING, _S.TRAVELLING, _S.SAFE, _S.REFERRED, _S.LOST})
FOLLOWS: Final[dict[Status, frozenset[Status]]] = {
    _S.ASKED: frozenset({_S.VERIFIED, _S.DECLINED, _S.REFERRED, _S.LOST}),
    _S.VERIFIED: _HELPED | {_S.DECLINED},
    _S.SUPPORTED: _HELPED - {_S.SUPPORTED} | {_S.CLOSED},
    _S.WAITING: _HELPED - {_S.WAITING} | {_S.CLOSED},
    _S.TRAVELLING: frozenset({_S.SAFE, _S.WAITING, _S.SUPPORTED, _S.LOST}),
    _S.SAFE: frozenset({_S.CLOSED, _S.SUPPORTED, _S.WAITING, _S.TRAVELLING, _S.LOST}),
    # What ended can begin again where a judgement is made anew.
    _S.CLOSED: frozenset({_S.ASKED}),
    _S.DECLINED: frozenset({_S.ASKED, _S.CLOSED}),
    _S.REFERRED: frozenset({_S.ASKED, _S.SUPPORTED, _S.CLOSED}),
    _S.LOST: frozenset({_S.ASKED, _S.SUPPORTED, _S.WAITING, _S.TRAVELLING, _S.SAFE, _S.CLOSED}),
}


def may_follow(now: Status, to: Status, *, asked_by_other: bool, reached: bool) -> bool:
    """Tell whether a case may go from one status to another.

    `asked_by_other`: somebody asked for the person; `reached`: a member has spoken with the person since.
    """
    if to is _S.VERIFIED and asked_by_other and not reached:
        return False
    if now is _S.LOST and asked_by_other and not reached:
        return to in {_S.ASKED, _S.CLOSED}
    return to in FOLLOWS[now]
