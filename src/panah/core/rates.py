"""Exchange rates: what foreign money counts, at the euro reference rates of the European Central Bank.

Promises: exact fractions, no floats; one rounding, named: a rate is rounded half to even to nine decimals, and
the leaf holds it as that text, so that everybody who reads the leaf comes to the same counted value
(`postings.worth`). A rate is never older than four days on the day it is asked for, and what has been quoted
for a day never changes: two readers of one day's rates can't come to two values.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from panah.core.money import EXPONENTS, MAX_MINOR
from panah.core.postings import worth
from panah.errors import N_, InputError, RefusedError

EURO: Final = "EUR"
STALE: Final = dt.timedelta(days=4)
"""The ECB rests on weekends and a few holidays; an older rate is no rate of the day any more."""

DECIMALS: Final = 9
RECEIPT_DECIMALS: Final = 15
"""A rial is worth some 0.0000008 euro: an exchange receipt's rate needs more places to give its sum exactly."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How much of the fund's currency one unit of another is worth; `text` and `source` as the leaf has them."""

    text: str
    source: str
    day: dt.date


def spell(value: Fraction, decimals: int = DECIMALS) -> str:
    """Write a rate as the leaf holds it, rounded half to even; empty when nothing (or too much) would be left."""
    scaled = round(value * 10**decimals)  # Python rounds fractions half to even
    whole, rest = divmod(scaled, 10**decimals)
    if not scaled or len(str(whole)) > DECIMALS:
        return ""
    tail = str(rest).rjust(decimals, "0").rstrip("0")
    return f"{whole}.{tail}" if tail else str(whole)


def receipt_rate(amount: int, currency: str, value: int, into: str) -> str:
    """Give the shortest rate at which `amount` is worth exactly `value`: what an exchange receipt says.

    Raises `InputError` when there is none (an amount beyond all bounds).
    """
    exact = Fraction(value * 10 ** EXPONENTS[currency], amount * 10 ** EXPONENTS[into])
    for decimals in range(RECEIPT_DECIMALS + 1):
        text = spell(exact, decimals)
        if text and worth(amount, currency, text, into) == value:
            return text
    raise InputError(N_("No rate leads from the one amount of this receipt to the other."))


class RateTable:
    """Units of each currency for one euro, by day, as the ECB publishes them."""

    def __init__(self, days: Mapping[dt.date, Mapping[str, str]]) -> None:
        self._days = dict(days)
        self._order = sorted(self._days, reverse=True)

    @property
    def newest(self) -> dt.date | None:
        """The last day that has rates."""
        return self._order[0] if self._order else None

    @property
    def days(self) -> Mapping[dt.date, Mapping[str, str]]:
        """Day → currency → units for one euro, as text."""
        return self._days

    @property
    def quoted(self) -> frozenset[str]:
        """The currencies of the newest day, and the euro itself."""
        return frozenset({EURO, *self._days[self._order[0]]}) if self._order else frozenset()

    def rate(self, currency: str, into: str, day: dt.date) -> Rate | None:
        """Give the rate of the last day up to `day` that quotes both; None when that is more than four days ago."""
        for quoted in self._order:
            if quoted > day:
                continue
            if quoted < day - STALE:
                break
            row = {EURO: "1", **self._days[quoted]}
            if currency in row and into in row:
                text = spell(Fraction(Fraction(row[into]), Fraction(row[currency])))
                return Rate(text, f"ecb:{quoted.isoformat()}", quoted) if text else None
        return None

    def refuse_other(self, other: RateTable) -> None:
        """Raise `RefusedError` when another table says something else of a day and currency that stands here."""
        for day, row in other.days.items():
            mine = self._days.get(day, {})
            for currency in mine.keys() & row.keys():
                if Fraction(mine[currency]) != Fraction(row[currency]):
                    raise RefusedError(
                        N_("Another rate of %(currency)s on %(day)s is in use already."),
                        hint=N_("Gifts may be booked at it, so it stays. Download the ECB's file again and compare."),
                        currency=currency, day=day.isoformat(),
                    )  # fmt: skip

    def over(self, other: RateTable) -> RateTable:
        """Give both tables as one; where both quote, this one counts."""
        days = {day: {**row, **self._days.get(day, {})} for day, row in other.days.items()}
        return RateTable({**self._days, **days})


def value_at(amount: int, currency: str, rate: Rate, into: str) -> int:
    """Value foreign money in minor units of `into`. Raises `InputError` for what no leaf could hold."""
    value = worth(amount, currency, rate.text, into)
    if value > MAX_MINOR:
        raise InputError(N_("This is not an amount."), hint=N_("Type a number such as 25 or 25.50."))
    return value
