"""What a reader is told of outside holders: a notice that runs, a roster that they brought in.

A log holds days and no clock. So a leaf that is dated ahead of the reader's own day fails here, and whether a notice
was really public for fourteen days is known only by who looked meanwhile (`watch.py`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from panah.core.recovery import WAIT, earliest
from panah.errors import N_
from panah.verify.findings import FAILS, Finding

if TYPE_CHECKING:
    from panah.core.ledger import Books
    from panah.verify.findings import Findings

_AHEAD: Final = dt.timedelta(days=1)
"""East of Greenwich it is tomorrow already."""

ANNOUNCED: Final = N_(
    "Holders outside the team have announced a new roster. It can be brought in from %(day)s; before that any act in "
    "the log that two members sign ends the notice."
)
TAKEN: Final = N_("Holders outside the team brought in this roster on %(day)s. Ask the team whether it is right.")

SHORT: Final = N_("Its notice was not public for fourteen days: on %(day)s the log did not hold it.")


def tell_outside(books: Books, findings: Findings, today: dt.date) -> None:
    """Note a notice that runs and rosters of outside holders; fail what is dated ahead of `today`."""
    if books.notice is not None:
        leaf, notice = books.notice
        findings.note(ANNOUNCED, leaf=leaf, day=earliest(notice).isoformat())
    for leaf, day, _ in books.recovered:
        findings.note(TAKEN, leaf=leaf, day=day)
        if dt.date.fromisoformat(day) > today + _AHEAD:
            findings.fail(
                N_("Outside holders brought in a roster dated %(day)s, a day that has not come."), leaf=leaf, day=day
            )


@dataclass(slots=True)
class Seen:
    """What a watcher saw at its last good look: how many leaves, on which day, and notices that had come since."""

    size: int = 0
    day: str = ""
    notices: dict[str, str] = field(default_factory=dict)
    """By leaf: the day of the last look that did not show this notice. It was not public before."""

    def compare(self, books: Books, today: dt.date) -> tuple[Finding, ...]:
        """Give what the team must hear of, and keep today's look.

        A notice is told at every look while it runs, its roster once.
        """
        found: list[Finding] = []
        if books.notice is not None:
            leaf, notice = books.notice
            self._hear(leaf)
            found.append(Finding(FAILS, ANNOUNCED, leaf, data={"day": earliest(notice).isoformat()}))
        for leaf, day, named in books.recovered:
            if leaf < self.size or not self.day:
                continue
            self._hear(named)
            found.append(Finding(FAILS, TAKEN, leaf, data={"day": day}))
            since = self.notices.get(str(named))
            if since and dt.date.fromisoformat(since) + WAIT > today:
                found.append(Finding(FAILS, SHORT, leaf, data={"day": since}))
        self.size, self.day = books.size, today.isoformat()
        return tuple(found)

    def _hear(self, leaf: int) -> None:
        if self.day and leaf >= self.size:
            self.notices.setdefault(str(leaf), self.day)
