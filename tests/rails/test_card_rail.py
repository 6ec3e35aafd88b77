"""The card rail with Stripe's real client against the local Stripe."""

from __future__ import annotations

import logging

import pytest

from panah.core.money import Money
from panah.errors import InputError
from panah.rails.base import Begun, Capture, GiftOrder, Visit
from panah.rails.card import power
from panah.rails.card.amounts import from_stripe, least, to_stripe
from panah.rails.card.rail import VISIT_SECONDS, CardRail
from tests.stripe_local.server import local_stripe

NOW = 1_800_000_000
GIFT = "0f" * 16
VISIT = Visit("https://fund.example/en/pay/x/", "Lantern", NOW + VISIT_SECONDS)


@pytest.fixture
def stripe():
    with local_stripe(lambda: NOW) as made:
        yield made


@pytest.fixture
def rail(stripe):
    return CardRail(stripe.key, stripe.address, lambda: NOW)


def order(amount=2550, payment="", lang="en"):
    return GiftOrder(GIFT, Money(amount, "EUR"), "", lang, payment)


def authorised(stripe, rail, amount=2550):
    begun = rail.begin(order(amount), VISIT, f"{GIFT}:begin")
    assert stripe.world.pay(begun.visit)
    (payment,) = stripe.world.intents
    return order(amount, payment), begun.visit


def test_stripe_learns_the_gift_the_amount_and_the_way_back_alone(stripe, rail):
    begun = rail.begin(order(), VISIT, f"{GIFT}:begin")
    (call,) = stripe.calls
    assert begun == Begun(True, f"{stripe.address}/pay/{begun.visit}", begun.visit)
    assert call.key == f"{GIFT}:begin"
    assert call.params == {
        "mode": "payment", "payment_method_types": {"0": "card"}, "submit_type": "donate", "locale": "en",
        "line_items": {"0": {"quantity": "1", "price_data": {"currency": "eur", "unit_amount": "2550", "product_data": {"name": "Lantern"}}}},
        "payment_intent_data": {"capture_method": "manual", "metadata": {"gift": GIFT}},
        "client_reference_id": GIFT, "metadata": {"gift": GIFT}, "expires_at": str(VISIT.ends),
        "success_url": VISIT.back, "cancel_url": VISIT.back,
        "adaptive_pricing": {"enabled": "false"}, "wallet_options": {"link": {"display": "never"}},
    }  # fmt: skip
    assert "x-stripe-client-user-agent" not in call.headers
    assert "x-stripe-client-telemetry" not in call.headers
    assert call.headers["user-agent"].startswith("Stripe/v1 PythonBindings/")


def test_a_repeated_beginning_gives_the_same_session(stripe, rail):
    first, second = (rail.begin(order(), VISIT, f"{GIFT}:begin") for _ in range(2))
    assert first == second
    assert len(stripe.world.sessions) == 1


def test_a_page_in_a_language_that_stripe_lacks_follows_the_browser(stripe, rail):
    rail.begin(order(lang="fa"), VISIT, f"{GIFT}:begin")
    assert stripe.calls[0].params["locale"] == "auto"


@pytest.mark.parametrize("trouble", ["before", "after", 500, 429, 403, 401])
def test_a_provider_in_trouble_is_an_outcome_and_no_exception(stripe, rail, trouble, caplog):
    caplog.set_level(logging.DEBUG)
    paid, visit = authorised(stripe, rail)
    euro = Money(2550, "EUR")
    for ask, unknown in (
        (lambda: rail.begin(order(700), VISIT, "other").ready, False),
        (lambda: rail.capture(paid, euro, f"{GIFT}:capture").outcome, "unknown"),
        (lambda: rail.void(paid, f"{GIFT}:void"), "unknown"),
        (lambda: rail.refund(paid, euro, f"{GIFT}:refund:1").outcome, "unknown"),
        (lambda: rail.end_visit(visit, f"{GIFT}:expire"), "unknown"),
        (lambda: rail.look(paid, visit), None),
        (lambda: rail.mark_of(paid.payment), None),
        (lambda: rail.history(0), None),
    ):
        stripe.trouble("/v1/", trouble)
        assert ask() == unknown
    assert "Anna" not in caplog.text
    assert stripe.key not in caplog.text
    assert GIFT not in caplog.text


def test_a_capture_takes_money_once_however_often_it_is_asked(stripe, rail):
    paid, _ = authorised(stripe, rail)
    stripe.trouble("/capture", "after")
    assert rail.capture(paid, Money(2000, "EUR"), f"{GIFT}:capture").outcome == "unknown"
    assert rail.capture(paid, Money(2000, "EUR"), f"{GIFT}:capture") == Capture("captured", Money(2000, "EUR"))
    assert stripe.world.captures == [(paid.payment, 2000)]


def test_a_capture_by_another_hand_is_told_with_its_amount(stripe, rail):
    paid, _ = authorised(stripe, rail)
    stripe.world.capture(paid.payment, 1500)
    assert rail.capture(paid, Money(2550, "EUR"), f"{GIFT}:capture") == Capture("captured", Money(1500, "EUR"))


