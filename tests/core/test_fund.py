"""The table of states and acts, and the steps of a fund's life."""

from __future__ import annotations

import pytest

from panah.core.fund import LEAF_ACTS, STEPS, TABLE, Act, State, allows, move, require
from panah.errors import RefusedError


def test_every_act_is_allowed_somewhere_and_every_state_allows_something():
    assert set().union(*TABLE.values()) == set(Act)
    assert all(TABLE[state] for state in State)


def test_a_new_gift_begins_only_while_the_fund_is_open():
    assert [state for state in State if allows(state, "give")] == [State.OPEN]


def test_money_that_arrives_is_booked_until_the_fund_is_closed():
    for act in ("book", "hold", "refund"):
        assert [state for state in State if allows(state, act)] == [State.OPEN, State.MET, State.WINDING]


def test_webhooks_bank_lists_refunds_and_asking_go_on_after_met():
    assert {Act.BOOK, Act.HOLD, Act.COUNT, Act.REFUND, Act.ASK, Act.UPDATE} <= TABLE[State.MET]


def test_rules_change_only_before_the_goal_is_met():
    assert [state for state in State if allows(state, "amend")] == [State.DRAFT, State.OPEN]


def test_a_closed_fund_moves_no_money_but_can_still_take_a_text_down():
    assert TABLE[State.CLOSED] == {Act.ROSTER, Act.KEY, Act.CODE, Act.UPDATE, Act.WITHDRAW}


def test_a_switch_can_be_pulled_until_the_fund_is_closed():
    assert [state for state in State if not allows(state, "pause")] == [State.CLOSED]


def test_met_never_reopens_and_closed_is_the_end():
    for state in State:
        if state is not State.DRAFT:
            with pytest.raises(RefusedError, match="from draft to open"):
                move(state, State.OPEN)
    assert STEPS[State.MET] == {State.WINDING}
    assert not STEPS[State.CLOSED]


def test_a_life_goes_from_draft_to_closed():
    state = State.DRAFT
    for step in (State.OPEN, State.MET, State.WINDING, State.CLOSED):
        state = move(state, step)
    assert state is State.CLOSED


def test_a_giver_is_told_why_and_where_else():
    with pytest.raises(RefusedError) as refusal:
        require(State.MET, Act.GIVE)
    assert refusal.value.text() == "The goal is reached: this fund takes no more gifts."
    assert "instead" in refusal.value.hint_text()


def test_a_refused_act_is_named_with_the_state():
    with pytest.raises(RefusedError, match=r"closed.*refund"):
        require(State.CLOSED, "refund")
    require(State.MET, "refund")


def test_an_unknown_act_is_a_fault_not_a_no():
    with pytest.raises(ValueError, match="dance"):
        allows(State.OPEN, "dance")


def test_leaf_types_name_known_acts():
    assert set(LEAF_ACTS.values()) <= set(Act)
