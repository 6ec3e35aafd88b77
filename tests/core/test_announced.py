"""What announced amendments will change, rule by rule."""

from __future__ import annotations

import datetime as dt

import pytest

from panah.core.announced import RULES, changes, coming, not_in_force
from panah.proof.charterleaf import AMENDABLE
from tests.loglab import charter

TERMS = charter()
BANK = {"bank": {"payee": "Refuge Union", "iban": "GB82WEST12345698765432"}, "fake": {}}


def amendment(start: str, **changed: object) -> dict[str, object]:
    return {"from": start, "set": changed}


def test_only_what_changes_is_named_each_rule_with_both_values() -> None:
    (one,) = coming(TERMS, [amendment("2021-10-01", goal=6_000_000, rails=BANK)])
    assert one.day == dt.date(2021, 10, 1)
    assert [(change.path, *change.plain("EUR")) for change in one.changes] == [
        ("goal", "50000.00 EUR", "60000.00 EUR"),
        ("rails.bank.iban", "DE89370400440532013000", "GB82WEST12345698765432"),
    ]
    assert [change.path for change in one.accounts] == ["rails.bank.iban"]


def test_a_later_amendment_is_held_against_the_one_before_it_whatever_their_order() -> None:
    found = coming(TERMS, [amendment("2021-10-08", goal=7_000_000), amendment("2021-10-01", goal=6_000_000)])
    assert [(one.day.day, *one.changes[0].plain("EUR")) for one in found] == [
        (1, "50000.00 EUR", "60000.00 EUR"),
        (8, "60000.00 EUR", "70000.00 EUR"),
    ]


def test_an_amendment_that_changes_nothing_any_more_is_not_announced() -> None:
    assert coming(TERMS, [amendment("2021-10-01", goal=TERMS["goal"], rails=TERMS["rails"])]) == ()


def test_a_way_to_give_that_comes_or_goes_is_told_with_its_account() -> None:
    told = {change.path: change.plain("EUR") for change in changes(TERMS, TERMS | {"rails": {"fake": {}}})}
    assert told["rails"] == ("bank, fake", "fake")
    assert told["rails.bank.iban"] == ("DE89370400440532013000", "-")


@pytest.mark.parametrize("key", sorted(AMENDABLE))
def test_every_rule_that_an_amendment_may_set_has_a_name(key: str) -> None:
    assert [path for path in RULES if path.split(".")[0] == key]


def test_what_is_in_force_is_known_by_the_terms_and_by_the_day() -> None:
    first, second = amendment("2021-10-01", goal=6_000_000), amendment("2021-10-08", goal=7_000_000)
    both, day = [first, second], dt.date(2021, 10, 1)
    assert not_in_force(TERMS, both, TERMS, dt.date(2021, 9, 25)) == both
    # Its day has come, but no leaf of that day: for a reader of the log the old rule still holds.
    assert not_in_force(TERMS, both, TERMS, day) == both
    assert not_in_force(TERMS, both, TERMS | {"goal": 6_000_000}, day) == [second]
    back = amendment("2021-10-08", contact=TERMS["contact"])
    there = [amendment("2021-10-01", contact="new@refuge.invalid"), back]
    assert not_in_force(TERMS, there, TERMS, dt.date(2021, 9, 25)) == there  # though both together change nothing
