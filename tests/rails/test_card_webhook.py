"""Stripe's events: only what is signed now is read, and only what a gift needs is read from it."""

from __future__ import annotations

import datetime as dt
import json

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from panah.core.money import Money
from panah.errors import InputError, PanahError, ProofError
from panah.rails.base import RailEvent
from panah.rails.card.webhook import HEADER, MAX_BYTES, TOLERANCE, check_signature, read_event, sign

SECRET = ("whsec" + "_" + "f" * 32).encode()
NOW = 1_800_000_000
DAY = dt.datetime.fromtimestamp(NOW, dt.UTC).date()
GIFT = "0f" * 16
INTENT = {
    "object": "payment_intent", "id": "pi_1234", "status": "requires_capture", "amount": 2550,
    "amount_capturable": 2550, "amount_received": 0, "currency": "eur", "metadata": {"gift": GIFT},
}  # fmt: skip
SESSION = {
    "object": "checkout.session", "id": "cs_1234", "status": "complete", "payment_status": "unpaid",
    "amount_total": 2550, "currency": "eur", "payment_intent": "pi_1234", "metadata": {"gift": GIFT},
    "customer_details": {"name": "Anna Beispiel", "email": "anna@beispiel.example"},
}  # fmt: skip
DISPUTE = {"id": "dp_1234", "amount": 2550, "currency": "eur", "payment_intent": "pi_1234", "status": "needs_response"}
REFUND = {
    "id": "re_1234", "amount": 1000, "currency": "eur", "payment_intent": "pi_1234", "status": "succeeded",
    "balance_transaction": "txn_1234",
}  # fmt: skip


def told(kind, value, *, at=NOW, now=NOW, secret=SECRET):
    body = json.dumps({"id": "evt_1", "type": kind, "created": NOW, "data": {"object": value}}).encode()
    return read_event({HEADER: sign(body, secret, at)}, body, SECRET, now)


def fact(name, kind, amount=2550, gift=GIFT, **more):
    return RailEvent(name, gift, kind, Money(amount, "EUR"), DAY, "pi_1234", **more)


AUTHORISED = fact("pi_1234:authorised", "authorised")


def test_two_events_of_one_authorisation_are_one_fact():
    assert told("payment_intent.amount_capturable_updated", INTENT) == AUTHORISED
    assert told("checkout.session.completed", SESSION) == AUTHORISED


@pytest.mark.parametrize(
    ("kind", "value", "read"),
    [
        (
            "payment_intent.succeeded",
            INTENT | {"status": "succeeded", "amount_received": 900},
            ("pi_1234:settled", "settled", 900),
        ),
        ("payment_intent.canceled", INTENT | {"status": "canceled"}, ("pi_1234:voided", "voided", 2550)),
        (
            "payment_intent.payment_failed",
            INTENT | {"status": "requires_payment_method"},
            ("pi_1234:declined", "declined", 2550),
        ),
        ("checkout.session.completed", SESSION | {"payment_status": "paid"}, ("pi_1234:settled", "settled", 2550)),
    ],
)
def test_what_an_intent_came_to(kind, value, read):
    assert told(kind, value) == fact(*read)


def test_a_session_that_ended_has_failed():
    ended = told("checkout.session.expired", SESSION | {"status": "expired", "payment_intent": None})
    assert ended == RailEvent("cs_1234:expired", GIFT, "failed", Money(2550, "EUR"), DAY)


