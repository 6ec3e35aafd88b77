"""What the world outside a fund knows of its money: Stripe's account, the bank's statement, a box of cash.

Nothing here reads the fund. At the end its books are held against these.
"""

from __future__ import annotations

import datetime as dt
import random
import threading
from collections import Counter
from dataclasses import dataclass

import httpx

from panah.core.money import Money
from tests.givers import Giver
from tests.rails.camt_lab import Transfer, make_statement, wrap
from tests.story.mortal_site import MortalSite
from tests.stripe_local.server import LocalStripe
from tests.stripe_local.world import Object

IBAN = "DE44999900000020211807"


@dataclass
class Person:
    """Somebody who gives once. `ref` is a transfer's reference, `session` a visit at Stripe, `back` what left again."""

    rail: str
    money: Money
    code: str = ""
    gift: str = ""
    ref: str = ""
    session: str = ""
    back: int = 0
    giver: Giver | None = None


class Postman:
    """How Stripe tells: late, in any order, some things twice, each until it was heard."""

    def __init__(self, stripe: LocalStripe, chance: random.Random) -> None:
        self.stripe, self._chance = stripe, chance
        self.history: list[Object] = []
        self.told: dict[str, int] = {}
        self._unheard: list[Object] = []
        self._lock = threading.Lock()
        self._line = httpx.Client(timeout=60)

    def collect(self) -> list[Object]:
        """Take what is to be told now."""
        with self._lock:
            fresh = self.stripe.take_events()
            self.history += fresh
            waiting, self._unheard = self._unheard + fresh, []
            return waiting

    def send(self, site: MortalSite, event: Object) -> None:
        """Tell one; what is not heard is told again by the next `deliver`."""
        headers, body = self.stripe.signed(event)
        site.up.wait(120)
        try:
            answer = self._line.post(f"{site.address}/rails/card/event", content=body, headers=headers)
        except httpx.TransportError:
            heard = False
        else:
            heard = answer.status_code == 200
            gift = event["data"]["object"].get("metadata", {}).get("gift")
            if answer.text == "booked" and gift:
                self.told[gift] = 1
        if not heard:
            with self._lock:
                self._unheard.append(event)

    def deliver(self, site: MortalSite, deaths: int = 0) -> None:
        """Tell everything until all of it was heard."""
        for _ in range(60):
            waiting = self.collect()
            if not waiting:
                return
            waiting += self._chance.sample(waiting, len(waiting) // 8)
            self._chance.shuffle(waiting)
            site.crowd(waiting, lambda event: self.send(site, event), deaths)
            deaths = 0
        kinds = Counter(event["type"] for event in self._unheard)
        raise AssertionError(f"not heard after sixty rounds: {kinds}")

    def tell_all_again(self) -> None:
        """Begin anew with everything that was ever told, as after a disk was lost."""
        with self._lock:
            self._unheard = list(self.history)

    def left(self, gift: str) -> int:
        """Give what the account still has of one gift, fees aside."""
        world = self.stripe.world
        names = {name for name, intent in world.intents.items() if intent["metadata"]["gift"] == gift}
        gone = [one for one in world.refunds.values() if one["status"] != "failed"]
        gone += [one for one in world.disputes.values() if one["status"] != "won"]
        taken = sum(world.intents[name]["amount_received"] for name in names)
        return taken - sum(one["amount"] for one in gone if one["payment_intent"] in names)

    def payment(self, person: Person) -> str:
        return str(self.stripe.world.sessions[person.session]["payment_intent"])

    def close(self) -> None:
        self._line.close()


class Bank:
    """The fund's account at its bank: one IBAN, one statement for each currency."""

    def __init__(self, today: dt.date) -> None:
        self.today = today
        self.lines: list[tuple[str, Transfer]] = []

    def arrive(self, person: Person, ago: int = 0) -> None:
        """A transfer comes in; its value day is so many days ago."""
        day = self.today - dt.timedelta(days=ago)
        own = f"T{len(self.lines)}"
        self.lines.append((person.money.currency, Transfer(person.money.minor, person.ref, day=day, own=own)))

    def bounce(self, person: Person) -> None:
        """The bank sends one back by itself: the account it came from is closed."""
        person.back = person.money.minor
        back = Transfer(
            person.money.minor, person.ref, day=self.today, own=f"R{len(self.lines)}", credit=False, returned=True
        )
        self.lines.append((person.money.currency, back))

    def statement(self) -> bytes:
        """Give camt.053 of all days, as a treasurer exports it."""
        since = self.today - dt.timedelta(days=9)
        parts = [
            make_statement(
                [line for own, line in self.lines if own == currency],
                iban=IBAN, currency=currency, since=since, upto=self.today, ident=currency,
            )
            for currency in sorted({own for own, _ in self.lines})
        ]  # fmt: skip
        return wrap("".join(parts))
