"""Gifts in other money than the fund's: the rates of this host, and the one that is fixed for a gift.

Promises: a gift's rate is fixed once, when room under the goal is claimed or its money is booked, and is kept on
the gift: claim, leaf and receipt can't differ. Foreign money is claimed whole or not at all, since a rest is taken in
the fund's own currency only. No rate is ever fetched: it comes from a file that the host imports, below it
from the set that an installed package carries.
"""

from __future__ import annotations

import datetime as dt
from importlib import resources
from io import BytesIO
from typing import TYPE_CHECKING, Final
from zipfile import ZipFile

from panah.core import goal as rule
from panah.core.ratefile import read_rates, write_rates
from panah.core.rates import STALE, RateTable
from panah.errors import N_, RefusedError
from panah.site.gifts.booking import capacity_of, worth_of
from panah.storage.durable import write_file

if TYPE_CHECKING:
    from pathlib import Path

    from panah.core.money import Money
    from panah.core.rates import Rate
    from panah.storage.batch import Batch
    from panah.storage.rows import GiftRow

FILE: Final = "rates.csv"
KEPT: Final = dt.timedelta(days=1100)
"""Bank statements are seldom older; the ECB's history of thirty years need not be in memory."""

_tables: dict[Path, tuple[tuple[int, int], RateTable]] = {}
_shipped: list[RateTable] = []


def rates_of(home: Path) -> RateTable:
    """Give the rates that this host knows; read anew when its file has changed."""
    path = home / FILE
    try:
        stat = path.stat()
        mark = (stat.st_mtime_ns, stat.st_size)
    except FileNotFoundError:
        mark = (0, 0)
    known = _tables.get(home)
    if known is None or known[0] != mark:
        table = _imported(path).over(_from_package())
        known = _tables[home] = (mark, table)
    return known[1]


def take_rates(home: Path, data: bytes) -> RateTable:
    """Take in a file of the ECB. Raises `InputError` for another file, `RefusedError` for a day that says otherwise."""
    table = read_rates(data, since=_earliest())
    rates_of(home).refuse_other(table)
    mine = _imported(home / FILE).over(table)
    write_file(home / FILE, write_rates(mine))
    return table


def _imported(path: Path) -> RateTable:
    return read_rates(path.read_bytes()) if path.is_file() else RateTable({})


def _from_package() -> RateTable:
    if not _shipped:
        packed = resources.files("currency_converter").joinpath("eurofxref-hist.zip").read_bytes()
        with ZipFile(BytesIO(packed)) as archive:
            _shipped.append(read_rates(archive.read("eurofxref-hist.csv"), since=_earliest()))
    return _shipped[0]


def _earliest() -> dt.date:
    return dt.datetime.now(dt.UTC).date() - KEPT


# -- one gift (inside a job of the writer)


def is_foreign(batch: Batch, currency: str) -> bool:
    """Tell whether this is not the fund's own currency."""
    return currency != str(batch.rules.charter["currency"])


def rate_on(batch: Batch, rates: RateTable, currency: str, day: dt.date) -> Rate | None:
    """Give the rate of a day, for the fund's own currency; None when the ECB quoted none in the four days to it."""
    return rates.rate(currency, str(batch.rules.charter["currency"]), day)


def fix_rate(batch: Batch, row: GiftRow, rates: RateTable, day: dt.date) -> bool:
    """Fix the rate of a foreign gift at that of `day`; without one it keeps what it has, and False is given."""
    if not is_foreign(batch, row.currency):
        return True
    rate = rate_on(batch, rates, row.currency, day)
    if rate is not None:
        row.rate, row.source = rate.text, rate.source
        batch.change_gift(row)
    return rate is not None


def is_of_today(row: GiftRow, today: dt.date) -> bool:
    """Tell whether a gift's rate may still be claimed at; a gift in the fund's own currency has none to grow old."""
    return not row.rate or today - dt.date.fromisoformat(row.source.removeprefix("ecb:")) <= STALE


def require_rate(batch: Batch, rates: RateTable, amount: Money, day: dt.date) -> Rate:
    """Give the rate for a gift that begins now. Raises `RefusedError` in a giver's words."""
    rate = rate_on(batch, rates, amount.currency, day)
    if rate is None:
        raise RefusedError(
            N_("What %(currency)s is worth today is not known here yet."),
            hint=N_("Please give in %(own)s, send it by bank, or come back tomorrow."),
            currency=amount.currency, own=batch.rules.charter["currency"],
        )  # fmt: skip
    return rate


def split_worth(batch: Batch, row: GiftRow, amount: int) -> tuple[int, int]:
    """Split what arrived, `amount` of the gift's own currency, into (counted, held) of the fund's."""
    value = worth_of(batch, row, amount)
    return rule.split(capacity_of(batch), value) if value else (0, 0)  # a few rupiah may be worth less than half a cent
