"""A card fund that loses its disk: a backup of its tables, a mirror of its pages, and the way back.

The backup is every row of every table, so it is the same on both databases; what `panah site restore` does with it
(`cli/site_backup.py`) is done here by the same functions.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connections

from panah.site.funds.adoption import adopt, rebuild_log
from panah.site.gifts.replaying import Replayed, await_replay, replay_due
from panah.storage.sequencer import sequence
from panah.storage.writer import stop_writers
from panah.verify.sources import open_source
from tests.booklab import hold_books, read_log, replay
from tests.cardlab import ACCOUNT, START, CardLab
from tests.fundlab import make_open_fund
from tests.stripe_local.server import local_stripe

Rows = dict[str, tuple[list[str], list[tuple[Any, ...]]]]
BANK = {"payee": "Lantern Writers Union e.V.", "iban": "DE44999900000020211807"}


class RestoreLab(CardLab):
    """A real fund with a log, its account, last night's backup and a mirror."""

    _kept: Rows
    _when: Any

    @property
    def tables(self) -> list[str]:
        return [model._meta.db_table for model in apps.get_app_config("storage").get_models()]

    def backup(self) -> None:
        """Keep every row of every table."""
        self.log()
        self._kept, self._when = {}, self.now
        with connections[self.fund.alias].cursor() as cursor:
            for table in self.tables:
                cursor.execute(f"SELECT * FROM {table}")
                self._kept[table] = ([one[0] for one in cursor.description], cursor.fetchall())

    def log(self) -> int:
        """Bring what waits into the log; the mirror has it too then."""
        return sequence(self.fund)

    @property
    def mirror(self) -> Path:
        return self.fund.home / "mirror"

    def copy_to_mirror(self) -> None:
        shutil.rmtree(self.mirror, ignore_errors=True)
        shutil.copytree(self.fund.public, self.mirror)

    def burn(self) -> None:
        """Lose the disk: what is left is the backup, the keys, and what the mirror has."""
        stop_writers()
        shutil.rmtree(self.fund.public)
        with connections[self.fund.alias].cursor() as cursor:
            for table, (columns, rows) in self._kept.items():
                cursor.execute(f"DELETE FROM {table}")
                names = ", ".join(f'"{name}"' for name in columns)
                places = ", ".join(["%s"] * len(columns))
                for row in rows:
                    cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", row)

    def adopt(self) -> int:
        """Take in what the mirror has; the provider has yet to be asked."""
        rebuild_log(self.fund)
        assert await_replay(self.fund, self._when) == ["card"]
        return adopt(self.fund, open_source(str(self.mirror)), self.now)

    def replay(self) -> Replayed | None:
        """Ask the provider what happened since; None when it need not be asked, or did not answer."""
        return replay_due(self.fund, lambda _: self.rail, self.now).get("card")

    def come_back(self) -> Replayed:
        """Burn, take in the mirror's log, ask the provider."""
        self.burn()
        self.adopt()
        done = self.replay()
        assert done is not None
        return done

    def audit(self) -> None:
        """The log, read as a stranger reads it, is the database and the account."""
        self.log()
        hold_books(self.fund, replay(read_log(self.fund)[1]))
        self.holds()


@contextmanager
def restore_lab(home: Path, *, database: str = "", **terms: Any) -> Iterator[RestoreLab]:
    """A fund with cards and a bank account, and a fresh account at the provider; everything ends with the block."""
    clock = [START]
    with local_stripe(lambda: clock[0]) as stripe:
        rails = {"fake": {}, "card": {"account": ACCOUNT}, "bank": BANK}
        now = dt.datetime.fromtimestamp(START, dt.UTC)
        fund = make_open_fund(
            home, slug="cards", database=database, now=now, **({"rails": rails, "accepts": []} | terms)
        )
        lab = RestoreLab(fund, stripe, clock)
        try:
            yield lab
        finally:
            stop_writers()
            connections[fund.alias].close()
            del connections[fund.alias]
