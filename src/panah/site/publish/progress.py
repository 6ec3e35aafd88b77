"""How far a fund is, as the public page says it.

Until 95 % the page moves in steps of one hundredth of the goal: it need not be made again for each
gift, and single gifts cannot be read off it. From there on, and once the fund no longer takes gifts,
it is exact. Always rounded down: 100 % is said only when the goal is reached.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from panah.core.fund import State
from panah.core.money import EXPONENTS

EXACT_FROM: Final = 95


@dataclass(frozen=True, slots=True)
class Progress:
    """What to show: hundredths of the goal, and an amount that is `exact` or a lower bound."""

    percent: int
    amount: int
    exact: bool


def shown(state: State, counted: int, goal: int, currency: str) -> Progress:
    """Give what the page may say of `counted` minor units towards `goal`."""
    percent = min(counted * 100 // goal, 100)
    if percent >= EXACT_FROM or state is not State.OPEN:
        return Progress(percent, counted, exact=True)
    unit = 10 ** EXPONENTS[currency]
    return Progress(percent, goal * percent // 100 // unit * unit, exact=False)
