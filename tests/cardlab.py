"""A fund with the card rail, a local Stripe on one clock with it, and what must hold between the two."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connections

from panah.core.money import Money
from panah.rails.card.rail import CardRail
from panah.site.gifts.actions import GiftRequest, promise, receive_event
from panah.site.gifts.capturing import carry_due, find_lost
from panah.site.gifts.visiting import WayBack, begin_visit
from panah.storage.funds import FundHome
from panah.storage.models import Counter, Fund, Gift, Posting, RailCall, Visit
from panah.storage.writer import stop_writers
from tests.storage.lab import make_fund
from tests.stripe_local.server import LocalStripe, local_stripe
from tests.stripe_local.world import Object, World

START = 1_800_000_000
ACCOUNT = "acct_1LanternLocal01"
BACK = WayBack("https://fund.invalid/en/pay/x/", "Lantern", "en")


class CardLab:
    """One fund and its account. Amounts in cents."""

    def __init__(self, fund: FundHome, stripe: LocalStripe, clock: list[int]) -> None:
        self.fund, self.stripe, self._clock = fund, stripe, clock
        self.rail = CardRail(stripe.key, stripe.address, lambda: clock[0])
        self.told: list[str] = []

    @property
    def world(self) -> World:
        return self.stripe.world

    @property
    def now(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self._clock[0], dt.UTC)

    def pass_time(self, seconds: int) -> None:
        self._clock[0] += seconds
        self.world.pass_time()

    # -- what a giver does

    def promise(self, amount: int, *, rest: bool = False) -> str:
        gift = secrets.token_hex(16)
        promise(
            self.fund, GiftRequest(gift, "card", Money(amount, "EUR"), rest, secrets.token_bytes(32), "en"), self.now
        )
        return gift

    def visit(self, amount: int, *, rest: bool = False) -> tuple[str, str]:
        """Go to the card page; give (gift, session)."""
        gift = self.promise(amount, rest=rest)
        begin_visit(self.fund, self.rail, gift, BACK, self.now)
        return gift, Visit.objects.using(self.fund.alias).get(gift=gift).name

    def pay(self, amount: int, *, rest: bool = False) -> str:
        """Go there and pay; no event has come yet."""
        gift, session = self.visit(amount, rest=rest)
        assert self.world.pay(session)
        return gift

    def give(self, amount: int, *, rest: bool = False) -> str:
        gift = self.pay(amount, rest=rest)
        self.deliver()
        return gift

    def payment(self, gift: str) -> str:
        return next(name for name, intent in self.world.intents.items() if intent["metadata"]["gift"] == gift)

    # -- what the provider sends

    def send(self, event: Object) -> str:
        """Send one event, as `site/gifts/hooks.py` takes it; give the outcome."""
        headers, body = self.stripe.signed(event)
        fact = self.rail.read_event(headers, body, self.stripe.secret)
        return receive_event(self.fund, self.rail, fact, self.now).status if fact else "ignored"

    def deliver(self, events: list[Object] | None = None) -> list[str]:
        """Send all that waits; what is answered "later" is sent again, as Stripe does."""
        waiting = self.stripe.take_events() if events is None else events
        answers: list[str] = []
        while waiting:
            again = []
            for event in waiting:
                answers.append(self.send(event))
                if answers[-1] == "later":
                    again.append(event)
            assert len(again) < len(waiting), "an event is put off for ever"
            waiting = again + self.stripe.take_events()
        return answers

    def settle(self) -> None:
        """Let everything come to its end: events, calls, lost visits."""
        for _ in range(4):
            self.pass_time(4000)
            self.deliver()
            carry_due(self.fund, lambda _: self.rail, self.now)
            find_lost(self.fund, lambda _: self.rail, self.now)
        self.deliver()

    # -- what holds

    def row(self, gift: str) -> Gift:
        return Gift.objects.using(self.fund.alias).get(id=gift)

    @property
    def counter(self) -> Counter:
        return Counter.objects.using(self.fund.alias).get()

    def calls(self, **where: Any) -> list[RailCall]:
        return list(RailCall.objects.using(self.fund.alias).filter(**where))

    def totals(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for posting in Posting.objects.using(self.fund.alias).all():
            found[posting.account] = found.get(posting.account, 0) + posting.minor
        return found

    def account(self) -> int:
        """What the account at Stripe has of these gifts, fees aside."""
        world = self.world
        taken = sum(intent["amount_received"] for intent in world.intents.values())
        back = sum(refund["amount"] for refund in world.refunds.values() if refund["status"] != "failed")
        lost = sum(
            one["amount"]
            for one in world.disputes.values()
            if one["status"] != "won" and not one["status"].startswith("warning")
        )
        return taken - back - lost

    def holds(self) -> None:
        """Books and account agree to the cent, and the goal is kept."""
        totals, counter = self.totals(), self.counter
        assert sum(totals.values()) == 0
        assert totals.get("assets:card", 0) == self.account()
        assert -totals.get("income:gifts", 0) == counter.counted
        assert -totals.get("liabilities:held", 0) == counter.held
        gifts = Gift.objects.using(self.fund.alias).all()
        assert sum(gift.counted for gift in gifts) == counter.counted
        assert sum(gift.claimed for gift in gifts) == counter.claimed
        assert counter.counted + counter.claimed <= counter.goal

    def is_quiet(self) -> None:
        """Nothing is under way: no claim, no blocked card, no call, no visit, no time kept."""
        assert self.counter.claimed == 0
        assert not [i for i in self.world.intents.values() if i["status"] == "requires_capture"]
        assert self.calls(state="waiting") == self.calls(first__isnull=False) == []
        assert not Visit.objects.using(self.fund.alias).filter(ends__isnull=False).exists()


def make_lab(home: Path, stripe: LocalStripe, clock: list[int], *, slug: str = "cards", **options: Any) -> CardLab:
    """Make a fund for an account."""
    fund = make_fund(home, slug=slug, **options)
    row = Fund.objects.using(fund.alias).get()
    row.charter = row.charter | {"rails": {"card": {"account": ACCOUNT}, "bank": {}}}
    row.save(using=fund.alias)
    return CardLab(fund, stripe, clock)


@contextmanager
def card_lab(home: Path, **options: Any) -> Iterator[CardLab]:
    """A fund and a fresh account; everything ends with the block."""
    clock = [START]
    with local_stripe(lambda: clock[0]) as stripe:
        lab = make_lab(home, stripe, clock, **options)
        try:
            yield lab
        finally:
            stop_writers()
            connections[lab.fund.alias].close()
            del connections[lab.fund.alias]
