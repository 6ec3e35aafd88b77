"""Claims: room under the goal is taken before a provider is asked to capture, and given back only by an answer."""

from __future__ import annotations

import pytest

from panah.core.money import Money
from panah.rails.base import Capture
from panah.site.gifts.actions import promise, receive_event
from panah.site.gifts.banking import book_list
from panah.storage.models import Counter, Gift
from tests.storage.lab import NOW, event, request
from tests.storage.test_gifts import LISTED, bank_list, books_hold, credit


class RemoteRail:
    """A pull rail whose captures go over a network: the test says what comes back, and sees what was asked."""

    name = "fake"
    local_capture = False

    def __init__(self, outcome: str, during=lambda: None) -> None:
        self.outcome, self.during, self.asked = outcome, during, []

    def least(self, currency: str) -> int:
        return 1

    def void(self, order, key: str) -> str:
        return "voided"

    def capture(self, order, amount: Money, key: str) -> Capture:
        self.asked.append((order.id, amount.minor, key))
        self.during()
        return Capture(self.outcome, amount if self.outcome == "captured" else Money(0, "EUR"))


def authorise(fund, rail, amount, **options):
    asked = request(amount, **options)
    promise(fund, asked, NOW)
    return asked, receive_event(fund, rail, event(asked.id, amount), NOW)


def counter(fund):
    return Counter.objects.using(fund.alias).get()


def test_the_claim_is_durable_before_the_provider_is_asked(new_fund):
    fund = new_fund(goal=10_000)
    seen = []
    rail = RemoteRail("captured", during=lambda: seen.append((counter(fund).claimed, counter(fund).counted)))
    asked, outcome = authorise(fund, rail, 10_000)
    assert seen == [(10_000, 0)]
    assert rail.asked == [(asked.id, 10_000, f"{asked.id}:capture")]
    assert (outcome.status, counter(fund).claimed, counter(fund).state) == ("booked", 0, "met")
    books_hold(fund)


def test_a_refused_capture_gives_the_room_back_to_money_that_waits(new_fund):
    fund = new_fund(goal=10_000)

    def transfer_arrives() -> None:
        book_list(fund, bank_list(credit(4000)), LISTED, NOW)
        assert counter(fund).held == 4000

    _, outcome = authorise(fund, RemoteRail("refused", during=transfer_arrives), 10_000)
    assert outcome.status == "refused"
    now = counter(fund)
    assert (now.claimed, now.counted, now.held) == (0, 4000, 0)
    books_hold(fund)


def test_an_unknown_outcome_keeps_the_room(new_fund):
    fund = new_fund(goal=10_000)
    asked, outcome = authorise(fund, RemoteRail("unknown"), 10_000)
    assert outcome.status == "claimed"
    assert counter(fund).claimed == 10_000
    assert Gift.objects.using(fund.alias).get(id=asked.id).status == "claimed"


@pytest.mark.parametrize("takes_rest", [True, False])
def test_only_the_remainder_is_captured_when_the_giver_agreed(new_fund, takes_rest):
    fund = new_fund(goal=10_000)
    asked = request(9000, takes_rest=takes_rest)
    promise(fund, asked, NOW)
    book_list(fund, bank_list(credit(6000)), LISTED, NOW)
    rail = RemoteRail("captured")
    outcome = receive_event(fund, rail, event(asked.id, 9000), NOW)
    assert outcome.status == ("booked" if takes_rest else "refused")
    assert [amount for _, amount, _ in rail.asked] == ([4000] if takes_rest else [])
