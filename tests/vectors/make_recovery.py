"""Log cases of outside holders: a team that lost its keys, and each way to take a fund from a living one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from tests.loglab import HOLDERS, SEEDS, Lab, roster

PAIR = ("aram", "laleh")
TWO = sorted(HOLDERS)[:2]
DAY, DUE = "2021-10-01", "2021-10-15"
NEW_KEYS = {name: hashlib.sha256(b"loglab new " + name.encode()).digest() for name in ("mina", "navid", "omid")}
NEW = roster(*NEW_KEYS, keys=NEW_KEYS, until="2022-10-01")
NOTICE = 2
"""Leaf of the first notice after a charter and an opening."""


def guarded(lab: Lab) -> Lab:
    """An open fund whose charter names three outside keys, of which two are needed."""
    return lab.found(outside={"k": 2, "keys": sorted(HOLDERS)})


def announce(lab: Lab, day: str = DAY, **more: Any) -> int:
    return lab.add("notice", *TWO, keys=HOLDERS, day=day, **{"roster": NEW} | more)


def bring_in(lab: Lab, *signers: str, **more: Any) -> int:
    """Append the roster of outside holders, whatever the books say."""
    fields = {"day": DUE, "roster": NEW, "notice": NOTICE, "keys": HOLDERS} | more
    return lab.force("roster", *(signers or TWO), **fields)


def _fee(lab: Lab, *signers: str, day: str = DAY, **more: Any) -> int:
    return lab.add("fee", *signers, cur="EUR", rail="bank", amount=35, day=day, **more)


def _ended(lab: Lab) -> dict[str, Any]:
    totals = {
        "gifts": lab.books.gifts,
        "gross": lab.books.gross,
        "counted": lab.books.counted,
        "held": 0,
        "state": "open",
    }
    return {"leaves": [data.decode() for data in lab.leaves], "totals": {str(len(lab.leaves)): totals}}


def recovered(lab: Lab) -> dict[str, Any]:
    """Gifts go on, nobody signs, and after fourteen days the new members act."""
    announce(lab)
    lab.gift(500, day="2021-10-20")
    lab.add("roster", *TWO, keys=HOLDERS, day=DUE, roster=NEW, notice=NOTICE)
    _fee(lab, "mina", "navid", day=DUE, keys=NEW_KEYS)
    return _ended(lab)


def recovered_after_expiry(lab: Lab) -> dict[str, Any]:
    """The old roster ended long ago: a notice needs none."""
    new = NEW | {"until": "2023-10-01"}
    announce(lab, "2022-12-01", roster=new)
    lab.add("roster", *TWO, keys=HOLDERS, day="2022-12-15", roster=new, notice=NOTICE)
    return _ended(lab)


def answered(lab: Lab) -> dict[str, Any]:
    """A living team renews its roster; another notice is possible, and lapses too."""
    announce(lab)
    lab.add("roster", *PAIR, day="2021-10-02", roster=roster(until="2022-09-30"))
    announce(lab, "2021-10-03")
    _fee(lab, *PAIR, day="2021-10-04")
    return _ended(lab)


def _answered_by_an_old_statement(lab: Lab) -> None:
    announce(lab)
    _fee(lab, *PAIR, day="2021-09-20")
    bring_in(lab)


def _announced_twice(lab: Lab) -> None:
    announce(lab)
    announce(lab, "2021-10-10")
    bring_in(lab)


def _brought_in_twice(lab: Lab) -> None:
    announce(lab)
    lab.add("roster", *TWO, keys=HOLDERS, day=DUE, roster=NEW, notice=NOTICE)
    bring_in(lab, day="2021-10-16")


def _amended_away(lab: Lab) -> None:
    lab.add("amend", *PAIR, day="2021-09-10", from_=DUE, set={"outside": {"k": 3, "keys": sorted(HOLDERS)}})
    lab.add("notice", *TWO, keys=HOLDERS, day=DAY, roster=NEW)
    bring_in(lab, notice=3)


def _after(step: Callable[[Lab], Any]) -> Callable[[Lab], Any]:
    def spoil(lab: Lab) -> None:
        announce(lab)
        step(lab)

    return spoil


def _late(lab: Lab) -> None:
    lab.gift(500, day="2021-10-05")
    lab.force("notice", *TWO, keys=HOLDERS, day="2021-10-04", roster=NEW)


MIXED = {TWO[0]: HOLDERS[TWO[0]], "aram": SEEDS["aram"]}
RECOVERED = {"recovered": recovered, "recovered-after-expiry": recovered_after_expiry, "recovery-answered": answered}
RECOVERED_WRONG: dict[str, Callable[[Lab], Any]] = {
    "recovery-a-day-early": _after(lambda lab: bring_in(lab, day="2021-10-14")),
    "recovery-by-one": _after(lambda lab: bring_in(lab, TWO[0])),
    "recovery-by-one-and-a-member": _after(lambda lab: bring_in(lab, TWO[0], "aram", keys=MIXED)),
    "recovery-by-members": _after(lambda lab: bring_in(lab, *PAIR, keys=SEEDS)),
    "recovery-by-strangers": _after(
        lambda lab: bring_in(lab, *_strangers(), keys=_strangers()),
    ),
    "recovery-of-another-roster": _after(lambda lab: bring_in(lab, roster=NEW | {"until": "2022-09-01"})),
    "recovery-without-notice": lambda lab: bring_in(lab, notice=1),
    "recovery-of-a-living-team": _after(lambda lab: (_fee(lab, *PAIR), bring_in(lab))),
    "recovery-after-an-old-statement": _answered_by_an_old_statement,
    "recovery-of-a-replaced-notice": _announced_twice,
    "recovery-twice": _brought_in_twice,
    "recovery-by-too-few-since-today": _amended_away,
    "roster-of-holders-without-notice": lambda lab: lab.force("roster", *TWO, keys=HOLDERS, day=DAY, roster=NEW),
    "notice-by-one": lambda lab: lab.force("notice", TWO[0], keys=HOLDERS, day=DAY, roster=NEW),
    "notice-by-members": lambda lab: lab.force("notice", *PAIR, day=DAY, roster=NEW),
    "notice-dated-back": _late,
}


def _strangers() -> dict[str, bytes]:
    seeds = [hashlib.sha256(b"loglab stranger %d" % number).digest() for number in range(2)]
    members = roster("aram", "laleh", "omid", keys=SEEDS | {"aram": seeds[0], "laleh": seeds[1]})["members"]
    return {member["sign"]: seed for member, seed in zip(members, seeds, strict=False)}
