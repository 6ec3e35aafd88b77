"""Funds at work for a bench: the demo itself, and one with the demo's charter and a goal that no load reaches."""

from __future__ import annotations

import datetime as dt
import random
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import tests.django_ready  # noqa: F401 - before anything that has tables
from benches.ground import SERVER_CORE, Server, free_port, serving
from panah.cli import site_demo
from panah.core.money import Money
from panah.rails.base import RailEvent
from panah.rails.fake.webhook import HEADER, sign_event
from panah.rails.registry import PULL
from panah.site.funds.actions import fake_secret
from panah.site.gifts.actions import GiftRequest, promise, receive_event
from panah.site.home import Site, write_site
from panah.storage.funds import FundHome
from panah.storage.models import Gift
from panah.storage.rows import new_gift_id
from panah.storage.sequencer import sequence
from panah.storage.writer import stop_writers
from tests.fundlab import make_open_fund

GOAL = 10**14
"""In cents: out of reach, so that no round measures a met fund."""


@dataclass(frozen=True)
class BenchFund:
    """A fund whose process is not running here."""

    home: Path
    fund: FundHome
    now: dt.datetime
    database: str = ""

    @contextmanager
    def served(
        self, *, workers: int = 1, core: str = SERVER_CORE, also: tuple[int, ...] = (), path: str = "/health"
    ) -> Iterator[Server]:
        """Run `panah site serve` until the block ends. `also`: the processes of its database."""
        port = free_port()
        env = {"PANAH_DATABASE": self.database, "DJANGO_SETTINGS_MODULE": "panah.settings.site"}
        words = ["site", "serve", "--home", str(self.home), "--port", str(port), "--workers", str(workers)]
        command = [sys.executable, "-m", "panah.cli.main", *words]
        with serving(command, port, path=path, env=env, core=core, also=also) as server:
            yield server

    def promises(self, count: int) -> list[str]:
        """Put promised gifts for the demo's rail into the table, as the form does; give their ids."""
        ids = [new_gift_id(self.now.date()) for _ in range(count)]
        rows = [
            Gift(id=one, rail="fake", currency="EUR", amount=2500, rc=secrets.token_bytes(32), made=self.now.date())
            for one in ids
        ]
        Gift.objects.using(self.fund.alias).bulk_create(rows, batch_size=2000)
        return ids

    def write_events(self, path: Path, count: int) -> Path:
        """Write the signed events that pay `count` new promises, one a line, for `load/events.lua`."""
        secret = fake_secret(self.fund)
        with path.open("w") as lines:
            for identity in self.promises(count):
                event = RailEvent(f"{identity}-paid", identity, "authorised", Money(2500, "EUR"), self.now.date())
                headers, body = sign_event(event, secret)
                lines.write(f"{headers[HEADER]}\t{body.decode()}\n")
        return path

    def booked(self) -> int:
        """Count gifts that are booked and durable."""
        return Gift.objects.using(self.fund.alias).filter(status="booked").count()


def demo(home: Path) -> BenchFund:
    """The fund that `make run` shows, with its story, updates, gifts and books."""
    now = dt.datetime.now(dt.UTC)
    site_demo.make_demo(home, now=now)
    return BenchFund(home, FundHome(home, site_demo.SLUG), now)


def make_fund(home: Path, gifts: int = 200, database: str = "", **terms: object) -> BenchFund:
    """Found and open it, with some gifts over the last weeks. `terms` replace parts of the charter."""
    today = dt.datetime.now(dt.UTC)
    made = BenchFund(home, make_open_fund(home, database=database, now=today, goal=GOAL, **terms), today, database)
    chance = random.Random(2021)
    for number in range(gifts):
        amount = Money(chance.randrange(500, 20000), "EUR")
        asked = GiftRequest(new_gift_id(today.date()), "fake", amount, True, secrets.token_bytes(32), "en")
        promise(made.fund, asked, today)
        day = today.date() - dt.timedelta(days=number % 40)
        event = RailEvent(f"bench-{number}", asked.id, "authorised", amount, day)
        receive_event(made.fund, PULL["fake"], event, today)
    sequence(made.fund)
    stop_writers()
    write_site(Site(home, made.fund.slug))
    return made
