"""Log cases of a rail that freezes: lives whose totals are known, and last leaves that break one rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.loglab import Lab

DAY = "2021-09-05"
PAIR = ("aram", "laleh")


def wind(lab: Lab) -> Lab:
    lab.add("life", *PAIR, to="winding", day=DAY)
    return lab


def frozen_rail(lab: Lab) -> dict[str, Any]:
    """A rail freezes: what is stuck stays counted; late money still comes; released in part, the rest lost."""
    lab.found(goal=10_000)
    lab.gift(4000)
    lab.gift(1001, cur="USD", day=DAY, rate="0.845", source="ecb:2021-09-03", counted=846)
    stuck: dict[str, Any] = {"rail": "fake", "day": DAY}
    lab.add("freeze", *PAIR, **stuck, cur="EUR", amount=3500)
    lab.add("freeze", *PAIR, **stuck, cur="USD", amount=1001)
    lab.gift(700, day=DAY)
    lab.add("freeze", *PAIR, **stuck, cur="EUR", amount=1200)  # all that was left, and the late gift
    lab.add("gift-void", gift=2, amount=500, counted=500, day=DAY, why="dispute")
    lab.add("thaw", *PAIR, **stuck, cur="EUR", amount=4000, to="release")
    lab.add("settle", *PAIR, day=DAY, from_="assets:fake", out=3500, cur="EUR", to="assets:bank", in_=3500, into="EUR")
    lab.add("thaw", *PAIR, **stuck, cur="EUR", amount=700, to="loss")
    wind(lab).add("thaw", *PAIR, **stuck, cur="USD", amount=1001, to="loss")
    lab.add("close", *PAIR, day=DAY)
    totals = {"gifts": 3, "gross": 5546, "counted": 5046, "held": 0, "state": "closed"}
    return {"leaves": [data.decode() for data in lab.leaves]} | {"totals": {str(len(lab.leaves)): totals}}


def frozen_empty(lab: Lab) -> dict[str, Any]:
    """A dispute after the payout leaves the rail short: it can be frozen all the same, with nothing stuck."""
    lab.found()
    lab.gift(1000)
    lab.add("settle", *PAIR, day=DAY, from_="assets:fake", out=1000, cur="EUR", to="assets:bank", in_=1000, into="EUR")
    lab.add("gift-void", gift=2, amount=400, counted=400, day=DAY, why="dispute")
    lab.add("freeze", *PAIR, rail="fake", cur="EUR", amount=0, day=DAY)
    totals = {"gifts": 1, "gross": 1000, "counted": 600, "held": 0, "state": "open"}
    return {"leaves": [data.decode() for data in lab.leaves]} | {"totals": {str(len(lab.leaves)): totals}}


FROZEN: dict[str, Callable[[Lab], dict[str, Any]]] = {
    "frozen-rail": frozen_rail,
    "frozen-with-nothing-on-it": frozen_empty,
}


def _frozen(lab: Lab, amount: int = 1000) -> Lab:
    lab.gift(1000)
    lab.add("freeze", *PAIR, rail="fake", cur="EUR", amount=amount, day=DAY)
    return lab


def _stuck_twice(lab: Lab) -> None:
    _frozen(lab, 600).force("freeze", *PAIR, rail="fake", cur="EUR", amount=401, day=DAY)


def _thawed_twice(lab: Lab) -> None:
    _frozen(lab).add("thaw", *PAIR, rail="fake", cur="EUR", amount=600, to="loss", day=DAY)
    lab.force("thaw", *PAIR, rail="fake", cur="EUR", amount=401, to="release", day=DAY)


def _spent_though_stuck(lab: Lab) -> None:
    _frozen(lab).force(
        "settle", *PAIR, day=DAY, from_="assets:frozen-fake", out=1, cur="EUR", to="assets:bank", in_=1, into="EUR"
    )


def _closing_with_stuck(lab: Lab) -> None:
    wind(_frozen(lab)).force("close", *PAIR, day=DAY)


THAWED_WRONG: dict[str, Callable[[Lab], Any]] = {
    "stuck-more-than-there": _stuck_twice,
    "thawed-more-than-stuck": _thawed_twice,
    "settle-from-stuck": _spent_though_stuck,
    "close-with-stuck": _closing_with_stuck,
    "stuck-in-other-money": lambda lab: (
        lab.gift(1000),
        lab.force("freeze", *PAIR, rail="fake", cur="USD", amount=1, day=DAY),
    ),
    "frozen-by-one": lambda lab: lab.force("freeze", "aram", rail="fake", cur="EUR", amount=0, day=DAY),
    "frozen-rail-not-in-charter": lambda lab: lab.force("freeze", *PAIR, rail="cash", cur="EUR", amount=0, day=DAY),
}
