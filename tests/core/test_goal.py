"""Stop at the goal, exactly: laws over all amounts, and the cases that givers meet."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panah.core.fund import State
from panah.core.goal import Accept, Capacity, Held, Refuse, Rest, Why, claim, free, offer, split
from panah.errors import RefusedError

amounts = st.integers(1, 3000)


@st.composite
def capacities(draw, states=tuple(State)):
    goal = draw(st.integers(1, 2000))
    counted = draw(st.integers(0, goal))
    claimed = draw(st.integers(0, goal - counted))
    return Capacity(goal, counted, claimed, draw(st.integers(1, goal)), draw(st.sampled_from(states)))


held_gifts = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 500)).map(lambda pair: pair), max_size=12).map(
    lambda rows: [
        Held(index, dt.date(2021, 9, 1) + dt.timedelta(days), amount) for index, (days, amount) in enumerate(rows)
    ]
)


@given(capacities(), amounts, st.booleans())
def test_whatever_is_accepted_or_offered_fits_and_leaves_nothing_or_the_minimum(capacity, amount, takes_rest):
    answer = offer(capacity, amount, takes_rest)
    possible = answer.options if isinstance(answer, Rest) else ()
    if isinstance(answer, Accept):
        assert answer.amount == amount
        possible = (amount,)
    for option in possible:
        left = capacity.rest - option
        assert left == 0 or left >= capacity.minimum
        assert option >= capacity.minimum or left == 0


@given(capacities(), amounts, st.booleans())
def test_an_offered_amount_is_accepted_when_it_comes_back(capacity, amount, takes_rest):
    answer = offer(capacity, amount, takes_rest)
    if isinstance(answer, Rest):
        assert answer.options
        assert all(offer(capacity, option, takes_rest) == Accept(option) for option in answer.options)


@given(capacities(states=(State.OPEN,)), amounts)
def test_a_rail_that_takes_the_rest_can_always_fill_an_open_fund(capacity, amount):
    answer = offer(capacity, amount, takes_rest=True)
    if capacity.rest and not isinstance(answer, Accept):
        assert answer == Refuse(Why.SMALL, capacity.minimum) or capacity.rest in answer.options


@given(capacities(), amounts)
def test_splitting_loses_nothing_and_never_passes_the_goal(capacity, amount):
    counted, held = split(capacity, amount)
    assert counted + held == amount
    assert counted >= 0
    assert held >= 0
    assert capacity.counted + capacity.claimed + counted <= capacity.goal


@given(capacities(), amounts, st.booleans())
def test_a_claim_never_passes_the_goal_nor_takes_more_than_was_given(capacity, amount, take_rest):
    taken = claim(capacity, amount, take_rest=take_rest)
    assert 0 <= taken <= min(amount, capacity.rest)
    assert taken in {0, amount} or take_rest


@given(capacities(), held_gifts)
def test_freed_capacity_goes_to_the_oldest_and_is_used_up(capacity, held):
    filled = free(capacity, held)
    if capacity.state not in {State.OPEN, State.MET}:
        assert filled == []
        return
    assert sum(part for _, part in filled) == min(capacity.rest, sum(entry.amount for entry in held))
    order = sorted(held, key=lambda entry: (entry.day, entry.gift))
    assert [gift for gift, _ in filled] == [entry.gift for entry in order][: len(filled)]
    assert all(part == entry.amount for (_, part), entry in zip(filled[:-1], order, strict=False))


def fund(rest, *, minimum=500, goal=100_000, state=State.OPEN):
    return Capacity(goal, goal - rest, 0, minimum, state)


def test_an_amount_that_leaves_too_little_is_answered_with_two_choices():
    assert offer(fund(10_000), 9_800, takes_rest=True) == Rest(10_000, 9_500)


def test_a_rail_that_cannot_promise_the_rest_offers_only_less():
    assert offer(fund(10_000), 9_800, takes_rest=False) == Rest(None, 9_500)
    assert offer(fund(10_000), 12_000, takes_rest=False) == Refuse(Why.LARGE, 10_000)


def test_more_than_is_left_is_answered_with_all_the_rest():
    answer = offer(fund(10_000), 12_000, takes_rest=True)
    assert isinstance(answer, Rest)
    assert answer.options == (10_000,)


def test_a_rest_below_the_minimum_can_only_go_whole():
    assert offer(fund(300), 500, takes_rest=True) == Rest(300, None)
    assert offer(fund(300), 300, takes_rest=True) == Accept(300)
    assert offer(fund(300), 300, takes_rest=False) == Refuse(Why.LARGE, 0)


def test_exactly_the_rest_and_exactly_one_minimum_less_are_accepted():
    assert offer(fund(10_000), 10_000, takes_rest=False) == Accept(10_000)
    assert offer(fund(10_000), 9_500, takes_rest=False) == Accept(9_500)


def test_small_full_and_shut_are_told_apart():
    assert offer(fund(10_000), 499, takes_rest=True) == Refuse(Why.SMALL, 500)
    assert offer(fund(0), 500, takes_rest=True) == Refuse(Why.FULL, 0)
    assert offer(fund(10_000, state=State.MET), 500, takes_rest=True) == Refuse(Why.SHUT, 0)


@pytest.mark.parametrize("why", list(Why))
def test_every_refusal_has_a_sentence_and_a_hint(why):
    error = Refuse(why, 0).error()
    assert isinstance(error, RefusedError)
    assert error.text()
    assert error.hint_text()


def test_after_met_new_money_is_held_even_when_a_refund_freed_capacity():
    assert split(fund(300, state=State.MET), 200) == (0, 200)


def test_a_freed_rest_counts_the_last_held_gift_in_part():
    held = [Held(9, dt.date(2021, 9, 2), 400), Held(7, dt.date(2021, 9, 3), 400)]
    assert free(fund(600, state=State.MET), held) == [(9, 400), (7, 200)]


def test_the_goal_is_reached_by_counted_money_alone():
    assert not Capacity(1000, 900, 100, 5).is_reached
    assert Capacity(1000, 1000, 0, 5).is_reached


@pytest.mark.parametrize("numbers", [(100, 80, 21, 5), (0, 0, 0, 1), (100, -1, 0, 5), (100, 0, 0, 0)])
def test_a_capacity_that_cannot_be_is_refused(numbers):
    with pytest.raises(ValueError, match=r"goal|zero|minor"):
        Capacity(*numbers)


def test_nothing_is_no_gift():
    for refuse in (lambda: split(fund(100), 0), lambda: claim(fund(100), 0, take_rest=True)):
        with pytest.raises(ValueError, match="above zero"):
            refuse()
