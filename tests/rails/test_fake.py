"""The demo's rail: signed events, and money that is taken at once."""

import datetime as dt

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from panah.core.money import Money
from panah.errors import InputError, PanahError, ProofError
from panah.rails.base import Begun, Capture, GiftOrder, RailEvent, Visit, is_pull
from panah.rails.fake.rail import FakeRail
from panah.rails.fake.webhook import HEADER, MAX_BYTES, read_event, sign, sign_event
from panah.rails.registry import PULL, PUSH, REGISTRY

SECRET = b"s" * 32
EVENT = RailEvent("ev-1", "gift_1", "authorised", Money(2550, "EUR"), dt.date(2022, 1, 18))
ORDER = GiftOrder("gift_1", Money(2550, "EUR"), "", "fa")
FIELDS = {"id": "e", "gift": "g", "kind": "settled", "amount": 1, "currency": "EUR", "day": "2022-01-18"}


def read_value(value):
    body = orjson.dumps(value)
    return read_event({HEADER: sign(body, SECRET)}, body, SECRET)


def test_a_signed_event_is_read_back():
    assert FakeRail().read_event(*sign_event(EVENT, SECRET), SECRET) == EVENT


def test_any_other_signature_is_refused():
    headers, body = sign_event(EVENT, SECRET)
    wrong = [{}, {HEADER: ""}, {HEADER: headers[HEADER].upper()}, {HEADER: headers[HEADER][:-1]}, {HEADER: "پناه"}]
    for one in wrong:
        with pytest.raises(ProofError):
            read_event(one, body, SECRET)
    with pytest.raises(ProofError):
        read_event(headers, body, b"t" * 32)
    with pytest.raises(ProofError):
        read_event(headers, body.replace(b"2550", b"2551"), SECRET)


def test_a_body_that_is_too_long_is_refused_even_when_signed():
    body = b" " * (MAX_BYTES + 1)
    with pytest.raises(ProofError):
        read_event({HEADER: sign(body, SECRET)}, body, SECRET)


def test_a_short_secret_signs_nothing():
    with pytest.raises(ProofError):
        sign_event(EVENT, b"short")


@pytest.mark.parametrize(
    "change",
    [
        {"id": ""}, {"id": "a b"}, {"id": 1}, {"gift": "../x"}, {"gift": "x" * 65}, {"kind": "paid"}, {"kind": []}, {"amount": 0}, {"amount": -1},
        {"amount": 2**53}, {"amount": 1.0}, {"amount": True}, {"amount": "1"}, {"currency": "XTS"}, {"currency": None},
        {"day": "20220118"}, {"day": "2022-02-30"}, {"day": "2022-W03-2"}, {"day": None}, {"extra": 1},
    ],
)  # fmt: skip
def test_a_signed_event_of_another_shape_is_refused(change):
    assert read_value(FIELDS).kind == "settled"
    with pytest.raises(InputError):
        read_value(FIELDS | change)


@pytest.mark.parametrize("key", sorted(FIELDS))
def test_a_signed_event_without_a_key_is_refused(key):
    with pytest.raises(InputError):
        read_value({name: value for name, value in FIELDS.items() if name != key})


@given(st.binary(max_size=300))
def test_signed_nonsense_is_refused_with_our_own_error(body):
    with pytest.raises(PanahError):
        read_event({HEADER: sign(body, SECRET)}, body, SECRET)


def test_capture_takes_up_to_what_was_authorised():
    rail = FakeRail()
    assert rail.begin(ORDER, Visit("/thanks", "Fund", 0), "k") == Begun(True, "pay/gift_1", "gift_1")
    assert rail.capture(ORDER, Money(2550, "EUR"), "k") == Capture("captured", Money(2550, "EUR"))
    assert rail.capture(ORDER, Money(50, "EUR"), "k") == Capture("captured", Money(50, "EUR"))
    for amount in (Money(2551, "EUR"), Money(0, "EUR"), Money(-1, "EUR")):
        assert rail.capture(ORDER, amount, "k") == Capture("refused", Money(0, "EUR"))
    assert rail.void(ORDER, "k") == "voided"


def test_the_registry_knows_each_rail_by_its_own_name():
    assert {name: rail.name for name, rail in REGISTRY.items()} == {
        name: name for name in ("fake", "card", "bank", "cash")
    }
    assert all(is_pull(rail) for rail in PULL.values())
    assert not any(is_pull(rail) for rail in PUSH.values())
    assert PULL["fake"].local_capture
    assert not PULL["card"].local_capture
