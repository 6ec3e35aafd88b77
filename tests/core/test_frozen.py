"""Money stuck on a rail: its own account, still counted, released or lost only by two signatures."""

import pytest

from panah.errors import RefusedError
from tests.loglab import Lab

TWO = ("aram", "laleh")
DAY = "2021-09-05"
STUCK = {"rail": "fake", "cur": "EUR", "day": DAY}


@pytest.fixture
def lab(tmp_path):
    made = Lab(tmp_path).found(goal=10_000)
    made.gift(4_000)
    return made


def test_what_is_stuck_stays_counted_and_stands_on_its_own_account(lab):
    lab.add("freeze", *TWO, **STUCK, amount=3_000)
    assert lab.books.counted == 4_000
    assert lab.books.frozen == {("fake", "EUR"): 3_000}
    balances = lab.books.balances
    assert (balances["assets:fake", "EUR"], balances["assets:frozen-fake", "EUR"]) == (1_000, 3_000)


def test_a_rail_can_be_stopped_with_nothing_stuck(lab):
    lab.add("freeze", *TWO, **STUCK, amount=0)
    assert lab.books.frozen == {}


def test_it_is_released_in_part_and_the_rest_written_off(lab):
    lab.add("freeze", *TWO, **STUCK, amount=3_000)
    lab.add("thaw", *TWO, **STUCK, amount=2_000, to="release")
    lab.add("thaw", *TWO, **STUCK, amount=1_000, to="loss")
    assert (lab.books.frozen, lab.books.lost, lab.books.counted) == ({}, {"EUR": 1_000}, 4_000)
    assert lab.books.balances["assets:fake", "EUR"] == 3_000


def test_no_more_is_stuck_than_there_is_and_no_more_thawed_than_is_stuck(tmp_path):
    def books():
        lab = Lab(tmp_path).found(goal=10_000)
        lab.gift(4_000)
        lab.gift(1_001, cur="USD", rate="0.8", source="ecb:2021-09-03", counted=801, rail="fake")
        lab.add("freeze", *TWO, **STUCK, amount=3_000)
        return lab

    for kind, broken in (
        ("freeze", {"amount": 1_001}),
        ("freeze", {"amount": 1_002, "cur": "USD"}),
        ("thaw", {"amount": 3_001, "to": "release"}),
        ("thaw", {"amount": 1, "to": "loss", "cur": "USD"}),
        ("thaw", {"amount": 1, "to": "loss", "rail": "bank"}),
    ):
        with pytest.raises(RefusedError, match="More is"):
            books().add(kind, *TWO, **STUCK | broken)
    books().add("freeze", *TWO, **STUCK | {"amount": 1_001, "cur": "USD"})


def test_late_money_and_disputes_go_on_while_a_rail_is_frozen(lab):
    lab.add("freeze", *TWO, **STUCK, amount=4_000)
    lab.gift(500)
    lab.add("gift-void", gift=2, amount=1_000, counted=1_000, day=DAY, why="dispute")
    # The provider took it out of what is stuck: the rail's own account is short until that is thawed.
    assert lab.books.balances["assets:fake", "EUR"] == -500
    lab.add("thaw", *TWO, **STUCK, amount=500, to="release")
    assert lab.books.balances["assets:fake", "EUR"] == 0


def test_a_fund_does_not_close_over_stuck_money(lab):
    lab.add("freeze", *TWO, **STUCK, amount=1)
    lab.add("life", *TWO, to="winding", day=DAY)
    with pytest.raises(RefusedError, match="stuck"):
        lab.add("close", *TWO, day=DAY)