def test_what_was_let_go_can_not_be_captured_and_the_other_way_round(stripe, rail):
    paid, _ = authorised(stripe, rail)
    assert rail.void(paid, f"{GIFT}:void") == "voided"
    assert rail.void(paid, f"{GIFT}:void:2") == "voided"
    assert rail.capture(paid, Money(2550, "EUR"), f"{GIFT}:capture").outcome == "refused"


def test_a_void_of_captured_money_is_refused(stripe, rail):
    paid, _ = authorised(stripe, rail)
    rail.capture(paid, Money(2550, "EUR"), f"{GIFT}:capture")
    assert rail.void(paid, f"{GIFT}:void") == "refused"


def test_other_words_under_a_used_key_leave_the_outcome_unknown(stripe, rail):
    paid, _ = authorised(stripe, rail)
    rail.capture(paid, Money(2550, "EUR"), f"{GIFT}:capture")
    assert rail.capture(paid, Money(1000, "EUR"), f"{GIFT}:capture").outcome == "unknown"


def test_refunds_end_with_the_money(stripe, rail):
    paid, _ = authorised(stripe, rail)
    rail.capture(paid, Money(2550, "EUR"), f"{GIFT}:capture")
    first = rail.refund(paid, Money(1000, "EUR"), f"{GIFT}:refund:1")
    assert first == rail.refund(paid, Money(1000, "EUR"), f"{GIFT}:refund:1")
    assert rail.refund(paid, Money(1000, "EUR"), f"{GIFT}:refund:2").outcome == "refunded"
    assert rail.refund(paid, Money(1000, "EUR"), f"{GIFT}:refund:3").outcome == "refused"
    assert [refund["amount"] for refund in stripe.world.refunds.values()] == [1000, 1000]


def test_an_ended_session_takes_nothing(stripe, rail):
    begun = rail.begin(order(), VISIT, f"{GIFT}:begin")
    assert rail.end_visit(begun.visit, f"{GIFT}:expire") == "ended"
    assert not stripe.world.pay(begun.visit)
    assert rail.end_visit(begun.visit, f"{GIFT}:expire:2") == "ended"


def test_a_look_tells_the_same_facts_as_the_events(stripe, rail):
    begun = rail.begin(order(), VISIT, f"{GIFT}:begin")
    assert rail.look(order(), begun.visit) == []
    stripe.world.decline(begun.visit)
    assert rail.look(order(), begun.visit) == []
    paid, visit = authorised(stripe, rail)
    assert [fact.id for fact in rail.look(order(), visit)] == [f"{paid.payment}:authorised"] * 2
    assert [fact.kind for fact in rail.look(paid, "")] == ["authorised"]
    rail.capture(paid, Money(2000, "EUR"), f"{GIFT}:capture")
    refund = rail.refund(paid, Money(500, "EUR"), f"{GIFT}:refund:1")
    looked = rail.look(order(), visit)
    assert [(fact.id, fact.amount.minor, fact.gift) for fact in looked] == [
        (f"{paid.payment}:settled", 2000, GIFT), (refund.id, 500, GIFT)
    ]  # fmt: skip
    assert rail.mark_of(paid.payment).gift == GIFT
    assert rail.mark_of("pi_of_somebody_else").gift == ""


def test_a_rail_without_a_key_knows_nothing(stripe):
    rail = CardRail()
    assert not rail.begin(order(), VISIT, "k").ready
    assert rail.capture(order(payment="pi_1234"), Money(1, "EUR"), "k").outcome == "unknown"


def test_a_key_is_examined_without_making_anything(stripe, rail):
    assert power.examine(rail.client) == []
    assert stripe.world.sessions == stripe.world.intents == stripe.world.refunds == {}
    stripe.powers |= {"charges", "payouts"}
    stripe.powers -= {"refunds"}
    assert {(one.resource, one.fault) for one in power.examine(rail.client)} == {
        ("Refunds", "cannot"), ("Charges", "reads"), ("Payouts", "reads")
    }  # fmt: skip
    stripe.trouble("/v1/customers", 500)
    assert ("Customers", "no answer") in {(one.resource, one.fault) for one in power.examine(rail.client)}
    stripe.key = "rolled"
    assert [one.fault for one in power.examine(rail.client)] == ["invalid"]


@pytest.mark.parametrize(
    ("minor", "currency", "stripes"),
    [(2550, "EUR", 2550), (500, "JPY", 500), (30, "ISK", 3000), (1230, "KWD", 1230), (4, "AFN", 4)],
)
def test_amounts_in_stripes_unit_and_back(minor, currency, stripes):
    assert to_stripe(Money(minor, currency)) == (stripes, currency.lower())
    assert from_stripe(stripes, currency.lower()) == Money(minor, currency)


@pytest.mark.parametrize(("minor", "currency"), [(100, "IRR"), (1231, "KWD")])
def test_what_stripe_cannot_take_exactly_is_refused(minor, currency):
    with pytest.raises(InputError):
        to_stripe(Money(minor, currency))


def test_a_fraction_of_a_currency_without_one_is_refused():
    with pytest.raises(InputError):
        from_stripe(3050, "isk")
    assert (least("EUR"), least("IRR"), least("UZS")) == (50, 0, 1)
