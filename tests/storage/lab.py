"""A fund with tables and a log key but no signed charter: enough for what storage promises."""

from __future__ import annotations

import datetime as dt
import secrets
from pathlib import Path

import tests.django_ready  # noqa: F401 - before anything that has tables
from panah.core.money import Money
from panah.rails.base import RailEvent
from panah.site.gifts.actions import GiftRequest
from panah.storage.funds import FundHome, attach, migrate
from panah.storage.logkey import make_log_key
from panah.storage.models import Counter, Fund, LogHead

ORIGIN = "fund.invalid/lab"
NOW = dt.datetime(2026, 1, 18, 12, tzinfo=dt.UTC)
TODAY = NOW.date()


def make_fund(
    home: Path, *, goal: int = 100_000, minimum: int = 500, database: str = "", slug: str = "lab"
) -> FundHome:
    """Make an open fund in EUR with bank and fake rails; amounts in cents."""
    fund = FundHome(home, slug)
    fund.folder.mkdir(parents=True)
    key = make_log_key(fund, ORIGIN)
    attach(fund, database)
    migrate(fund)
    charter = {"currency": "EUR", "rails": {"fake": {}, "bank": {}}, "batch": 1}
    Fund.objects.using(fund.alias).create(
        slug=slug, origin=ORIGIN, charter=charter, roster={}, leaf0=bytes(32), vkey=key.vkey
    )
    Counter.objects.using(fund.alias).create(state="open", goal=goal, minimum=minimum)
    LogHead.objects.using(fund.alias).create()
    return fund


def request(amount: int, *, rail: str = "fake", takes_rest: bool = False) -> GiftRequest:
    """Make what a form sends; amount in cents."""
    return GiftRequest(secrets.token_hex(16), rail, Money(amount, "EUR"), takes_rest, secrets.token_bytes(32), "en")


def event(gift: str, amount: int, kind: str = "authorised", name: str = "") -> RailEvent:
    """Make a provider's event; amount in cents."""
    return RailEvent(name or secrets.token_hex(8), gift, kind, Money(amount, "EUR"), TODAY)  # type: ignore[arg-type]
