"""Money in over time as an SVG drawn on publish: a staircase, its area, and the goal as a line.

There is no text inside: labels are HTML around it, so that they wrap, translate and mirror by
themselves. Whole numbers only. The style sheet flips the drawing where the script runs right to left.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from panah.site.publish.view import DayRow

WIDTH: Final = 1000
HEIGHT: Final = 300
_MOST_STEPS: Final = 240  # more would be finer than a pixel of a phone


@dataclass(frozen=True, slots=True)
class Chart:
    """Paths in a WIDTH × HEIGHT box, and what the words around them need."""

    line: str
    area: str
    goal_y: int
    first: str
    last: str
    total: int


def chart(days: Sequence[DayRow], goal: int) -> Chart | None:
    """Draw the sum of what arrived up to each day; None when nothing arrived yet."""
    sums: dict[str, int] = {}
    for row in days:
        sums[row.day] = sums.get(row.day, 0) + row.amount
    if not sums:
        return None
    names = sorted(sums)
    totals = list(accumulate(sums[name] for name in names))
    start, end = (dt.date.fromisoformat(name).toordinal() for name in (names[0], names[-1]))
    span, top = max(end - start, 1), max(goal, totals[-1], 1)

    def x(name: str) -> int:
        return (dt.date.fromisoformat(name).toordinal() - start) * WIDTH // span

    def y(total: int) -> int:
        return HEIGHT - total * HEIGHT // top

    every = max(1, -(-len(names) // _MOST_STEPS))
    kept = [index for index in range(len(names)) if index % every == 0 or index == len(names) - 1]
    steps = "".join(f"H{x(names[index])}V{y(totals[index])}" for index in kept) + f"H{WIDTH}"
    return Chart(
        line=f"M0 {HEIGHT}{steps}", area=f"M0 {HEIGHT}{steps}V{HEIGHT}Z", goal_y=y(goal),
        first=names[0], last=names[-1], total=totals[-1],
    )  # fmt: skip
