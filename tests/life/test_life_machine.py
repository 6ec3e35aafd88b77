"""A fund's whole life in any order, against a model: after each step counter, postings and replayed log agree."""

from __future__ import annotations

import base64
import datetime as dt

import pytest
from django.db import connections
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, consumes, invariant, precondition, rule

from panah.core.statement import begin
from panah.errors import RefusedError
from panah.rails.registry import PULL
from panah.site.funds.actions import bring_into_force, carry_out
from panah.site.gifts import returning
from panah.site.gifts.queries import fund_rules, gift_by_id
from panah.storage.models import BankLine, Gift
from tests.fund_world import NAMES
from tests.life.world import GOAL, MINIMUM, World, fresh

AMOUNTS = st.one_of(st.integers(MINIMUM, 30_000), st.sampled_from([MINIMUM, GOAL // 2, GOAL, GOAL + 700]))
SHARES = st.sampled_from([1, 2, 3])  # a part is amount ÷ share
RAILS = st.sampled_from(["fake", "bank"])
SIBLING = "Paper Boat: scholarships for artists at risk"


class Life(World):
    promised = Bundle("promised")
    booked = Bundle("booked")

    # -- gifts

    @rule(target=promised, amount=AMOUNTS)
    def promise(self, amount):
        room = self.model.goal - self.model.counted
        fits = MINIMUM <= amount <= room - MINIMUM or amount == room
        if self.model.state == "open" and "fake" not in self.stopped and fits:
            return self.team.promise(amount)
        with pytest.raises(RefusedError):
            self.team.promise(amount)
        return ""

    @rule(target=booked, gift=consumes(promised))
    def pay(self, gift):
        if not gift:
            return ""
        amount, model = gift_by_id(self.fund, gift).amount, self.model
        room = model.goal - model.counted
        self.tell(gift, "authorised", amount)
        if model.state != "open" or "fake" in self.stopped or amount > room:
            assert gift_by_id(self.fund, gift).status == "refused"
            return ""
        model.arrive(gift, "fake", self.today, amount)
        return gift

    @rule(target=booked, gift=consumes(promised))
    def money_comes_though_nobody_claimed_it(self, gift):
        if not gift or self.model.state == "closed":
            return ""
        amount = gift_by_id(self.fund, gift).amount
        self.tell(gift, "settled", amount)
        self.model.arrive(gift, "fake", self.today, amount)
        return gift

    @precondition(lambda self: self.model.state == "open" and "fake" not in self.stopped)
    @rule(target=booked, days=st.integers(0, 8))
    def days_later_somebody_gives_the_rest(self, days):
        self.days_pass(days)
        rest = self.model.goal - self.model.counted
        gift = self.team.promise(rest)
        self.tell(gift, "authorised", rest)
        self.model.arrive(gift, "fake", self.today, rest)
        return gift

    @rule(gift=consumes(promised))
    def the_provider_says_no(self, gift):
        if gift:
            self.tell(gift, "failed", 1)

    @rule(target=booked, amount=AMOUNTS, ago=st.integers(0, 6))
    def a_transfer_comes(self, amount, ago):
        line = {"line": fresh(32), "kind": "credit", "cur": "EUR", "amount": amount,
                "day": (self.today - dt.timedelta(days=ago)).isoformat()}  # fmt: skip
        fields = {"id": fresh(), "upto": self.today.isoformat(), "lines": [line]}
        statement = self.team.sign(begin("bank-list", fund_rules(self.fund).origin, **fields), *NAMES[:2])
        if self.model.state == "closed":
            with pytest.raises(RefusedError):
                carry_out(self.fund, statement, self.team.now)
            return ""
        for _ in range(2):
            carry_out(self.fund, statement, self.team.now)
        gift = BankLine.objects.using(self.fund.alias).get(line=base64.b64decode(line["line"])).gift
        self.model.arrive(gift, "bank", dt.date.fromisoformat(line["day"]), amount)
        return gift

    # -- money goes back

    def is_left(self, gift: str) -> bool:
        return bool(gift) and self.model.gifts[gift].left > 0

    @rule(gift=booked, share=SHARES, kind=st.sampled_from(["disputed", "refunded"]))
    def the_provider_takes_back(self, gift, share, kind):
        if self.is_left(gift) and self.model.gifts[gift].rail == "fake" and self.model.state != "closed":
            amount = self.part(gift, share)
            self.tell(gift, kind, amount)
            self.model.go_back(gift, amount, self.today)

    @rule(gift=booked, share=SHARES)
    def asked_and_sent_back(self, gift, share):
        if not self.is_left(gift):
            return
        row = gift_by_id(self.fund, gift)
        leaf, amount = self.leaf_of(gift), self.part(gift, share)
        counted = amount - min(amount, self.model.gifts[gift].held)
        if self.model.state == "closed":
            with pytest.raises(RefusedError):
                returning.ask_back(self.fund, gift, row.rc, "", self.team.now)
            self.refused("gift-return", gift=leaf, amount=amount, counted=counted)
            return
        returning.ask_back(self.fund, gift, row.rc, "", self.team.now)
        self.refused("gift-return", gift=leaf, amount=row.booked + 1, counted=row.counted)
        if self.say_once("gift-return", gift=leaf, amount=amount, counted=counted):
            self.model.go_back(gift, amount, self.today)

    @rule()
    def refunds_are_sent(self):
        returning.send_due(self.fund, {"fake": PULL["fake"]}, self.team.now)
        for row in returning.refunds(self.fund, "state = 'agreed'"):
            returning.note_by_hand(self.fund, row.id, self.team.now)

    @rule(gift=booked)
    def the_rest_is_passed_on(self, gift):
        if not gift or not self.model.gifts[gift].held:
            return
        amount, leaf = self.model.gifts[gift].held, self.leaf_of(gift)
        fields = {"gift": leaf, "amount": amount, "to": "pass-on", "sibling": SIBLING}
        if self.model.state not in {"met", "winding"}:
            self.refused("overflow", **fields)
            return
        self.refused("overflow", **fields | {"amount": amount + 1})
        if self.say_once("overflow", **fields):
            self.model.pass_on(gift, amount)

    # -- rails in trouble

    @rule(rail=RAILS)
    def one_member_stops_a_rail(self, rail):
        if self.model.state != "closed":
            self.say("pause", NAMES[2], id=fresh(), what="gifts", rail=rail)
            self.stopped.add(rail)

    @rule(rail=RAILS)
    def two_resume_it(self, rail):
        if rail in self.stopped and self.model.state != "closed":
            self.say("resume", id=fresh(), what="gifts", rail=rail)
            self.stopped.discard(rail)

    @rule(rail=RAILS, share=SHARES)
    def a_rail_freezes(self, rail, share):
        there = self.model.on_rail(rail)
        amount = max(0, there) // share
        fields = {"rail": rail, "cur": "EUR"}
        if self.model.state == "closed":
            self.refused("freeze", **fields, amount=0)
            return
        self.refused("freeze", **fields, amount=max(0, there) + 1)
        if self.say_once("freeze", **fields, amount=amount):
            self.model.stuck[rail] += amount
            self.stopped.add(rail)

    @rule(rail=RAILS, share=SHARES, to=st.sampled_from(["release", "loss"]))
    def it_thaws(self, rail, share, to):
        stuck = self.model.stuck[rail]
        self.refused("thaw", rail=rail, cur="EUR", amount=stuck + 1, to=to)
        if not stuck or self.model.state == "closed":
            return
        amount = -(-stuck // share)
        if not self.say_once("thaw", rail=rail, cur="EUR", amount=amount, to=to):
            return
        self.model.stuck[rail] -= amount
        if to == "loss":
            self.model.lost[rail] += amount

    # -- the fund's own life

    @rule(days=st.integers(1, 9))
    def time_goes_by(self, days):
        self.days_pass(days)

    @precondition(lambda self: self.model.state == "open" and not self.model.announced)
    @rule(more=st.integers(1, 50_000))
    def a_higher_goal_is_announced(self, more):
        start = self.today + dt.timedelta(days=7)
        self.model.announced = self.model.goal + more, start
        self.say("amend", **{"from": start.isoformat()}, set={"goal": self.model.goal + more})

    @rule()
    def the_fund_winds_up(self):
        if self.model.state in {"open", "met"} and self.model.gross > GOAL // 2:
            self.say("life", to="winding")
            self.model.state, self.model.announced = "winding", None

    @rule()
    def the_fund_closes(self):
        model = self.model
        under_way = returning.refunds(self.fund, "state <> 'sent'")
        if model.state == "winding" and not model.held and not under_way and not any(model.stuck.values()):
            self.say("close")
            model.state = "closed"
        else:
            self.refused("close")

    # -- what must hold

    @invariant()
    def counter_postings_and_log_agree_with_the_model(self):
        bring_into_force(self.fund, self.team.now)
        counter, model = self.team.counter(), self.model
        if counter.goal != model.goal:
            assert model.announced
            assert model.announced[0] == counter.goal
            assert model.announced[1] <= self.today
            model.raise_goal()
        assert (counter.state, counter.counted, counter.held) == (model.state, model.counted, model.held)
        assert counter.counted + counter.claimed <= counter.goal
        books = self.team.audit()  # replays the log by the verifier's rules
        model.seen = dt.date.fromisoformat(books.day)
        assert (books.gross, books.returned, books.passed_on) == (model.gross, model.returned, model.passed_on)
        assert model.gross == model.counted + model.held + model.returned + model.passed_on  # nothing lost
        balances = dict.fromkeys(books.balances, 0)
        with connections[self.fund.alias].cursor() as cursor:
            cursor.execute("SELECT account, currency, SUM(minor) FROM storage_posting GROUP BY account, currency")
            balances |= {(account, currency): minor for account, currency, minor in cursor.fetchall()}
        assert balances == books.balances
        assert sum(balances.values()) == 0
        for rail in ("fake", "bank"):
            assert balances.get((f"assets:{rail}", "EUR"), 0) == model.on_rail(rail)
            assert books.frozen.get((rail, "EUR"), 0) == model.stuck[rail]
        assert balances.get(("expenses:loss", "EUR"), 0) == sum(model.lost.values())
        assert -balances.get(("income:gifts", "EUR"), 0) == model.counted
        assert -balances.get(("liabilities:held", "EUR"), 0) == model.held

    @invariant()
    def every_gift_is_what_the_model_says(self):
        rows = {row.id: (row.counted, row.booked - row.counted) for row in Gift.objects.using(self.fund.alias).all()}
        for gift in self.model.gifts.values():
            assert rows[gift.id] == (gift.counted, gift.held), gift


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=10, stateful_step_count=30)


class TestLongLife(Life.TestCase):
    settings = settings(max_examples=150, stateful_step_count=60)


TestLongLife.pytestmark = [pytest.mark.long]
