"""A fund with its members, givers, bank and Stripe, for a long story: what each of them does.

Everything goes through the real programs: forms over HTTP, commands in processes of their own.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import random
import re
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connections
from lxml import html

from panah.core.money import Money
from panah.core.postings import worth
from panah.core.ratefile import write_rates
from panah.core.rates import RateTable
from panah.proof.note import encode_base64
from panah.rails.cash import entry
from panah.rails.cash.entry import Received
from panah.seal.receipt import commitment, new_code
from panah.site.gifts import foreign
from panah.site.home import Site as Host
from panah.site.home import write_site
from panah.storage.funds import FundHome
from panah.storage.writer import stop_writers
from tests.cardlab import ACCOUNT
from tests.fundlab import NAMES, demo_charter, make_open_fund, signed
from tests.givers import Giver
from tests.story.mortal_site import MortalSite
from tests.story.outside import IBAN, Bank, Person, Postman
from tests.story.reckoning import Watched
from tests.story.test_open_fund import panah

CARD = {"EUR": 200, "USD": 60, "JPY": 30}
BANK = {"EUR": 80, "USD": 30}
CASH = {"EUR": 15, "JPY": 8}
AFGHANI = 10
LATE = {"EUR": 30, "USD": 10}
RUSH, FIT, SUM = 60, 26, 5_000
"""So many want to give 50.00 at once; there is room for 25 of them and for 30.00 of one more."""
ROOM = 25 * SUM + 3_000
BETWEEN = {"EUR": (500, 9_000), "USD": (700, 9_000), "JPY": (1_000, 14_000), "AFN": (50_000, 400_000)}


class FundOfMany:
    """What the steps of a story stand on. Chance is drawn from one seed."""

    def __init__(self, folder: Path, stripe: Any, database: Callable[[], str]) -> None:
        self.folder, self.home, self.database = folder, folder / "home", database()
        self.new_database = database
        self.now = dt.datetime.now(dt.UTC)
        self.today = self.now.date()
        self.chance = random.Random("every gift counts once")
        self.postman, self.bank = Postman(stripe, self.chance), Bank(self.today)
        self.stripe = stripe
        self.cards = self.people("card", CARD)
        self.transfers = self.people("bank", BANK)
        self.late = self.people("bank", LATE)
        self.cash = self.people("cash", CASH)
        self.changed = self.people("cash", {"AFN": AFGHANI})
        self.rush = [Person("card", Money(SUM, "EUR")) for _ in range(RUSH)]
        self.last_cash = self.people("cash", {"EUR": 1})
        self.kept: list[Path] = []
        self.site = MortalSite(self.look, self.chance)

    def people(self, rail: str, how_many: dict[str, int]) -> list[Person]:
        made = []
        for currency, number in how_many.items():
            for _ in range(number):
                person = Person(rail, Money(self.chance.randint(*BETWEEN[currency]), currency))
                person.code = new_code() if rail == "cash" else ""
                made.append(person)
        return made

    @property
    def everybody(self) -> tuple[list[Person], ...]:
        return (self.cards, self.transfers, self.late, self.cash, self.changed, self.rush, self.last_cash)

    @property
    def by_code(self) -> dict[str, Person]:
        """Find a giver by what the log has of a code."""
        return {encode_base64(commitment(one.code)): one for group in self.everybody for one in group}

    def end(self) -> None:
        self.site.stop()
        self.postman.close()
        for one in (*self.cards, *self.transfers, *self.late, *self.rush):
            if one.giver is not None:
                one.giver.close()
        self.site.transport.hang_up()

    def panah(self, *words: object, **more: Any) -> str:
        return panah(*words, database=self.database, **more)

    # -- before anybody gives

    def take_rates(self) -> None:
        """The ECB's file of the last days: each day has its own rates."""
        self.home.mkdir()
        shipped = foreign.rates_of(self.home).newest
        days = [self.today - dt.timedelta(days=ago) for ago in range(7)]
        rows = {day: {"USD": f"1.1{day.day:02}", "JPY": f"17{day.day % 10}.31"} for day in days if day > shipped}
        self.rates = self.folder / "eurofxref.csv"
        self.rates.write_bytes(write_rates(RateTable(rows)))
        assert "Taken in: 7 days" in self.panah("site", "rates", self.rates, "--home", self.home)

    def worth(self, person: Person, ago: int = 0) -> int:
        money = person.money
        if money.currency in {"EUR", "AFN"}:
            return money.minor if money.currency == "EUR" else 0
        rate = foreign.rates_of(self.home).rate(money.currency, "EUR", self.today - dt.timedelta(days=ago))
        return worth(money.minor, money.currency, rate.text, "EUR")

    def found(self) -> None:
        self.received = Money(sum(one.money.minor for one in self.changed) // 77, "EUR")
        known = [*self.cards, *self.transfers, *self.cash]
        self.ago = {id(one): self.chance.randrange(4) for one in self.transfers}
        self.goal = ROOM + self.received.minor + sum(self.worth(one, self.ago.get(id(one), 0)) for one in known)
        rails = {"card": {"account": ACCOUNT}, "cash": {}}
        rails["bank"] = {"payee": "Lantern Writers Union e.V.", "iban": IBAN}
        terms = {"goal": self.goal, "rails": rails, "accepts": ["USD", "JPY", "AFN"], "overflow": "return"}
        fund = make_open_fund(self.home, database=self.database, now=self.now, **terms)
        self.charter = self.folder / "charter.json"
        self.charter.write_text(demo_charter(self.today, **terms).to_text())
        self.origin = json.loads(self.charter.read_text())["body"]["o"]
        self.keys = {"card.key": self.stripe.key.encode(), "card.webhook": self.stripe.secret}
        self.put_keys(fund)
        write_site(Host(self.home, fund.slug, self.site.address))
        stop_writers()
        connections[fund.alias].close()
        self.watched = Watched(fund, self.postman)
        self.site.start(self.home, self.database)

    def put_keys(self, fund: FundHome) -> None:
        for name, data in self.keys.items():
            (fund.folder / name).write_bytes(data)

    # -- what everybody does

    def begin(self, person: Person) -> None:
        """Fill in the form; a card leads to Stripe's page, a transfer gets its reference."""
        giver = person.giver = Giver(self.site.address, transport=self.site.transport)
        answer = giver.fill_form(person.money.plain(), person.rail, currency=person.money.currency, rest=True)
        person.code, person.gift = giver.code, giver.gift
        if person.rail == "card":
            assert answer.status_code == 303, html.fromstring(giver.page).xpath('//*[@role="alert"]//text()')
            person.session = answer.headers["location"].rpartition("/")[2]
        else:
            person.ref = re.search(r"RF\d\d(?: [A-Z0-9]{4}){3}", giver.page)[0].replace(" ", "")

    def begin_and_pay(self, person: Person) -> None:
        self.begin(person)
        if person.rail == "card":
            assert self.stripe.pay(person.session)

    def publish(self, *bodies: dict[str, Any], command: str = "publish", code: int = 0) -> str:
        """Two members sign, each a copy of their own, and somebody carries it out."""
        paths = []
        for body in bodies:
            for member in NAMES[:2]:
                path = self.folder / f"{secrets.token_hex(8)}.{member}.signed.json"
                path.write_text(signed(body, member).to_text())
                paths.append(path)
        return self.panah("site", command, *paths, "--home", self.home, code=code)

    def read_bank(self) -> str:
        """Two members read the bank's file, each on a machine of their own, and come to one list."""
        camt = self.folder / "camt.xml"
        camt.write_bytes(self.bank.statement())
        lists = []
        for member in NAMES[1:3]:
            out = self.folder / f"list.{member}.json"
            out.unlink(missing_ok=True)
            salt = self.folder / "salt"  # they share it, by a safe channel
            self.panah("bank", "import", camt, "--charter", self.charter, "--salt", salt, "--out", out, "--yes")
            lists.append(json.loads(out.read_text())["body"])
        assert lists[0] == lists[1]
        return self.publish(lists[0], command="bank-list")

    def body(self, body: dict[str, Any]) -> dict[str, Any]:
        return body | {"id": base64.b64encode(secrets.token_bytes(16)).decode()}

    def cash_body(self, person: Person) -> dict[str, Any]:
        rc = encode_base64(commitment(person.code))
        return self.body(entry.cash_gift(self.origin, self.today, person.money, rc))

    def exchange_body(self) -> dict[str, Any]:
        """One paper of a money changer values all of these."""
        gifts = [Received(one.money, self.today, encode_base64(commitment(one.code))) for one in self.changed]
        return self.body(entry.exchange(self.origin, self.today, "cash", gifts, self.received, b"a paper"))

    def look(self) -> None:
        self.watched.hold()

    def one(self, sql: str) -> Any:
        return self.watched.rows(sql)[0][0]

    def becomes_true(self, holds: Callable[[], bool], what: str) -> None:
        until = time.monotonic() + 120
        while not holds():
            assert time.monotonic() < until, what
            threading.Event().wait(0.1)

    def settle(self) -> None:
        """Wait until Stripe was asked for everything, and has told everything."""

        def quiet() -> bool:
            self.postman.deliver(self.site)
            calls = self.one("SELECT COUNT(*) FROM storage_railcall WHERE state = 'waiting'")
            refunds = self.one("SELECT COUNT(*) FROM storage_refund WHERE state = 'agreed' AND rail = 'card'")
            return not calls and not refunds

        self.becomes_true(quiet, "a call waits for ever")
        self.watched.hold()

    def is_logged(self) -> bool:
        return not self.one("SELECT COUNT(*) FROM storage_entry WHERE leaf IS NULL")
