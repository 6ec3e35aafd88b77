"""What a person should look at, and what nobody should be bothered with."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from panah.core.flags import EQUAL_MANY, REFUSED_MANY, Seen, Why, flags

DAY = dt.date(2026, 3, 2)
GOAL, MINIMUM = 5_000_000, 500


def seen(number, amount, rail="card", arrived=True, day=DAY):
    return Seen(f"gift-{number}", day, rail, amount, arrived)


def whys(gifts):
    return [flag.why for flag in flags(gifts, GOAL, MINIMUM)]


def test_a_tenth_of_the_goal_is_large_on_any_rail():
    assert whys([seen(1, 500_000, "bank"), seen(2, 499_999, "bank")]) == [Why.LARGE]


def test_many_equal_small_card_gifts_of_one_day_look_like_cards_being_tried():
    rush = [seen(number, 1_000) for number in range(EQUAL_MANY)]
    assert whys(rush) == [Why.EQUAL] * EQUAL_MANY
    assert whys(rush[1:]) == []


def test_a_popular_amount_a_quiet_week_and_transfers_are_not_flagged():
    assert whys(seen(number, 2_500) for number in range(100)) == []
    assert whys(seen(number, 1_000, day=DAY + dt.timedelta(days=number)) for number in range(100)) == []
    assert whys(seen(number, 1_000, "bank") for number in range(100)) == []


def test_what_came_through_among_many_refused_tries_is_flagged_and_the_tries_are_not():
    tries = [seen(number, 1_000 + number, arrived=False) for number in range(REFUSED_MANY)]
    came = [seen(100, 2_000), seen(101, 3_000)]
    assert whys([*tries, *came]) == [Why.REFUSED] * 2
    assert whys([*tries[1:], *came]) == []
    assert whys([*tries, *(seen(200 + number, 2_000 + number) for number in range(30))]) == []


@given(st.lists(st.tuples(st.integers(1, 10**7), st.sampled_from(["card", "bank"]), st.booleans()), max_size=60))
def test_each_gift_is_flagged_at_most_once_and_only_when_it_arrived(rows):
    gifts = [seen(number, *row) for number, row in enumerate(rows)]
    found = flags(gifts, GOAL, MINIMUM)
    assert len({flag.seen.gift for flag in found}) == len(found)
    assert all(flag.seen.arrived for flag in found)
