"""A gift asked back: by the code alone, agreed by two, sent once, and what it frees goes to who waited longest."""

import datetime as dt
import secrets

import pytest

from panah.core.money import Money
from panah.errors import RefusedError
from panah.rails.base import RailEvent, Refund
from panah.rails.registry import PULL
from panah.site.gifts import returning
from panah.site.gifts.actions import receive_event
from panah.site.gifts.queries import gift_by_id
from panah.storage.models import Entry, RefundRequest
from panah.storage.sequencer import sequence
from tests.fund_world import NOW, TODAY
from tests.site.test_funds_statements import leaf_of_gift


class Provider:
    """The demo's rail with a provider that answers as told, and a memory of what it was asked."""

    name, local_capture = "fake", True

    def __init__(self, *answers, facts=None):
        self.answers, self.facts, self.asked = list(answers), facts, []

    def refund(self, order, amount, key):
        self.asked.append((order.id, amount.minor, key))
        return Refund(self.answers.pop(0) if self.answers else "refunded", f"re_{key}")

    def look(self, order, visit):
        return self.facts


def given(team, amount=5000):
    gift = team.promise(amount)
    team.pay(gift, amount)
    sequence(team.fund)
    return gift


def leaf_of(team, gift):
    entries = Entry.objects.using(team.fund.alias)
    return entries.get(gift_ref=gift, kind="gift").leaf


def test_who_has_the_code_asks_once_and_nobody_else_does(opened):
    gift = given(opened)
    rc = gift_by_id(opened.fund, gift).rc
    with pytest.raises(RefusedError, match="No gift"):
        returning.ask_back(opened.fund, gift, bytes(32), "", NOW)
    for _ in range(2):
        returning.ask_back(opened.fund, gift, rc, "mistake", NOW)
    (asked,) = returning.requests(opened.fund)
    assert (asked.left, asked.counted, asked.why, asked.asked) == (Money(5000, "EUR"), 5000, "mistake", TODAY)
    assert asked.leaf == leaf_of(opened, gift)


def test_what_is_not_booked_or_closed_can_not_be_asked_back(opened):
    promised = opened.promise(5000)
    rc = gift_by_id(opened.fund, promised).rc
    with pytest.raises(RefusedError, match="nothing of this gift"):
        returning.ask_back(opened.fund, promised, rc, "", NOW)
    gift = given(opened)
    opened.say("life", to="winding")
    opened.say("close")
    with pytest.raises(RefusedError, match="closed"):
        returning.ask_back(opened.fund, gift, gift_by_id(opened.fund, gift).rc, "", NOW)
    assert not RefundRequest.objects.using(opened.fund.alias).exists()


def test_two_members_answer_a_request_and_the_provider_sends_it_once(opened):
    gift = given(opened)
    returning.ask_back(opened.fund, gift, gift_by_id(opened.fund, gift).rc, "", NOW)
    opened.say("gift-return", gift=leaf_of_gift(opened), amount=5000, counted=5000)
    assert returning.requests(opened.fund) == []
    provider = Provider("unknown", "refunded")
    assert returning.send_due(opened.fund, {"fake": provider}, NOW) == 0
    assert returning.send_due(opened.fund, {"fake": provider}, NOW) == 1
    assert returning.send_due(opened.fund, {"fake": provider}, NOW) == 0
    (first, second) = provider.asked
    assert first == second  # the same key: the provider moves the money once
    (row,) = returning.refunds(opened.fund)
    assert (row.state, row.sent, row.money) == ("sent", TODAY, Money(5000, "EUR"))
    assert opened.audit().returned == 5000


def test_the_providers_word_about_our_own_refund_undoes_nothing_twice(opened):
    gift = given(opened)
    opened.say("gift-return", gift=leaf_of_gift(opened), amount=2000, counted=2000)
    provider = Provider()
    returning.send_due(opened.fund, {"fake": provider}, NOW)
    key = provider.asked[0][2]
    for fact, call in ((f"re_{key}", ""), ("another-event", key)):
        event = RailEvent(fact, gift, "refunded", Money(2000, "EUR"), TODAY, call=call)
        assert receive_event(opened.fund, PULL["fake"], event, NOW).status == "ignored"
    assert gift_by_id(opened.fund, gift).booked == 3000
    assert opened.audit().returned == 2000


