"""What has its time: when a case is to be forgotten, a paper deleted, a task done, a consent asked for anew.

Nothing is deleted by a clock alone: a clock says what is due, a member does it. The days are a proposal for teams that
have none; `keep` moves the end of one case, with a reason, and no further than `LONGEST` from today's view.
"""

from __future__ import annotations

import datetime as dt
from typing import Final, NamedTuple

from panah.core.casework import Case
from panah.core.casework_fold import SEEN_BY
from panah.core.casework_life import Status

KEPT: Final = {
    Status.CLOSED: dt.timedelta(days=90),
    Status.DECLINED: dt.timedelta(days=30),
    Status.REFERRED: dt.timedelta(days=90),
    Status.LOST: dt.timedelta(days=365),
}
"""How long a case is kept after it came to rest."""
LONGEST: Final = dt.timedelta(days=2 * 365)
UNVERIFIED: Final = dt.timedelta(days=14)
"""After so long an ask that nobody verified or declined is told as waiting."""


class Due(NamedTuple):
    """`what`: `shred` `paper` `task` `deadline` `consent` `verify` `withdrawn`; the entry's id where it has one."""

    day: dt.date
    what: str
    id: str = ""


def ends(case: Case) -> dt.date | None:
    """Give the day on which a case is to be shredded; None while somebody works on it."""
    if case.withdrawn:
        return dt.date.fromisoformat(case.withdrawn)
    rest = KEPT.get(case.status)
    if rest is None or not case.since:
        return None
    began = dt.date.fromisoformat(case.since[:10])
    end = began + rest
    if case.keep is not None:
        end = max(end, min(dt.date.fromisoformat(case.keep[0]), began + LONGEST))
    return end


def papers_due(case: Case, today: dt.date) -> list[str]:
    """Give the papers to delete now: seen by two, and no dated need for them, or its day is over."""
    return [
        key
        for key, paper in case.papers.items()
        if not paper.deleted
        and (_past(paper.until, today) if paper.kept_for and paper.until else len(paper.seen) >= SEEN_BY)
    ]


def dues(case: Case, today: dt.date) -> list[Due]:
    """Give what has a day, the next first; days before today are overdue."""
    found = [Due(today, "paper", key) for key in papers_due(case, today)]
    end = ends(case)
    if end is not None:
        found.append(Due(end, "withdrawn" if case.withdrawn else "shred"))
    if case.is_live:
        for key, task in case.tasks.items():
            if "due" in task and "done" not in task:
                found.append(Due(dt.date.fromisoformat(task["due"]), "task", key))
        if case.deadline:
            found.append(Due(dt.date.fromisoformat(case.deadline), "deadline"))
        if case.status is Status.ASKED and case.opened:
            found.append(Due(dt.date.fromisoformat(case.since[:10]) + UNVERIFIED, "verify"))
        for key, consent in case.consents.items():
            if consent.until and not consent.ended:
                found.append(Due(dt.date.fromisoformat(consent.until), "consent", key))
    return sorted(found)


def _past(day: str, today: dt.date) -> bool:
    return today > dt.date.fromisoformat(day)
