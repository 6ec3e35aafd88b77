"""A rail in trouble: one member stops it, two put apart what is stuck, and say what becomes of it."""

import base64
import secrets

import pytest

from panah.errors import RefusedError
from panah.site.gifts.queries import fund_rules, gift_by_id

STUCK = {"rail": "fake", "cur": "EUR"}


def fresh():
    return base64.b64encode(secrets.token_bytes(16)).decode()


def test_one_member_stops_a_rail_and_two_let_it_go_on(opened):
    waiting = opened.promise(5000)
    opened.say("pause", "cyrus", id=fresh(), what="gifts", rail="fake")
    assert fund_rules(opened.fund).stopped == {"fake"}
    with pytest.raises(RefusedError, match="stopped for now"):
        opened.promise(5000)
    opened.pay(waiting, 5000)  # authorised at the provider meanwhile: voided, nothing is taken
    assert gift_by_id(opened.fund, waiting).status == "refused"
    opened.is_refused("resume", "cyrus", id=fresh(), what="gifts", rail="fake", match="2 members")
    opened.say("resume", id=fresh(), what="gifts", rail="fake")
    opened.give(5000)
    assert opened.audit().counted == 5000


def test_other_rails_go_on_while_one_is_stopped(opened):
    opened.say("pause", "cyrus", id=fresh(), what="gifts", rail="bank")
    opened.give(5000)
    assert opened.counter().counted == 5000


def test_only_rails_that_the_charter_names_are_stopped(opened):
    opened.is_refused("pause", "cyrus", id=fresh(), what="gifts", rail="cash", match="no such rail")
    opened.is_refused("resume", id=fresh(), what="gifts", rail="fake", match="not stopped")
    opened.is_refused("freeze", rail="cash", cur="EUR", amount=0, match="no such rail")


def test_what_is_stuck_stays_counted_is_released_in_part_and_lost(opened):
    opened.give(5000)
    opened.is_refused("freeze", **STUCK, amount=5001, match="5000")
    opened.say("freeze", **STUCK, amount=4000)
    opened.is_refused("freeze", "cyrus", **STUCK, amount=1, match="2 members")
    with pytest.raises(RefusedError, match="stopped"):
        opened.promise(5000)
    assert opened.counter().counted == 5000
    assert opened.audit().frozen == {("fake", "EUR"): 4000}
    fields = {"out": 1, "cur": "EUR", "to": "assets:bank", "in": 1, "into": "EUR"}
    opened.is_refused("settle", **{"from": "assets:frozen-fake"}, **fields, match="freeze and thaw")
    opened.is_refused("thaw", **STUCK, amount=4001, to="release", match="4000")
    opened.say("thaw", **STUCK, amount=3000, to="release")
    opened.say("life", to="winding")
    opened.is_refused("close", match="stuck on fake: 10.00 EUR")
    opened.say("thaw", **STUCK, amount=1000, to="loss")
    opened.say("close")
    books = opened.audit()
    assert (books.frozen, books.lost, books.counted) == ({}, {"EUR": 1000}, 5000)
