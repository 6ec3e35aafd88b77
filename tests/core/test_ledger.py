"""The books: what leaves add up to, and every rule that a prefix must keep."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panah.core.fund import State
from panah.core.ledger import Gift, postings, worth
from panah.errors import RefusedError
from tests.loglab import Lab, busy_lab, charter, rc_of, roster

TWO = ("aram", "laleh")


@pytest.fixture
def lab(tmp_path):
    return Lab(tmp_path).found(goal=10_000)


def test_a_life_adds_up(tmp_path):
    books = busy_lab(tmp_path).books
    assert books.state is State.MET
    assert books.counted == books.goal == 600_000
    for currency in ("EUR", "USD"):
        assert sum(v for (_, cur), v in books.balances.items() if cur == currency) == 0
    assert -books.balances["income:gifts", "EUR"] == books.counted
    assert -books.balances["liabilities:held", "EUR"] == books.held == books.gross - books.returned - books.counted
    assert books.balances["expenses:fees", "EUR"] == books.fees == 350
    assert books.balances["assets:exchange", "USD"] == 5400
    assert books.gifts == sum(row.gifts for row in books.days.values()) > 300


def test_the_goal_is_never_passed(lab):
    lab.gift(9_000)
    with pytest.raises(RefusedError, match="than the goal"):
        lab.gift(1_500, counted=1_001)


def test_the_gift_that_reaches_the_goal_is_split_and_met_never_reopens(lab):
    lab.gift(9_000)
    last = lab.gift(1_500)
    assert (lab.books.state, lab.books.counted, lab.books.held) == (State.MET, 10_000, 500)
    lab.add("gift-void", gift=2, amount=9_000, counted=9_000, day="2021-09-05", why="dispute")
    assert (lab.books.state, lab.books.counted) == (State.MET, 1_000)
    lab.add("count", gift=last, counted=500, day="2021-09-05")
    assert lab.books.counted == 1_500
    with pytest.raises(RefusedError, match="only be held"):
        lab.gift(100, counted=1)


def test_held_gifts_count_only_up_to_the_goal(lab):
    lab.gift(10_000)
    held = lab.gift(700)
    for amount, rule in ((701, "is held"), (1, "the goal")):
        with pytest.raises(RefusedError, match=rule):
            lab.add("count", gift=held, counted=amount, day="2021-09-05")


@pytest.mark.parametrize(
    ("amount", "counted"), [(1_001, 1_001), (1_000, 999), (500, 501)]
)  # fmt: skip
def test_no_more_is_taken_back_than_is_left(lab, amount, counted):
    gift = lab.gift(1_000)
    with pytest.raises(RefusedError, match="left of the gift"):
        lab.add("gift-void", gift=gift, amount=amount, counted=counted, day="2021-09-05", why="void")


def test_a_gift_goes_back_once(lab):
    gift = lab.gift(1_000)
    lab.add("gift-return", *TWO, gift=gift, amount=400, counted=400, day="2021-09-05")
    lab.add("gift-return", *TWO, gift=gift, amount=600, counted=600, day="2021-09-05")
    assert (lab.books.counted, lab.books.returned, lab.books.room) == (0, 1_000, 10_000)
    with pytest.raises(RefusedError, match="left of the gift"):
        lab.add("gift-return", *TWO, gift=gift, amount=1, counted=1, day="2021-09-05")


@pytest.mark.parametrize("index", [0, 1, 99])
def test_only_gifts_are_taken_back(lab, index):
    with pytest.raises(RefusedError, match="not a gift"):
        lab.add("gift-void", gift=index, amount=1, counted=1, day="2021-09-05", why="void")


def test_nothing_is_given_before_the_fund_opens(tmp_path):
    lab = Lab(tmp_path)
    with pytest.raises(RefusedError, match="first leaf"):
        lab.gift(100)
    lab = Lab(tmp_path)
    lab.add("charter", "aram", "laleh", "omid", "parwin", charter=charter(), vkey=lab.key.vkey)
    with pytest.raises(RefusedError, match="draft"):
        lab.gift(100, counted=0)


def test_founders_and_pairs_sign(tmp_path):
    lab = Lab(tmp_path)
    with pytest.raises(RefusedError, match="parwin"):
        lab.add("charter", "aram", "laleh", "omid", charter=charter(), vkey=lab.key.vkey)
    lab = Lab(tmp_path).found()
    with pytest.raises(RefusedError, match="needs 2"):
        lab.add("fee", "aram", cur="EUR", rail="bank", amount=1, day="2021-09-05")


def test_an_expired_roster_signs_nothing_but_its_renewal(tmp_path):
    lab = Lab(tmp_path).found()
    with pytest.raises(RefusedError, match="2022-09-01"):
        lab.add("fee", *TWO, cur="EUR", rail="bank", amount=1, day="2022-09-02")
    renewed = roster("aram", "laleh", "omid", until="2023-03-01")
    index = lab.add("roster", *TWO, day="2022-09-02", roster=renewed)
    assert lab.books.rosters[-1] == (index, renewed)
    with pytest.raises(RefusedError, match="parwin"):
        lab.add("fee", "aram", "parwin", cur="EUR", rail="bank", amount=1, day="2022-09-03")


def test_the_opening_confirms_the_log_key(tmp_path):
    lab = Lab(tmp_path)
    lab.add("charter", "aram", "laleh", "omid", "parwin", charter=charter(), vkey=lab.key.vkey)
    with pytest.raises(RefusedError, match="log's key"):
        lab.add("life", *TWO, day="2021-09-02", to="open", vkey="refuge.invalid/2021+00000000+other")


def test_a_changed_key_signs_from_its_leaf_on(lab):
    index = lab.add("key", *TWO, day="2021-09-03", vkey="refuge.invalid/2021+00000000+new")
    assert lab.books.vkey_at(index) == lab.key.vkey
    assert lab.books.vkey_at(index + 1).endswith("+new")
    with pytest.raises(RefusedError, match="named after"):
        lab.add("key", *TWO, day="2021-09-03", vkey="other.invalid+00000000+new")


def test_an_amendment_waits_seven_days_and_never_follows_met(lab):
    with pytest.raises(RefusedError, match="seven days"):
        lab.add("amend", *TWO, day="2021-09-03", from_="2021-09-09", set={"goal": 20_000})
    lab = Lab(lab.folder).found(goal=10_000)
    lab.add("amend", *TWO, day="2021-09-03", from_="2021-09-10", set={"goal": 20_000})
    lab.gift(6_000, day="2021-09-09")
    assert lab.books.room == 4_000
    lab.gift(6_000, counted=6_000, day="2021-09-10")
    assert (lab.books.goal, lab.books.room, lab.books.state) == (20_000, 8_000, State.OPEN)


def test_an_amendment_lapses_when_the_goal_is_reached_first(lab):
    lab.add("amend", *TWO, day="2021-09-03", from_="2021-09-10", set={"goal": 20_000})
    lab.gift(10_000, day="2021-09-04")
    lab.gift(100, day="2021-09-11")
    assert (lab.books.goal, lab.books.held) == (10_000, 100)
    with pytest.raises(RefusedError, match="met"):
        lab.add("amend", *TWO, day="2021-09-11", from_="2021-09-20", set={"goal": 20_000})


def test_a_lowered_goal_already_passed_is_met(lab):
    lab.add("amend", *TWO, day="2021-09-03", from_="2021-09-10", set={"goal": 5_000})
    lab.gift(6_000, day="2021-09-05")
    lab.gift(100, day="2021-09-10", counted=0)
    assert (lab.books.state, lab.books.goal, lab.books.counted) == (State.MET, 6_000, 6_000)


@pytest.mark.parametrize(
    ("fields", "rule"),
    [({"to": "reserve"}, "overflow rule"), ({"to": "pass-on", "sibling": "Sibling fund"}, "overflow rule"),
     ({"to": "reserve", "amount": 501}, "is held")],
)  # fmt: skip
def test_held_money_follows_the_charter(lab, fields, rule):
    held = lab.gift(10_500)
    with pytest.raises(RefusedError, match=rule):
        lab.books.apply(3, lab.body("overflow", *TWO, gift=held, day="2021-09-05", **{"amount": 500} | fields), None)


def test_money_is_passed_on_to_a_named_sibling(tmp_path):
    lab = Lab(tmp_path).found(goal=10_000, overflow="pass-on")
    held = lab.gift(10_500)
    with pytest.raises(RefusedError, match="sibling"):
        lab.add("overflow", *TWO, gift=held, amount=500, to="pass-on", day="2021-09-05", sibling="Friend")
    lab.add("overflow", *TWO, gift=held, amount=500, to="pass-on", day="2021-09-05", sibling="Sibling fund")
    assert (lab.books.held, lab.books.passed_on) == (0, 500)


def test_a_fund_closes_with_nothing_held_and_then_books_nothing(lab):
    lab.gift(10_500)
    lab.add("life", *TWO, day="2021-10-01", to="winding")
    with pytest.raises(RefusedError, match="still held"):
        lab.add("close", *TWO, day="2021-10-02")
    lab.add("gift-return", *TWO, gift=2, amount=500, counted=0, day="2021-10-02")
    lab.add("close", *TWO, day="2021-10-02")
    with pytest.raises(RefusedError, match="closed"):
        lab.gift(100, counted=0)
    lab.update("after", "A year later", day="2021-12-01")


def test_foreign_money_is_counted_at_its_rate_and_goes_back_in_proportion(lab):
    foreign = {"cur": "USD", "rate": "0.8643", "source": "ecb:2021-09-03"}
    gift = lab.gift(5_000, counted=4_322, **foreign)  # 4321.5, half to even
    assert lab.books.balances["assets:fake", "USD"] == 5_000
    assert lab.books.counted == 4_322
    assert lab.books.days["2021-09-03", "fake"].amount == 4_322
    assert lab.books.gross_by_currency == {"EUR": 0, "USD": 5_000}
    with pytest.raises(RefusedError, match="More is taken back"):
        lab.add("gift-void", gift=gift, amount=1_000, counted=865, day="2021-09-05", why="void")
    lab.add("gift-void", gift=gift, amount=1_000, counted=864, day="2021-09-05", why="void")  # 3457.6 stay
    lab.add("gift-void", gift=gift, amount=4_000, counted=3_458, day="2021-09-05", why="void")
    assert not any(lab.books.balances.values())


@pytest.mark.parametrize(
    ("more", "rule"),
    [({"cur": "USD"}, "rate and source"), ({"rate": "1"}, "has no rate"),
     ({"cur": "XXX", "rate": "1", "source": "ecb:2021-09-01"}, "XXX"), ({"rail": "card"}, "no rail"),
     ({"cur": "GBP", "rate": "1.2", "source": "ecb:2021-09-01"}, "accepts no GBP")],
)  # fmt: skip
def test_gifts_that_make_no_sense_are_refused(lab, more, rule):
    with pytest.raises(RefusedError, match=rule):
        lab.gift(1_000, counted=1_000, **more)


@pytest.mark.parametrize(
    "fields",
    [{"from_": "income:gifts"}, {"to": "expenses:shelter"}, {"in_": 99}, {"to": "assets:bank"}, {"into": "XXX"}],
)
def test_settling_moves_only_between_own_assets(lab, fields):
    good = {"from_": "assets:bank", "out": 100, "cur": "EUR", "to": "assets:fake", "in_": 100, "into": "EUR"}
    with pytest.raises(RefusedError):
        lab.add("settle", *TWO, day="2021-09-05", **good | fields)


def test_rates_round_half_to_even_across_decimals():
    assert worth(5_000, "USD", "0.8643", "EUR") == 4322
    assert worth(4_000, "USD", "0.862625", "EUR") == 3450  # 3450.5
    assert worth(100, "JPY", "0.0077", "EUR") == 77
    assert worth(100, "EUR", "130.25", "JPY") == 130
    assert worth(100, "EUR", "1", "EUR") == 100


@given(st.integers(1, 10**9), st.integers(0, 10**9), st.sampled_from(["EUR", "USD"]))
def test_every_posting_sums_to_zero(amount, counted, currency):
    leaves = [
        {"t": "panah/1/gift", "cur": currency, "rail": "bank", "amount": amount, "counted": counted, "rate": "0.93"},
        {"t": "panah/1/gift-void", "amount": amount, "counted": counted},
        {"t": "panah/1/count", "counted": counted + 1},
        {"t": "panah/1/overflow", "amount": amount, "to": "reserve"},
        {"t": "panah/1/fee", "rail": "bank", "cur": currency, "amount": amount},
        {"t": "panah/1/settle", "from": "assets:a", "to": "assets:b", "cur": currency, "into": "EUR", "out": amount,
         "in": amount if currency == "EUR" else counted + 1},
    ]  # fmt: skip
    gift = Gift("bank", currency, amount, counted, amount - counted)
    for leaf in leaves:
        lines = postings(leaf, "EUR", gift)
        for cur in ("EUR", "USD"):
            assert sum(line[2] for line in lines if line[1] == cur) == 0
        assert all(line[2] for line in lines)


def test_leaves_of_another_fund_and_out_of_turn_are_refused(lab):
    body = lab.body("gift", amount=1, counted=1, cur="EUR", day="2021-09-03", rail="fake", rc=rc_of(1))
    with pytest.raises(RefusedError, match="another fund"):
        lab.books.apply(2, body | {"o": "other.invalid"}, None)
    with pytest.raises(ValueError, match="next one"):
        lab.books.apply(7, body, None)
