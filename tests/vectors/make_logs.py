"""Log cases: whole logs whose totals are known, and logs whose last leaf breaks one rule."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.loglab import SEEDS, Lab, charter, roster
from tests.vectors.make_frozen import FROZEN, THAWED_WRONG
from tests.vectors.make_person import PERSON, PERSON_WRONG
from tests.vectors.make_recovery import RECOVERED, RECOVERED_WRONG, guarded

NOWHERE = Path("/nonexistent")  # nothing is published here
DAY = "2021-09-05"
PAIR = ("aram", "laleh")
Break = Callable[[Lab], Any]


def _fields(lab: Lab) -> dict[str, Any]:
    return {"leaves": [data.decode() for data in lab.leaves]}


def _usd(lab: Lab, **changes: Any) -> int:
    return lab.gift(1001, cur="USD", day=DAY, **{"rate": "0.845", "source": "ecb:2021-09-03", "counted": 846} | changes)


def full_life() -> dict[str, Any]:
    """Open, gifts, foreign money, void, goal, held, count, return, pass-on, winding, close: sums by hand."""
    lab = Lab(NOWHERE).found(goal=10_000, overflow="pass-on")
    at: dict[str, Any] = {}

    def note(gifts: int, gross: int, counted: int, held: int, state: str) -> None:
        at[str(len(lab.leaves))] = {"gifts": gifts, "gross": gross, "counted": counted, "held": held, "state": state}

    note(0, 0, 0, 0, "open")
    lab.gift(4000, rail="bank")
    _usd(lab)  # 10.01 USD at 0.845 are 845.845 cents
    note(2, 4846, 4846, 0, "open")
    lab.add("gift-void", gift=2, amount=1000, counted=1000, day=DAY, why="dispute")
    note(2, 4846, 3846, 0, "open")
    lab.add("fee", *PAIR, cur="EUR", rail="bank", amount=35, day=DAY)
    lab.add("amend", *PAIR, day=DAY, from_="2021-09-12", set={"goal": 12_000})
    lab.gift(6000, day="2021-09-11")
    note(3, 10846, 9846, 0, "open")
    lab.gift(3000, day="2021-09-12", counted=2154)  # the higher goal is in force from this day
    note(4, 13846, 12000, 846, "met")
    late = lab.gift(500, counted=0, day="2021-09-13", rail="bank")
    note(5, 14346, 12000, 1346, "met")
    lab.add("gift-void", gift=3, amount=1001, counted=846, day="2021-09-14", why="void")
    lab.add("count", gift=8, counted=846, day="2021-09-14")
    note(5, 14346, 12000, 500, "met")
    lab.add("gift-return", "omid", "parwin", gift=late, amount=200, counted=0, day="2021-09-15")
    lab.add("overflow", *PAIR, gift=late, amount=300, to="pass-on", sibling="Sibling fund", day="2021-09-15")
    lab.add("life", *PAIR, to="winding", day="2021-09-16")
    note(5, 14346, 12000, 0, "winding")
    lab.add("close", *PAIR, day="2021-09-17")
    lab.update("thanks", "Thank you", day="2021-09-18")
    note(5, 14346, 12000, 0, "closed")
    return _fields(lab) | {"totals": at}


def rounding() -> dict[str, Any]:
    """Half to even: 2.5 → 2, 3.5 → 4; yen have no decimals, dinars three."""
    lab = Lab(NOWHERE).found()
    more = {"source": "ecb:2021-09-03", "day": DAY}
    lab.gift(5, 2, cur="USD", rate="0.5", **more)
    lab.gift(7, 4, cur="USD", rate="0.5", **more)
    lab.gift(1000, 769, cur="JPY", rate="0.00769", **more)
    lab.gift(1234, 348, cur="KWD", rate="2.82", **more)
    totals = {"gifts": 4, "gross": 2 + 4 + 769 + 348, "counted": 2 + 4 + 769 + 348, "held": 0, "state": "open"}
    return _fields(lab) | {"totals": {str(len(lab.leaves)): totals}}


def foreign_parts() -> dict[str, Any]:
    """Foreign money goes back in parts: what stays is worth its share, half to even, and the last part takes the rest."""
    lab = Lab(NOWHERE).found(overflow="pass-on", goal=3000)
    more = {"cur": "USD", "day": DAY}
    lab.gift(10, 5, rate="0.5", source="ecb:2021-09-02", **more)
    lab.add("gift-void", gift=2, amount=5, counted=3, day=DAY, why="void")  # 2.5 stay, so 2: 3 go
    lab.add("gift-void", gift=2, amount=5, counted=2, day=DAY, why="void")
    _usd(lab)
    lab.add("gift-void", gift=5, amount=500, counted=423, day=DAY, why="dispute")  # 846 × 501 ÷ 1001 = 423.4…
    lab.gift(2577)
    lab.gift(1000, 0, rate="0.845", source="ecb:2021-09-03", **more)  # 845, all held
    lab.add("overflow", *PAIR, gift=8, amount=400, to="pass-on", sibling="Sibling fund", day=DAY)
    lab.add("gift-return", *PAIR, gift=8, amount=527, counted=0, day=DAY)  # 1000 × 445 ÷ 845 = 526.6…
    lab.gift(4_000_000_000_000_000, 0, cur="JPY", rate="0.0000001", source="receipt:0123456789abcdef", day=DAY)
    totals = {
        "gifts": 5, "gross": 5 + 846 + 2577 + 845 + 40_000_000_000, "counted": 3000, "held": 40_000_000_000, "state": "met"
    }  # fmt: skip
    return _fields(lab) | {"totals": {str(len(lab.leaves)): totals}}


def _lapsed(lab: Lab) -> None:
    lab.gift(1000, counted=0)
    lab.add("amend", *PAIR, day=DAY, from_="2021-09-12", set={"overflow": "pass-on"})
    _wound(lab).force("overflow", *PAIR, gift=2, amount=1000, to="pass-on", sibling="Sibling fund", day="2021-09-13")


def dropped_rail() -> dict[str, Any]:
    """An amendment drops the bank; a transfer that was on its way is booked all the same."""
    lab = Lab(NOWHERE).found()
    lab.add("amend", *PAIR, day=DAY, from_="2021-09-12", set={"rails": {"fake": {}}})
    lab.gift(1000, day="2021-09-12")
    lab.gift(2000, day="2021-09-13", rail="bank")
    totals = {"gifts": 2, "gross": 3000, "counted": 3000, "held": 0, "state": "open"}
    return _fields(lab) | {"totals": {str(len(lab.leaves)): totals}}


def new_roster() -> dict[str, Any]:
    """A leaf is checked against the last roster before it: parwin leaves, navid comes."""
    lab = Lab(NOWHERE).found()
    keys = SEEDS | {"navid": hashlib.sha256(b"loglab navid").digest()}
    lab.add("roster", *PAIR, day=DAY, roster=roster("aram", "laleh", "navid", keys=keys))
    lab.add("fee", "aram", "navid", cur="EUR", rail="bank", amount=35, day=DAY, keys=keys)
    return _fields(lab) | {
        "totals": {str(len(lab.leaves)): {"gifts": 0, "gross": 0, "counted": 0, "held": 0, "state": "open"}}
    }


def _fields_of(**changes: Any) -> dict[str, Any]:
    return {"cur": "EUR", "rc": roster()["members"][0]["sign"], "rail": "fake", "day": DAY} | changes


def _over_goal(lab: Lab) -> None:
    lab.force("gift", **_fields_of(amount=5_000_001, counted=5_000_001))


def _count_over_goal(lab: Lab) -> None:
    lab.gift(5_000_100)
    lab.force("count", gift=2, counted=100, day=DAY)


def _after_met(lab: Lab) -> None:
    lab.gift(5_000_000)
    lab.add("gift-void", gift=2, amount=1000, counted=1000, day=DAY, why="void")
    lab.force("gift", **_fields_of(amount=1000, counted=1000))


def _void_twice(lab: Lab) -> None:
    lab.gift(1000)
    lab.add("gift-void", gift=2, amount=600, counted=600, day=DAY, why="void")
    lab.force("gift-void", gift=2, amount=600, counted=600, day=DAY, why="void")


def _foreign_part_rounded_up(lab: Lab) -> None:
    _usd(lab)
    lab.force("gift-void", gift=2, amount=500, counted=424, day=DAY, why="void")


def _two_rates(lab: Lab) -> None:
    _usd(lab)
    more = {"cur": "USD", "rate": "0.846", "source": "ecb:2021-09-03"}
    lab.force("gift", **_fields_of(amount=1000, counted=846, **more))


def _not_accepted(lab: Lab) -> None:
    more = {"cur": "GBP", "rate": "1.16", "source": "ecb:2021-09-03"}
    lab.force("gift", **_fields_of(amount=1000, counted=1160, **more))


def _returned_though_passed_on(lab: Lab) -> None:
    lab.gift(1000, 0, cur="USD", rate="0.845", source="ecb:2021-09-03")
    _wound(lab).add("overflow", *PAIR, gift=2, amount=400, to="reserve", day=DAY)  # 473 of its cents go with it
    lab.force("gift-return", *PAIR, gift=2, amount=528, counted=0, day=DAY)


def _wound(lab: Lab) -> Lab:
    lab.add("life", *PAIR, to="winding", day=DAY)
    return lab


def _closing_with_held(lab: Lab) -> None:
    lab.gift(1000, counted=0)
    _wound(lab).force("close", *PAIR, day=DAY)


def _after_close(lab: Lab) -> None:
    _wound(lab).add("close", *PAIR, day=DAY)
    lab.force("gift", **_fields_of(amount=1, counted=0))


def _expired(lab: Lab) -> None:
    lab.force("fee", *PAIR, cur="EUR", rail="bank", amount=35, day="2022-09-02")


def _overflow_elsewhere(lab: Lab) -> None:
    lab.gift(5_000_100)
    lab.force("overflow", *PAIR, gift=2, amount=100, to="pass-on", sibling="Friends", day=DAY)


BROKEN: dict[str, Break] = {
    "over-goal": _over_goal,
    "count-over-goal": _count_over_goal,
    "counted-after-met": _after_met,
    "void-more-than-left": _void_twice,
    "foreign-part-rounded-up": _foreign_part_rounded_up,
    "foreign-two-rates": _two_rates,
    "foreign-not-accepted": _not_accepted,
    "foreign-returned-though-passed-on": _returned_though_passed_on,
    "close-with-held": _closing_with_held,
    "gift-after-close": _after_close,
    "roster-expired": _expired,
    "overflow-not-the-rule": _overflow_elsewhere,
    "amendment-lapsed-by-winding": _lapsed,
    "counted-more-than-given": lambda lab: lab.force("gift", **_fields_of(amount=1, counted=2)),
    "foreign-without-rate": lambda lab: lab.force("gift", **_fields_of(cur="USD", amount=2, counted=2)),
    "own-money-with-rate": lambda lab: lab.force(
        "gift", **_fields_of(amount=2, counted=2, rate="1", source="ecb:2021-09-03")
    ),
    "rail-not-in-charter": lambda lab: lab.force("gift", **_fields_of(amount=2, counted=2, rail="cash")),
    "void-of-no-gift": lambda lab: lab.force("gift-void", gift=1, amount=1, counted=1, day=DAY, why="void"),
    "void-of-a-later-leaf": lambda lab: lab.force("gift-void", gift=9, amount=1, counted=1, day=DAY, why="void"),
    "one-signature": lambda lab: lab.force("fee", "aram", cur="EUR", rail="bank", amount=35, day=DAY),
    "charter-twice": lambda lab: lab.raw(lab.leaves[0]),
    "open-twice": lambda lab: lab.force("life", *PAIR, day=DAY, to="open", vkey=lab.key.vkey),
    "other-origin": lambda lab: lab.raw(lab.leaves[1].replace(b'2021"', b'2022"')),
    "notice-too-short": lambda lab: lab.force("amend", *PAIR, day=DAY, from_="2021-09-11", set={"goal": 6_000_000}),
    "amend-nothing": lambda lab: lab.force("amend", *PAIR, day=DAY, from_="2021-09-12", set={}),
    "settle-from-income": lambda lab: lab.force(
        "settle", *PAIR, day=DAY, from_="income:gifts", out=1, cur="EUR", to="assets:bank", in_=1, into="EUR"
    ),
    "settle-loses": lambda lab: lab.force(
        "settle", *PAIR, day=DAY, from_="assets:fake", out=2, cur="EUR", to="assets:bank", in_=1, into="EUR"
    ),
    "key-of-another-log": lambda lab: lab.force(
        "key", *PAIR, day=DAY, vkey="other.invalid" + lab.key.vkey[len(lab.origin) :]
    ),
    "overflow-before-met": lambda lab: (
        lab.gift(10, counted=0), lab.force("overflow", *PAIR, gift=2, amount=10, to="reserve", day=DAY)
    ),
}  # fmt: skip


def _before_open(name: str, lab: Lab) -> dict[str, Any]:
    if name == "gift-before-open":
        lab.force("gift", **_fields_of(amount=1, counted=0))
    else:
        lab.force("life", *PAIR, day=DAY, to="open", vkey=lab.key.vkey[:-2] + "A=")
    return _fields(lab) | {"leaf": 1}


def log_cases() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """All of them as (verdict, name, fields); a refused one names the leaf."""
    yield "ok", "full-life", full_life()
    yield "ok", "rounding", rounding()
    yield "ok", "foreign-parts", foreign_parts()
    yield "ok", "new-roster", new_roster()
    yield "ok", "dropped-rail", dropped_rail()
    for name, live in FROZEN.items():
        yield "ok", name, live(Lab(NOWHERE))
    for name, live in PERSON.items():
        yield "ok", name, live(Lab(NOWHERE))
    for name, spoil in PERSON_WRONG.items():
        lab = Lab(NOWHERE)
        spoil(lab)
        yield "refused", name, _fields(lab) | {"leaf": len(lab.leaves) - 1}
    for name, spoil in (BROKEN | THAWED_WRONG).items():
        lab = Lab(NOWHERE).found()
        spoil(lab)
        yield "refused", name, _fields(lab) | {"leaf": len(lab.leaves) - 1}
    for name, live in RECOVERED.items():
        yield "ok", name, live(guarded(Lab(NOWHERE)))
    for name, spoil in RECOVERED_WRONG.items():
        lab = guarded(Lab(NOWHERE))
        spoil(lab)
        yield "refused", name, _fields(lab) | {"leaf": len(lab.leaves) - 1}
    for name in ("gift-before-open", "other-key-signed-on-opening"):
        lab = Lab(NOWHERE)
        lab.add("charter", *SEEDS, charter=charter(), vkey=lab.key.vkey)
        yield "refused", name, _before_open(name, lab)
    lab = Lab(NOWHERE)
    lab.force("charter", "aram", "laleh", "omid", charter=charter(), vkey=lab.key.vkey)
    yield "refused", "founder-missing", _fields(lab) | {"leaf": 0}
    lab = Lab(NOWHERE)
    lab.force("gift", **_fields_of(amount=1, counted=0))
    yield "refused", "no-charter", _fields(lab) | {"leaf": 0}
