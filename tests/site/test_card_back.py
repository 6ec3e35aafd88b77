"""Card money that goes back, and comes again: refunds, disputes, and what is told in the wrong order."""

from __future__ import annotations

import itertools

import pytest

from panah.storage.models import Entry, Gift
from tests.cardlab import card_lab


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def lab(tmp_path, request):
    database = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with card_lab(tmp_path, goal=10_000, database=database) as made:
        yield made
        made.holds()


def entries(lab):
    return list(Entry.objects.using(lab.fund.alias).order_by("id").values_list("kind", flat=True))


def test_a_refund_from_the_dashboard_takes_the_gift_out_once(lab):
    gift = lab.give(2500)
    lab.world.refund(lab.payment(gift))
    events = lab.stripe.take_events()
    assert lab.deliver(events * 2).count("undone") == 4, "two events tell one refund, each came twice"
    assert (lab.row(gift).status, lab.counter.counted) == ("ended", 0)
    assert entries(lab) == ["gift", "gift-void"]


def test_two_equal_partial_refunds_are_two(lab):
    gift = lab.give(2500)
    for _ in range(2):
        lab.world.refund(lab.payment(gift), 1000)
    lab.deliver()
    assert (lab.row(gift).status, lab.row(gift).booked) == ("booked", 500)


def test_what_a_capture_of_the_rest_lets_go_of_is_no_refund(lab):
    gift = lab.pay(9000, rest=True)
    events = lab.stripe.take_events()
    lab.give(8000)
    lab.deliver(events)
    assert lab.row(gift).booked == 2000
    lab.settle()
    assert lab.row(gift).booked == 2000


def test_a_refund_that_fails_comes_back_as_a_gift_that_the_same_code_finds(lab):
    gift = lab.give(2500)
    refund = lab.world.refund(lab.payment(gift), 1500)
    lab.deliver()
    lab.world.fail_refund(refund["id"])
    lab.deliver()
    row = lab.row(gift)
    (again,) = Gift.objects.using(lab.fund.alias).filter(twin=True)
    assert (row.booked, again.booked, bytes(again.rc)) == (1000, 1500, bytes(row.rc))
    assert lab.counter.counted == 2500


def test_a_dispute_takes_the_money_and_a_won_one_brings_it_back(lab):
    gift = lab.give(2500)
    dispute = lab.world.dispute(lab.payment(gift))
    lab.deliver()
    assert lab.row(gift).status == "ended"
    lab.holds()
    lab.world.close_dispute(dispute, "won")
    lab.deliver()
    assert lab.counter.counted == 2500
    assert entries(lab) == ["gift", "gift-void", "gift"]


def test_a_lost_dispute_is_counted_once(lab):
    gift = lab.give(2500)
    lab.world.close_dispute(lab.world.dispute(lab.payment(gift)), "lost")
    lab.deliver()
    assert (lab.row(gift).booked, entries(lab)) == (0, ["gift", "gift-void"])


def test_an_inquiry_takes_nothing(lab):
    gift = lab.give(2500)
    lab.world.close_dispute(lab.world.dispute(lab.payment(gift), status="warning_needs_response"), "warning_closed")
    lab.deliver()
    assert lab.row(gift).booked == 2500


def test_a_refund_after_a_won_dispute_reaches_what_came_back(lab):
    gift = lab.give(2500)
    dispute = lab.world.dispute(lab.payment(gift))
    lab.deliver()
    lab.world.close_dispute(dispute, "won")
    lab.deliver()
    lab.world.refund(lab.payment(gift), 1000)
    lab.deliver()
    assert lab.counter.counted == 1500


def test_after_met_a_dispute_makes_room_and_a_won_one_finds_it(lab):
    gift = lab.give(10_000)
    dispute = lab.world.dispute(lab.payment(gift))
    lab.deliver()
    assert (lab.counter.state, lab.counter.counted) == ("met", 0)
    lab.world.close_dispute(dispute, "won")
    lab.deliver()
    assert lab.counter.state == "met"
    assert lab.counter.counted + lab.counter.held == 10_000


def test_the_end_of_a_dispute_before_its_beginning_changes_nothing(lab):
    gift = lab.give(2500)
    lab.world.close_dispute(lab.world.dispute(lab.payment(gift)), "won")
    lab.deliver(lab.stripe.take_events()[::-1])
    assert (lab.row(gift).booked, lab.counter.counted) == (2500, 2500)


def test_in_any_order_a_gift_with_a_refund_comes_to_the_same(lab):
    for order in range(24):
        gift = lab.pay(500)
        authorised = [event for event in lab.stripe.take_events() if "completed" in event["type"]]
        lab.world.capture(lab.payment(gift), 500)
        lab.world.refund(lab.payment(gift), 400)
        kinds = {"payment_intent.succeeded", "refund.created", "refund.updated"}
        events = authorised + [event for event in lab.stripe.take_events() if event["type"] in kinds]
        told = list(itertools.permutations(events))[order]
        lab.deliver([*told, told[0], told[-1]])
        assert (lab.row(gift).booked, lab.counter.counted) == (100, 100 * (order + 1))


def test_an_event_of_another_shop_on_the_account_is_passed_by(lab):
    lab.give(2500)
    lab.world.intents["pi_0001tickets"] = {
        "id": "pi_0001tickets", "status": "succeeded", "amount_received": 0, "currency": "eur", "metadata": {},
        "amount": 700,
    }  # fmt: skip
    lab.world.tell("payment_intent.succeeded", lab.world.intents["pi_0001tickets"])
    lab.world.tell("refund.created", {"id": "re_0001tickets", "amount": 700, "currency": "eur", "status": "succeeded",
                                      "payment_intent": "pi_0001tickets", "balance_transaction": "txn_1"})  # fmt: skip
    assert lab.deliver() == ["ignored", "ignored"]


def test_a_refund_is_told_again_while_it_can_not_be_known_whose_it_is(lab):
    gift = lab.pay(2500)
    lab.stripe.take_events()
    lab.world.capture(lab.payment(gift), 2500)
    lab.world.refund(lab.payment(gift), 900)
    refund = next(event for event in lab.stripe.take_events() if event["type"] == "refund.created")
    lab.stripe.trouble("/payment_intents/", 500)
    assert lab.send(refund) == "later"
    assert lab.send(refund) == "later", "known now, but its gift is not booked yet"
    lab.settle()
    assert lab.send(refund) == "undone"
    assert lab.row(gift).booked == 1600
