"""A restored fund took in voids and returns of money from the log; then the provider tells their facts once more."""

from __future__ import annotations

import datetime as dt
import secrets
import shutil
from pathlib import Path

import pytest
from django.db import connections

from panah.core.money import Money
from panah.rails.base import RailEvent
from panah.rails.fake.rail import FakeRail
from panah.site.funds.adoption import adopt, rebuild_log
from panah.site.gifts.actions import GiftRequest, promise, receive_event
from panah.storage.funds import FundHome
from panah.storage.models import Counter
from panah.storage.sequencer import sequence
from panah.storage.writer import stop_writers
from panah.verify.sources import open_source
from tests.booklab import hold_books, read_log, replay
from tests.fundlab import make_open_fund

NOW = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


def fact(gift: str, kind, amount: int, undoes: str = "") -> RailEvent:
    return RailEvent(secrets.token_hex(8), gift, kind, Money(amount, "EUR"), NOW.date(), undoes=undoes)


def give(fund: FundHome, amount: int) -> str:
    gift = secrets.token_hex(16)
    asked = GiftRequest(gift, "fake", Money(amount, "EUR"), False, secrets.token_bytes(32), "en")
    promise(fund, asked, NOW)
    tell(fund, fact(gift, "authorised", amount))
    return gift


def tell(fund: FundHome, *facts: RailEvent) -> int:
    """Tell facts, each twice; give what the fund has counted."""
    for one in (*facts, *facts):
        receive_event(fund, FakeRail(), one, NOW)
    return Counter.objects.using(fund.alias).get().counted


def leave(fund: FundHome) -> None:
    stop_writers()
    connections[fund.alias].close()


def burn(fund: FundHome, backup: bytes) -> None:
    """Put the backup back, and take in what a mirror holds."""
    sequence(fund)
    mirror = fund.home / "mirror"
    shutil.copytree(fund.public, mirror)
    leave(fund)
    shutil.rmtree(fund.public)
    for path in fund.folder.glob("fund.sqlite3*"):
        path.unlink()
    (fund.folder / "fund.sqlite3").write_bytes(backup)
    rebuild_log(fund)
    adopt(fund, open_source(str(mirror)), NOW)


@pytest.mark.parametrize("back_is_told_first", [False, True])
@pytest.mark.parametrize("logged", ["gone", "gone and back"])
def test_what_the_log_has_already_is_not_done_again(tmp_path: Path, logged: str, back_is_told_first: bool) -> None:
    fund = make_open_fund(tmp_path, now=NOW, goal=1_000_000)
    try:
        gift = give(fund, 1000)
        sequence(fund)
        connections[fund.alias].ensure_connection()
        backup = connections[fund.alias].connection.serialize()
        gone = fact(gift, "refunded", 400)
        back = fact(gift, "reinstated", 400, undoes=gone.id)
        assert tell(fund, gone) == 600
        if logged != "gone":
            assert tell(fund, back) == 1000
        burn(fund, backup)
        assert Counter.objects.using(fund.alias).get().counted == (600 if logged == "gone" else 1000)
        assert tell(fund, *([back, gone] if back_is_told_first else [gone, back])) == 1000
        assert tell(fund, fact(gift, "disputed", 250)) == 750, "a new fact is done"
        sequence(fund)
        hold_books(fund, replay(read_log(fund)[1]))
    finally:
        leave(fund)