def test_refunds_and_disputes_name_the_payment():
    assert told("refund.created", REFUND) == fact("re_1234", "refunded", 1000, gift="")
    call = f"{GIFT}:refund:1"
    assert told("refund.updated", REFUND | {"metadata": {"call": call}}).call == call
    failed = told("refund.failed", REFUND | {"status": "failed"})
    assert failed == fact("re_1234:failed", "reinstated", 1000, gift="", undoes="re_1234")
    assert told("charge.dispute.created", DISPUTE) == fact("dp_1234", "disputed", gift="")
    assert told("charge.dispute.closed", DISPUTE | {"status": "lost"}) == fact("dp_1234", "disputed", gift="")
    won = fact("dp_1234:won", "reinstated", gift="", undoes="dp_1234")
    assert told("charge.dispute.closed", DISPUTE | {"status": "won"}) == won
    assert told("charge.dispute.funds_reinstated", DISPUTE | {"status": "won"}) == won


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("payment_intent.payment_failed", INTENT | {"status": "requires_payment_method", "metadata": {}}),
        ("charge.refunded", {"id": "ch_1234", "payment_intent": "pi_1234", "amount_refunded": 5}),
        ("customer.created", {"id": "cus_1234", "email": "anna@beispiel.example"}),
        ("charge.dispute.created", DISPUTE | {"status": "warning_needs_response"}),
        ("checkout.session.completed", SESSION | {"metadata": {}}),
        ("payment_intent.succeeded", INTENT | {"metadata": {"gift": "another shop's"}}),
        ("checkout.session.completed", SESSION | {"payment_status": "no_payment_required"}),
        ("refund.created", REFUND | {"payment_intent": None}),
        ("refund.created", REFUND | {"balance_transaction": None}),
        ("refund.created", REFUND | {"status": "pending", "balance_transaction": None}),
    ],
)
def test_what_says_nothing_of_a_gift_is_passed_by(kind, value):
    assert told(kind, value) is None


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("payment_intent.succeeded", INTENT | {"status": "succeeded", "amount_received": "900"}),
        ("payment_intent.succeeded", INTENT | {"status": "succeeded", "amount_received": -1}),
        ("payment_intent.amount_capturable_updated", INTENT | {"currency": "EUROS"}),
        ("payment_intent.amount_capturable_updated", INTENT | {"id": "pi/../x"}),
        ("checkout.session.completed", SESSION | {"payment_intent": None}),
        ("refund.created", REFUND | {"amount": 2**60}),
    ],
)
def test_a_signed_event_of_a_wrong_shape_is_refused(kind, value):
    with pytest.raises(InputError):
        told(kind, value)


def test_a_forged_signature_is_refused():
    with pytest.raises(ProofError):
        told("payment_intent.amount_capturable_updated", INTENT, secret=b"whsec" + b"_" + b"e" * 32)


@pytest.mark.parametrize("late", [TOLERANCE + 1, -TOLERANCE - 1])
def test_a_replay_and_a_signature_from_the_future_are_refused(late):
    with pytest.raises(ProofError):
        told("payment_intent.amount_capturable_updated", INTENT, at=NOW - late)


def test_within_the_tolerance_it_holds():
    assert told("payment_intent.amount_capturable_updated", INTENT, at=NOW - TOLERANCE) == AUTHORISED


def mac(body, secret=SECRET, at=NOW):
    return sign(body, secret, at).partition("v1=")[2]


@pytest.mark.parametrize(
    "header",
    [
        "", "t=", f"t={NOW}", "v1=" + mac(b"x"), f"t={NOW},v0={mac(b'x')}", f"t={NOW},t={NOW},v1={mac(b'x')}",
        f"t={NOW}.0,v1={mac(b'x')}", f"t={NOW},v1={mac(b'x').upper()}", f"t=١٨٠,v1={mac(b'x')}", f"t={NOW},v1={mac(b'y')}",
        f"t={NOW + 1},v1={mac(b'x')}",
    ],
)  # fmt: skip
def test_a_header_that_is_not_exactly_right_is_refused(header):
    with pytest.raises(ProofError):
        check_signature(header, b"x", SECRET, NOW)


def test_one_of_several_signatures_and_one_of_two_secrets_is_enough():
    other = b"whsec" + b"_" + b"e" * 32
    check_signature(f"t={NOW},v1={mac(b'x', other)},v1={mac(b'x')},v0=abc", b"x", SECRET, NOW)
    check_signature(sign(b"x", SECRET, NOW), b"x", other + b"\n" + SECRET + b"\n", NOW)


@pytest.mark.parametrize("secret", [b"", b"\n", b"short"])
def test_without_a_secret_nothing_holds(secret):
    with pytest.raises(ProofError):
        check_signature(sign(b"x", secret, NOW), b"x", secret, NOW)


def test_a_body_of_more_than_64_kib_is_not_hashed():
    body = b"x" * (MAX_BYTES + 1)
    with pytest.raises(ProofError):
        check_signature(sign(body, SECRET, NOW), body, SECRET, NOW)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_stripes_own_client_agrees_on_the_signature(text):
    header = stripe.WebhookSignature.generate_signature_header(text, SECRET.decode(), NOW)
    check_signature(header, text.encode(), SECRET, NOW)
    assert stripe.WebhookSignature.verify_header(text, sign(text.encode(), SECRET, NOW), SECRET.decode())


@given(st.binary(max_size=300))
def test_signed_nonsense_is_refused_with_our_own_error(body):
    with pytest.raises(PanahError):
        read_event({HEADER: sign(body, SECRET, NOW)}, body, SECRET, NOW)
