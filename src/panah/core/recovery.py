"""A team that lost its keys: outside holders bring in a new roster, after fourteen days in public.

The charter names the holders' keys, and how many of them (k) must sign. They first sign a `notice` with the roster
they mean; fourteen days later k of them sign a `roster` leaf that names the notice. Nobody can prove how many
members are left, so the rule asks for what a log can show: two members who sign any leaf meanwhile are a living
team, and the notice lapses. One member is not enough for that: nobody could tell a last member from the thief of a
lost key, who could then keep the fund from its people for ever.

A holder's signature goes under the holder's key itself in base64, where a member's goes under a name.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from panah.core.fund import LEAF_ACTS
from panah.core.standing import rule
from panah.core.statement import NEEDED, Signers
from panah.errors import N_, RefusedError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

WAIT: Final = dt.timedelta(days=14)
"""Days between a notice and the roster that it announces."""

ENDS_NOTICE: Final = frozenset(kind for kind in ("life", *LEAF_ACTS) if NEEDED[kind] is Signers.TWO)
"""What shows a living team. Only leaves count: nobody who reads the log sees messages to the site."""


def by_outside(body: Mapping[str, Any]) -> bool:
    """Tell whether outside holders sign this, and not members: a notice, or a roster that names one."""
    return body.get("t") == "panah/1/notice" or "notice" in body


def check_holders(signers: Collection[str], terms: Mapping[str, Any]) -> None:
    """Raise `RefusedError` unless enough holders signed whom these terms of the charter name."""
    outside = terms.get("outside")
    if not outside:
        raise RefusedError(
            N_("The charter names no keys outside the team."),
            hint=N_("Two members can amend it: [outside] in charter.toml."),
        )
    strangers = sorted(set(signers) - set(outside["keys"]))
    if strangers:
        raise RefusedError(
            N_("%(names)s signed, but is not among the charter's outside keys."),
            hint=N_("A notice, and a roster that names one, are signed by outside keys alone."),
            names=", ".join(strangers),
        )  # fmt: skip
    if len(set(signers)) < outside["k"]:
        raise RefusedError(
            N_("The charter asks for %(needed)s outside keys; signed so far: %(count)s."),
            hint=N_("Another holder signs the same file: panah member sign FILE."),
            needed=outside["k"], count=len(set(signers)),
        )  # fmt: skip


def check_notice(body: Mapping[str, Any], latest: str) -> None:
    """Raise `RefusedError` unless a notice is dated when it was made; `latest` is the latest day that the log names."""
    rule(
        body["day"] >= latest,
        N_("A notice is not dated before what the log has already: %(day)s."),
        day=latest,
    )


def earliest(notice: Mapping[str, Any]) -> dt.date:
    """Give the first day on which the roster of a notice can be brought in."""
    return min(dt.date.fromisoformat(notice["day"]), dt.date.max - WAIT) + WAIT


def check_recovery(body: Mapping[str, Any], notice: tuple[int, Mapping[str, Any]] | None) -> None:
    """Raise `RefusedError` unless this roster is the one of the notice that runs (its leaf and body), in time."""
    rule(
        notice is not None and notice[0] == body["notice"],
        N_("No notice runs at leaf %(leaf)s: two members have signed since, or another notice took its place."),
        leaf=body["notice"],
    )
    assert notice is not None
    rule(body["roster"] == notice[1]["roster"], N_("This is not the roster of the notice."))
    first = earliest(notice[1])
    rule(
        dt.date.fromisoformat(body["day"]) >= first,
        N_("A notice runs fourteen days: this roster can be brought in from %(day)s."),
        day=first.isoformat(),
    )
