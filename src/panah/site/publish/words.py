"""Numbers, money, days and long codes as a person reads them in one language.

Promises: no floats, no rounding (an amount is shown with every decimal, or whole when it is whole),
the same text on every machine. Days in Persian, Dari and Pashto are Solar Hijri with the Gregorian
day beside them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import jdatetime

from panah.core.money import EXPONENTS
from panah.site.publish.tongues import Tongue, tongue

_ASCII: Final = "0123456789"
_LANGUAGE_NAMES: Final = {
    "ckb": "کوردیی ناوەندی", "ku": "kurdî", "ur": "اردو", "tr": "Türkçe", "ru": "русский", "uz": "oʻzbekcha",
    "tg": "тоҷикӣ", "es": "español", "it": "italiano", "nl": "Nederlands", "sv": "svenska", "he": "עברית",
    "az": "azərbaycanca", "bal": "بلۏچی", "haz": "هزارگی", "uk": "українська", "pl": "polski", "el": "ελληνικά",
}  # fmt: skip


def language_name(tag: str) -> str:
    """Name a language in itself; the tag stands in for what we have no name for."""
    return _LANGUAGE_NAMES.get(tag, tongue(tag).name)


def as_day(day: str | dt.date) -> dt.date:
    """Read a leaf's day (`2026-03-01`)."""
    return dt.date.fromisoformat(day) if isinstance(day, str) else day


@dataclass(frozen=True, slots=True)
class Words:
    """Writes in one language, for one fund's currency."""

    tongue: Tongue
    currency: str

    @classmethod
    def of(cls, tag: str, currency: str) -> Words:
        return cls(tongue(tag), currency)

    def digits(self, text: str) -> str:
        """Change ASCII digits to the language's own."""
        own = self.tongue.digits
        return text if own == _ASCII else text.translate(str.maketrans(_ASCII, own))

    def number(self, value: int) -> str:
        """Write a whole number, grouped by thousands."""
        return self.digits(f"{value:,}".replace(",", self.tongue.group))

    def percent(self, value: int) -> str:
        return self.tongue.percent.format(self.number(value))

    def amount(self, minor: int, *, exact: bool = False) -> str:
        """Write minor units without the currency; `exact` keeps zero decimals (for tables)."""
        exponent = EXPONENTS[self.currency]
        whole, rest = divmod(abs(minor), 10**exponent)
        text = f"{whole:,}".replace(",", self.tongue.group)
        if exponent and (exact or rest):
            text += self.tongue.decimal + str(rest).rjust(exponent, "0")
        return self.digits(("\N{MINUS SIGN}" if minor < 0 else "") + text)

    def money(self, minor: int, *, exact: bool = False) -> str:
        """Write minor units with the currency as the language does (`€25.50`, `۲۵٫۵۰ یورو`)."""
        name = dict(self.tongue.currencies).get(self.currency, "")
        if not name:
            return f"{self.amount(minor, exact=exact)}\N{NO-BREAK SPACE}{self.currency}"
        sign = "\N{MINUS SIGN}" if minor < 0 else ""
        if sign and self.tongue.money.startswith("{c}"):
            return sign + self.tongue.money.format(n=self.amount(-minor, exact=exact), c=name)
        return self.tongue.money.format(n=self.amount(minor, exact=exact), c=name)

    @property
    def unit(self) -> str:
        """Name the currency alone, as a heading does: `یورو`, else `EUR`."""
        name = dict(self.tongue.currencies).get(self.currency, "")
        return name if name[:1].isalpha() and self.tongue.dir == "rtl" else self.currency

    def gregorian(self, day: str | dt.date) -> str:
        value = as_day(day)
        return self.digits(self.tongue.date.format(d=value.day, m=self.tongue.months[value.month - 1], y=value.year))

    def hijri(self, day: str | dt.date) -> str:
        """Write the Solar Hijri day; empty where the language does not use that calendar."""
        if not self.tongue.hijri:
            return ""
        value = jdatetime.date.fromgregorian(date=as_day(day))
        return self.digits(f"{value.day} {self.tongue.hijri[value.month - 1]} {value.year}")

    def day(self, day: str | dt.date) -> str:
        """Write a day in the calendar or calendars of the language."""
        solar = self.hijri(day)
        return f"{solar} ({self.gregorian(day)})" if solar else self.gregorian(day)

    def month(self, month: str) -> str:
        """Write a Gregorian month (`2026-03`), with the two Solar Hijri months that share it."""
        first = dt.date.fromisoformat(month + "-01")
        name = self.digits(f"{self.tongue.months[first.month - 1]} {first.year}")
        if not self.tongue.hijri:
            return name
        last = (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
        ends = [jdatetime.date.fromgregorian(date=day) for day in (first, last)]
        start, end = (self.digits(f"{self.tongue.hijri[day.month - 1]} {day.year}") for day in ends)
        return f"{name} ({start} – {end})"


def grouped(code: str, size: int = 4) -> str:
    """Break a long code into groups that eyes can compare: `9f2c 01ab …`."""
    return " ".join(code[start : start + size] for start in range(0, len(code), size))
