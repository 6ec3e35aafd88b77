"""Log cases of a private person's account: whoever holds it signs for it, at founding and at each change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.loglab import SEEDS, Lab, charter, roster

DAY, START = "2021-09-05", "2021-09-12"
OMIDS = charter()["payee"] | {"private": 1, "person": "omid", "holder": "Omid R."}


def _whole(lab: Lab) -> dict[str, Any]:
    totals = {"gifts": 0, "gross": 0, "counted": 0, "held": 0, "state": "open"}
    return {"leaves": [data.decode() for data in lab.leaves], "totals": {str(len(lab.leaves)): totals}}


def signed_at_founding(lab: Lab) -> dict[str, Any]:
    """Omid's account from the first leaf; his account changes with him, and the goal without him."""
    lab.found(payee=OMIDS)
    lab.add("amend", "aram", "omid", day=DAY, from_=START, set={"rails": {"fake": {}}})
    lab.add("amend", "aram", "laleh", day=DAY, from_=START, set={"goal": 6_000_000})
    return _whole(lab)


def signed_later(lab: Lab) -> dict[str, Any]:
    """An association's account becomes Omid's, who signs; later he leaves the team, and the log goes on."""
    lab.found()
    lab.add("amend", "aram", "laleh", "omid", day=DAY, from_=START, set={"payee": OMIDS})
    lab.add("roster", "aram", "laleh", day=DAY, roster=roster("aram", "laleh", "parwin"))
    lab.add("amend", "aram", "laleh", day=START, from_="2021-09-20", set={"payee": charter()["payee"]})
    return _whole(lab)


def _without_him(lab: Lab) -> None:
    lab.found().force("amend", "aram", "laleh", day=DAY, from_=START, set={"payee": OMIDS})


def _account_without_him(lab: Lab) -> None:
    lab.found(payee=OMIDS).force("amend", "aram", "laleh", day=DAY, from_=START, set={"rails": {"fake": {}}})


def _account_while_his_is_announced(lab: Lab) -> None:
    lab.found().add("amend", "aram", "omid", day=DAY, from_=START, set={"payee": OMIDS})
    lab.force("amend", "aram", "laleh", day=DAY, from_=START, set={"rails": {"fake": {}}})


def _no_member(lab: Lab) -> None:
    lab.force("charter", *SEEDS, charter=charter(payee=OMIDS | {"person": "rostam"}), vkey=lab.key.vkey)


def _nobody_named(lab: Lab) -> None:
    payee = {key: value for key, value in OMIDS.items() if key != "person"}
    lab.force("charter", *SEEDS, charter=charter(payee=payee), vkey=lab.key.vkey)


PERSON: dict[str, Callable[[Lab], dict[str, Any]]] = {
    "private-payee-signs": signed_at_founding,
    "private-payee-signs-later": signed_later,
}
PERSON_WRONG: dict[str, Callable[[Lab], None]] = {
    "private-payee-unsigned": _without_him,
    "private-account-unsigned": _account_without_him,
    "private-account-unsigned-ahead": _account_while_his_is_announced,
    "private-payee-no-member": _no_member,
    "private-payee-unnamed": _nobody_named,
}
