"""One simulated world: a fund, its givers, its bank, its providers, its members, and time.

Each `step_…` is something that happens to a fund. What is drawn comes from the seed alone. What was told to anybody
(an acknowledgement, a checkpoint) is kept, and `laws.py` holds the fund to it after each step.
"""

from __future__ import annotations

import base64
import datetime as dt
import random
from typing import Any

from django.db import connections

from panah.core.money import Money
from panah.core.statement import begin
from panah.errors import RefusedError
from panah.rails.base import PullRail, RailEvent
from panah.rails.fake.rail import FakeRail
from panah.site.funds.actions import carry_out
from panah.site.gifts.actions import GiftRequest, promise, receive_event
from panah.site.gifts.capturing import carry_due, find_lost
from panah.site.gifts.replaying import replay_due
from panah.site.gifts.returning import send_due
from panah.site.gifts.visiting import WayBack, begin_visit
from panah.storage.rows import GiftRow
from tests.fundlab import signed
from tests.simulation.machine import START, Machine
from tests.simulation.provider import card_rail

BACK = WayBack("https://fund.invalid/en/pay/x/", "Lantern", "en")


class World:
    """Everything around one fund. Amounts in cents."""

    def __init__(self, machine: Machine, chance: random.Random) -> None:
        self.machine, self.chance = machine, chance
        self.fund = machine.fund
        self.seconds = int(START.timestamp())
        card, self.stripe = card_rail(lambda: self.seconds, machine.tick)
        self.rails: dict[str, PullRail] = {"fake": FakeRail(), "card": card}
        self.queue: list[tuple[str, Any]] = []  # events that providers have not got rid of
        self.history: list[tuple[str, Any]] = []  # all that they ever told
        self.lines: list[dict[str, Any]] = []  # what the bank account saw
        self.paid: dict[str, tuple[str, int]] = {}  # fake gifts that were authorised: fact, amount
        self.promised: dict[str, str] = {}  # gift → rail
        self.told: dict[str, int] = {}  # acknowledged gifts: what was booked
        self.fake_back: list[tuple[str, int]] = []
        self.returned: set[str] = set()  # gifts that somebody sends back: nobody else does then
        self.log: list[str] = []
        self.origin = self._one("SELECT origin FROM storage_fund")

    # -- reading

    @property
    def now(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self.seconds, dt.UTC)

    @property
    def day(self) -> str:
        return self.now.date().isoformat()

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with connections[self.fund.alias].cursor() as cursor:
            cursor.execute(sql, values)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def _one(self, sql: str, *values: Any) -> Any:
        return self.rows(sql, *values)[0][0]

    def note(self, *words: Any) -> None:
        self.log.append(" ".join(str(word) for word in words))

    def name(self) -> str:
        return self.chance.randbytes(16).hex()

    # -- givers

    def amount(self) -> int:
        return self.chance.choice([500, 700, 1000, 2500, 5000, 10_000, 20_000, 45_000])

    def _promise(self, rail: str, amount: int) -> str | None:
        gift, rest = self.name(), self.chance.random() < 0.5
        asked = GiftRequest(gift, rail, Money(amount, "EUR"), rest, self.chance.randbytes(32), "en")
        try:
            promised = promise(self.fund, asked, self.now)
            if self.chance.random() < 0.2:
                promise(self.fund, asked, self.now)  # the form was sent twice
        except RefusedError as error:
            self.note("refused", rail, amount, error.template[:30])
            return None
        self.note("promised", rail, amount)
        self.promised[gift] = rail
        return promised.reference or gift

    def step_give_fake(self) -> None:
        amount = self.amount()
        if gift := self._promise("fake", amount):
            kind: Any = self.chance.choice(["authorised"] * 5 + ["failed"])
            self.tell("fake", RailEvent(self.name(), gift, kind, Money(amount, "EUR"), self.now.date()))

    def step_give_card(self) -> None:
        gift = self._promise("card", self.amount())
        if gift is None:
            return
        try:
            begin_visit(self.fund, self.rails["card"], gift, BACK, self.now)
        except RefusedError as error:
            self.note("no visit", error.code)
            return
        sessions = [name for name, one in self.stripe.world.sessions.items() if one["client_reference_id"] == gift]
        what = self.chance.choice(["pay", "pay", "pay", "pay", "leave", "decline"])
        if sessions and what == "pay":
            self.stripe.world.pay(sessions[-1])
        elif sessions and what == "decline":
            self.stripe.world.decline(sessions[-1])
        self.hear_stripe()

    def step_give_bank(self) -> None:
        amount = self.amount()
        reference = self._promise("bank", amount) if self.chance.random() < 0.6 else None
        back = self.chance.randrange(4) * dt.timedelta(days=1)
        line = {
            "line": base64.b64encode(self.chance.randbytes(32)).decode(), "kind": "credit", "cur": "EUR",
            "amount": self.chance.choice([amount, amount, self.amount()]), "day": (self.now - back).date().isoformat(),
        }  # fmt: skip
        self.lines.append(line | ({"ref": reference} if reference else {}))

    def step_rush(self) -> None:
        """Many givers at once: their jobs wait together and go into one transaction, good and bad."""
        jobs = []
        for _ in range(self.chance.randrange(2, 6)):
            amount, gift, rc = self.amount(), self.name(), self.chance.randbytes(32)

            def job(batch: Any, amount: int = amount, gift: str = gift, rc: bytes = rc) -> None:
                batch.add_gift(GiftRow(gift, "fake", "EUR", amount, True, rc, None, self.now.date()))

            jobs.append((job, (gift,), (), (rc,)))
            self.promised[gift] = "fake"
            self.tell("fake", RailEvent(self.name(), gift, "authorised", Money(amount, "EUR"), self.now.date()))
        if self.chance.random() < 0.3:
            jobs.append((_break, (), (), ()))
        self.machine.writers[self.machine.active].submit_all(jobs, keep=True)

    # -- providers

    def tell(self, rail: str, event: Any) -> None:
        self.queue.append((rail, event))
        self.history.append((rail, event))

    def hear_stripe(self) -> None:
        for event in self.stripe.take_events():
            self.tell("card", event)

    def step_deliver(self) -> None:
        self.hear_stripe()
        self.chance.shuffle(self.queue)
        for one in self.queue[: self.chance.randrange(1, 6)]:
            again = self.chance.random() < 0.25
            if self.deliver(*one) and not again:  # until it is answered it stays: a crash changes nothing here
                self.queue.remove(one)
        self.hear_stripe()

    def deliver(self, rail: str, event: Any) -> bool:
        """Send one event; tell whether the provider may forget it."""
        fact = event
        if rail == "card":
            headers, body = self.stripe.signed(event)
            fact = self.rails["card"].read_event(headers, body, self.stripe.secret)
            if fact is None:
                return True
        try:
            outcome = receive_event(self.fund, self.rails[rail], fact, self.now)
        except RefusedError as error:
            self.note("event refused", fact.kind, error.template[:30])
            return False
        self.note("event", rail, fact.kind, outcome.status, outcome.counted, outcome.held)
        if outcome.status == "booked" and fact.kind in {"authorised", "settled"}:
            self.told.setdefault(fact.gift, outcome.counted + outcome.held)
        value = outcome.counted + outcome.held
        if rail == "fake" and fact.kind == "authorised" and value and fact.gift not in self.returned:
            self.paid.setdefault(fact.gift, (fact.id, value))  # also when a crash came before the answer
        return outcome.status != "later"

    def step_taken_back(self) -> None:
        """A refund or dispute at the provider, and sometimes the money comes again; both told in any order."""
        money = [(gift, amount) for gift, (_, amount) in self.paid.items() if gift not in self.returned]
        intents = [
            name for name, one in self.stripe.world.intents.items()
            if one["status"] == "succeeded" and one["metadata"]["gift"] not in self.returned
        ]  # fmt: skip
        if money and (not intents or self.chance.random() < 0.5):
            gift, amount = self.chance.choice(money)
            self.returned.add(gift)
            part = self.chance.choice([amount, max(1, amount // 3)])
            kind: Any = self.chance.choice(["refunded", "disputed"])
            gone = RailEvent(self.name(), gift, kind, Money(part, "EUR"), self.now.date())
            self.tell("fake", gone)
            self.fake_back.append((gift, part))
            if self.chance.random() < 0.4:
                back = RailEvent(self.name(), gift, "reinstated", gone.amount, self.now.date(), undoes=gone.id)
                self.tell("fake", back)
                self.fake_back.append((gift, -part))
        elif intents:
            self._take_back_card(self.chance.choice(intents))
        self.note("taken back")

    def _take_back_card(self, name: str) -> None:
        world = self.stripe.world
        intent = world.intents[name]
        self.returned.add(intent["metadata"]["gift"])
        if self.chance.random() < 0.5:
            part = self.chance.choice([None, max(1, intent["amount_received"] // 3)])
            refund = world.refund(name, part)["id"]
            if self.chance.random() < 0.3:
                world.fail_refund(refund)
        else:
            dispute = world.dispute(name)
            if self.chance.random() < 0.6:
                world.close_dispute(dispute, self.chance.choice(["won", "lost"]))
        self.hear_stripe()

    def step_trouble(self) -> None:
        """The next call to Stripe gets no answer, before or after it was carried out, or an error."""
        words = self.chance.choice(["capture", "cancel", "sessions", "payment_intents", "refunds"])
        self.stripe.trouble(words, self.chance.choice(["before", "after", "after", 500, 429]))

    # -- the bank

    def step_bank_list(self) -> None:
        """Members send a list: mostly of new lines, with some that are known."""
        if self.lines:
            self.send_list(self.lines[self.chance.randrange(len(self.lines)) :])

    def send_list(self, lines: list[dict[str, Any]]) -> None:
        self.say("bank-list", day=None, upto=self.day, lines=lines)

    def step_bank_return(self) -> None:
        """A transfer goes back by itself (an account that is closed): nobody else sends it back then."""
        undone = {line.get("undoes") for line in self.lines}
        lines = [line for line in self.lines if line["kind"] == "credit" and line["line"] not in undone]
        lines = [line for line in lines if self.gift_of_line(line["line"]) not in self.returned]
        if lines:
            line = self.chance.choice(lines)
            name = base64.b64encode(self.chance.randbytes(32)).decode()
            back = {key: line[key] for key in ("cur", "amount")} | {"kind": "return", "line": name, "day": self.day}
            self.lines.append(back | {"undoes": line["line"]})

    def gift_of_line(self, line: str) -> str:
        found = self.rows("SELECT gift FROM storage_bankline WHERE line = %s", base64.b64decode(line))
        return str(found[0][0]) if found else ""

    def going_back(self) -> set[str]:
        """Give gifts that somebody sends back already."""
        return self.returned | {self.gift_of_line(line.get("undoes", "")) for line in self.lines}

    # -- members

    def say(self, kind: str, **fields: Any) -> bool:
        """Sign a statement and carry it out; tell whether it was."""
        fields = {"day": self.day} | fields
        if kind in {"bank-list", "pause", "resume"}:
            fields |= {"id": base64.b64encode(self.chance.randbytes(16)).decode()}
        body = begin(kind, self.origin, **{key: value for key, value in fields.items() if value is not None})
        try:
            carry_out(self.fund, signed(body), self.now)
        except RefusedError as error:
            self.note(kind, "refused", error.template[:40])
            return False
        self.note(kind)
        return True

    # -- time

    def pass_time(self, seconds: int) -> None:
        self.seconds += seconds
        self.stripe.world.pass_time()
        self.hear_stripe()

    def step_time(self) -> None:
        self.pass_time(self.chance.choice([30, 120, 700, 4000, 30_000, 90_000]))
        self.call_providers()

    def call_providers(self) -> None:
        """What runs every minute beside the requests."""
        told = replay_due(self.fund, self.rails.get, self.now)
        done = carry_due(self.fund, self.rails.get, self.now)
        lost = find_lost(self.fund, self.rails.get, self.now)
        sent = send_due(self.fund, self.rails, self.now)
        self.note("called", done, lost, sent, *(f"replayed {name} {done}" for name, done in told.items()))
        self.hear_stripe()


def _break(_: Any) -> None:
    raise ArithmeticError("one bad job")