def test_the_event_may_come_before_the_answer(opened):
    gift = given(opened)
    opened.say("gift-return", gift=leaf_of_gift(opened), amount=5000, counted=5000)
    (row,) = returning.refunds(opened.fund)
    event = RailEvent("re_1", gift, "refunded", Money(5000, "EUR"), TODAY, call=row.key)
    assert receive_event(opened.fund, PULL["fake"], event, NOW).status == "ignored"
    assert returning.refunds(opened.fund)[0].state == "sent"
    assert returning.send_due(opened.fund, {"fake": Provider()}, NOW) == 0
    assert opened.audit().returned == 5000


def test_two_equal_parts_of_one_gift_are_two_refunds(opened):
    given(opened)
    opened.say("gift-return", gift=leaf_of_gift(opened), amount=2000, counted=2000)
    opened.now = NOW + dt.timedelta(days=1)
    opened.say("gift-return", gift=leaf_of_gift(opened), amount=2000, counted=2000)
    provider = Provider(facts=[])
    assert returning.send_due(opened.fund, {"fake": provider}, opened.now) == 2
    assert len({key for _, _, key in provider.asked}) == 2


def test_an_old_question_is_looked_up_before_it_is_asked_again(opened):
    gift = given(opened)
    opened.say("gift-return", gift=leaf_of_gift(opened), amount=5000, counted=5000)
    (row,) = returning.refunds(opened.fund)
    tomorrow = NOW + dt.timedelta(days=1)
    silent = Provider(facts=None)
    assert returning.send_due(opened.fund, {"fake": silent}, tomorrow) == 0
    assert silent.asked == []  # no answer to the look: better late than twice
    fact = RailEvent("re_1", gift, "refunded", Money(5000, "EUR"), TODAY, call=row.key)
    knows = Provider(facts=[fact])
    assert returning.send_due(opened.fund, {"fake": knows}, tomorrow) == 1
    assert knows.asked == []
    assert receive_event(opened.fund, PULL["fake"], fact, tomorrow).status == "ignored"


def test_what_a_provider_will_not_send_a_member_sends(opened):
    given(opened)
    opened.say("gift-return", gift=leaf_of_gift(opened), amount=5000, counted=5000)
    assert returning.send_due(opened.fund, {"fake": Provider("refused")}, NOW) == 0
    (row,) = returning.refunds(opened.fund)
    assert row.state == "refused"
    opened.say("life", to="winding")
    opened.is_refused("close", match="refunds under way by fake: 1, together 50.00 EUR")
    returning.note_by_hand(opened.fund, row.id, NOW)
    with pytest.raises(RefusedError, match="waits"):
        returning.note_by_hand(opened.fund, row.id, NOW)
    opened.say("close")


def test_after_met_a_refund_counts_who_waited_longest(opened):
    first, later, earlier = given(opened, 4_990_000), opened.promise(10_000), opened.promise(10_000)
    opened.give(10_000)
    assert opened.counter().state == "met"
    for gift, days in ((later, 4), (earlier, 6)):
        day = TODAY - dt.timedelta(days=days)
        event = RailEvent(secrets.token_hex(8), gift, "settled", Money(10_000, "EUR"), day)
        assert receive_event(opened.fund, PULL["fake"], event, NOW).held == 10_000
    returning.ask_back(opened.fund, first, gift_by_id(opened.fund, first).rc, "changed", NOW)
    opened.snapshot()
    opened.say("gift-return", gift=leaf_of(opened, first), amount=15_000, counted=15_000)
    assert returning.send_due(opened.fund, {"fake": Provider()}, NOW) == 1
    assert [gift_by_id(opened.fund, gift).counted for gift in (earlier, later)] == [10_000, 5_000]
    books = opened.audit()
    assert (books.state, books.counted, books.held) == ("met", 5_000_000, 5_000)
