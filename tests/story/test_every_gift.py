"""Three rails, four currencies, 500 gifts, a rush, disputes, ten deaths, a lost disk, and an end: to the cent.

The story of a whole fund through its real programs, on both databases. What is true outside (`outside.py`), the
verifier, hledger and every giver's receipt must agree at the end; the simulation's laws hold at each death.
"""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from panah.core import statement
from panah.proof import leaf
from panah.rails.cash import entry
from panah.storage.funds import FundHome
from tests.booklab import read_log
from tests.story.fund_of_many import FIT, ROOM, FundOfMany
from tests.story.outside import Person
from tests.story.reckoning import hledger, look_up, sums
from tests.stripe_local.server import local_stripe


class Story(FundOfMany):
    """The life of one fund, step by step."""

    def ordinary_weeks(self) -> None:
        people = [*self.cards, *self.transfers, *self.late]
        self.chance.shuffle(people)
        self.site.crowd(people, self.begin_and_pay, deaths=3)
        self.postman.deliver(self.site, deaths=1)
        for one in self.transfers:
            self.bank.arrive(one, self.ago[id(one)])
        assert f"booked: {len(self.transfers)} " in self.read_bank()
        self.statements = [self.cash_body(one) for one in self.cash]
        self.statements.append(self.exchange_body())
        fee = statement.begin("fee", self.origin, day=self.today.isoformat(), rail="bank", cur="EUR", amount=420)
        self.publish(*self.statements, entry.settle(self.statements[-1], "assets:bank"), fee)
        self.settle()
        assert self.one("SELECT counted FROM storage_counter") == self.goal - ROOM, "to the cent, whatever died"

    def goal_in_a_rush(self) -> None:
        self.site.crowd(self.rush, self.begin)

        def pay(person: Person) -> None:
            self.stripe.pay(person.session)
            for event in self.postman.collect():
                self.postman.send(self.site, event)

        self.site.crowd(self.rush, pay, deaths=2)
        self.settle()
        assert self.watched.rows("SELECT state, counted, claimed, held FROM storage_counter") == [
            ("met", self.goal, 0, 0)
        ]
        self.lucky = [one for one in self.rush if self.postman.left(one.gift)]
        assert len(self.lucky) == FIT
        for one in self.rush:
            assert ("Nothing was taken" in one.giver.look_up().text) == (one not in self.lucky)
        assert sum(self.postman.left(one.gift) for one in self.lucky) == ROOM

    def last_night(self) -> None:
        self.backup = self.folder / "night.backup"
        said = self.panah("site", "backup", "--out", self.backup, "--with-keys", "--home", self.home)
        assert "read again and whole" in said

    def after_the_goal(self) -> None:
        """Late transfers are held; disputes, refunds and bounced transfers make room, which the oldest of them fill."""
        for one in self.late:
            self.bank.arrive(one, self.chance.randrange(4))
        for one in self.transfers[:3]:
            self.bank.bounce(one)
        assert f"booked: {len(self.late)} " in self.read_bank()
        self.statements.append(self.cash_body(self.last_cash[0]))
        self.publish(self.statements[-1])
        self.settle()
        assert self.one("SELECT held FROM storage_counter") > 0
        world, cards = self.stripe.world, self.chance.sample(self.cards, 28)
        for number, one in enumerate(cards[:12]):
            dispute = world.dispute(self.postman.payment(one))
            if number < 8:
                world.close_dispute(dispute, "won" if number < 4 else "lost")
        for number, one in enumerate(cards[12:22]):
            part = max(60, self.postman.left(one.gift) // 3) if number < 3 else None
            refund = world.refund(self.postman.payment(one), part)["id"]
            if number == 9:
                world.fail_refund(refund)
        self.postman.deliver(self.site, deaths=1)
        self.changed_their_minds = [*cards[22:], *self.transfers[3:5]]

    def gifts_are_asked_back(self) -> None:
        self.becomes_true(self.is_logged, "gifts wait for the log")
        for one in self.changed_their_minds:
            assert "You asked for it back" in one.giver.ask_back().text
        self.carry_prepared("requests")
        self.site.kill()  # who starts asks the provider at once
        self.settle()

    def carry_prepared(self, command: str) -> list[dict[str, Any]]:
        """Let the site write what members are to sign, sign it, carry it out; transfers and cash leave by hand."""
        folder = self.folder / f"{command}{len(list(self.folder.iterdir()))}"
        self.panah("site", command, "--prepare", folder, "--home", self.home)
        bodies = [statement.read(path.read_text()).body for path in sorted(folder.glob("*.json"))]
        if bodies:
            self.publish(*bodies)
        leaves = read_log(self.watched.fund)[1]
        for body in bodies:
            person = self.by_code[leaf.parse(leaves[body["gift"]])["rc"]]
            person.back += body["amount"] if person.rail != "card" else 0
        return bodies

    def disk_is_lost(self) -> None:
        """Last night's backup, the pages that a mirror copied, and the keys from the safe: that is all there is."""
        kept = [one for one in self.chance.sample(self.cards, 20) if self.postman.left(one.gift)]
        for one in kept:
            path = self.folder / f"{one.gift}.booked"
            path.write_bytes(one.giver.look_up("booked").content)
            self.kept.append(path)
        self.taken_back_at_the_last_moment()
        checkpoint = self.folder / "newest.checkpoint"
        self.site.die()
        checkpoint.write_bytes((self.watched.fund.log / "checkpoint").read_bytes())
        mirror = self.folder / "mirror"
        shutil.copytree(self.watched.fund.public, mirror)
        shutil.rmtree(self.home)
        self.home, self.database = self.folder / "back", self.new_database()
        said = self.panah("site", "restore", self.backup, "--home", self.home, "--mirror", mirror)
        assert "leaves more were taken in" in said
        fund = FundHome(self.home, self.watched.fund.slug)
        self.put_keys(fund)
        self.watched.follow(fund, self.database)
        self.site.start(self.home, self.database)

    def taken_back_at_the_last_moment(self) -> None:
        """What is acknowledged now may stand on the disk alone: in no backup, and in no log that a mirror has."""
        two = [one for one in self.cards if self.postman.left(one.gift) == one.money.minor][:2]
        self.stripe.world.refund(self.postman.payment(two[0]))
        self.stripe.world.dispute(self.postman.payment(two[1]))
        self.postman.deliver(self.site)

    def everything_is_told_again(self) -> None:
        """The site reads Stripe's lists by itself; members send Stripe's events and the bank's lines once more."""
        self.becomes_true(lambda: not self.one("SELECT COUNT(*) FROM storage_replay"), "Stripe is not asked")
        for one in self.chance.sample(self.lucky, 5):
            assert "Booked. Thank you." in one.giver.look_up().text
        self.postman.tell_all_again()
        self.postman.deliver(self.site, deaths=1)
        said = self.read_bank()
        assert f"booked: 0   already known: {len(self.bank.lines)} " in said, said
        for body in (self.statements[0], *self.statements[-2:]):  # cash of before, an exchange, cash of after
            self.publish(body, code=2)
        self.settle()

    def wound_up(self) -> None:
        day = {"day": self.today.isoformat()}
        self.becomes_true(self.is_logged, "gifts wait for the log")
        self.carry_prepared("held")
        self.publish(statement.begin("life", self.origin, to="winding", **day))
        self.carry_prepared("held")
        self.settle()
        numbers = re.findall(r"refund (\d+):", self.panah("site", "requests", "--home", self.home))
        if numbers:
            self.panah("site", "requests", "--sent", *numbers, "--home", self.home)
        self.publish(statement.begin("close", self.origin, **day))
        self.becomes_true(self.is_logged, "the end is not in the log")
        self.watched.laws.end()

    # -- what everybody can see then

    def everything_agrees(self) -> None:
        public, journal = self.watched.fund.public, self.folder / "books.journal"
        people = [*self.cards, *self.transfers, *self.late, *self.cash, *self.changed, *self.lucky, *self.last_cash]
        assert len(people) == 500
        self.becomes_true(lambda: "closed" in self.panah("verify", self.site.address), "the pages show the end")
        told = self.site.crowd(people, lambda one: look_up(self.site.address, one, self.folder, self.site.transport))
        proofs = [word for _, path in told for word in ("--proof", path)]
        kept = [word for path in self.kept for word in ("--proof", path)]
        newest = ("--since", self.folder / "newest.checkpoint")
        said = json.loads(self.panah("verify", public, *proofs, *kept, *newest, "--rates", self.rates, "--json"))
        assert said["verdict"] == "holds"
        assert sum("Your gift of" in one["text"] for one in said["findings"]) == len(people) + len(self.kept)
        for one in (self.cards[0], self.late[-1], self.changed[0]):
            self.panah("verify", self.site.address, "--code", "-", text=one.code)
        self.panah("export", public, "--out", journal)
        self.balances_are(hledger(journal), said)
        for one, (standing, _) in zip(people, told, strict=True):
            assert standing.left == self.left(one), one
        assert sum(standing.counted for standing, _ in told) == said["counted"]
        assert not any(standing.held for standing, _ in told)

    def left(self, person: Person) -> int:
        """What is still here of a gift, by what the world outside knows."""
        if person.rail == "card":
            return self.postman.left(person.gift)
        return person.money.minor - person.back

    def left_there(self, person: Person) -> int:
        """What its account has of a gift: what went into the reserve has gone nowhere."""
        return self.left(person) + (person.back if person in self.last_cash else 0)

    def balances_are(self, journal: dict[tuple[str, str], int], facts: dict[str, Any]) -> None:
        """Each account and each currency: what hledger reads, what the verifier says, what the world has."""
        people = [one for group in self.everybody for one in group]
        world = Counter(sums(people, self.left_there))
        world["assets:bank", "EUR"] += self.received.minor - 420
        world["assets:cash", "AFN"] -= sum(one.money.minor for one in self.changed)
        there = {key: minor for key, minor in journal.items() if key[0].startswith("assets:")}
        assert there == {key: minor for key, minor in world.items() if minor}
        assert journal["income:gifts", "EUR"] == -facts["counted"]
        assert journal["expenses:fees", "EUR"] == facts["fees"] == 420
        assert -journal.get(("equity:reserve", "EUR"), 0) == facts["reserved"] == self.last_cash[0].back
        assert ("liabilities:held", "EUR") not in journal
        assert facts["held"] == 0
        for currency in ("EUR", "USD", "JPY", "AFN"):
            assert sum(minor for (_, code), minor in journal.items() if code == currency) == 0


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def story(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Story]:
    database: Callable[[], str] = lambda: ""  # noqa: E731
    if request.param == "postgresql":
        database = request.getfixturevalue("postgres_cluster").new_database
    with local_stripe() as stripe:
        monkeypatch.setenv("PANAH_STRIPE_API", stripe.address)
        made = Story(tmp_path, stripe, database)
        try:
            yield made
        finally:
            made.end()
            connections["fund_lantern"].close()


def test_500_gifts_count_once_whatever_dies(story: Story) -> None:
    story.take_rates()
    story.found()
    story.ordinary_weeks()
    story.last_night()
    story.goal_in_a_rush()
    story.after_the_goal()
    story.gifts_are_asked_back()
    story.disk_is_lost()
    story.everything_is_told_again()
    story.wound_up()
    story.everything_agrees()
    assert story.site.deaths == 10
