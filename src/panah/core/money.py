"""Money as whole minor units of one currency (ISO 4217).

Promises: no floats, no mixing of currencies, no arithmetic or equality with bare numbers, and every
rounding is named. The exponents are our own table from ISO 4217: CLDR gives AFN and IRR 0 decimals
because people seldom use them, and books kept by it would be wrong by a factor of 100.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from panah.errors import N_, InputError

EXPONENTS: Final[dict[str, int]] = {
    "AED": 2, "AFN": 2, "AUD": 2, "BGN": 2, "BRL": 2, "CAD": 2, "CHF": 2, "CNY": 2, "CZK": 2, "DKK": 2,
    "EUR": 2, "GBP": 2, "HKD": 2, "HUF": 2, "IDR": 2, "ILS": 2, "INR": 2, "IQD": 3, "IRR": 2, "ISK": 0,
    "JPY": 0, "KRW": 0, "KWD": 3, "MXN": 2, "MYR": 2, "NOK": 2, "NZD": 2, "PHP": 2, "PKR": 2, "PLN": 2,
    "RON": 2, "SEK": 2, "SGD": 2, "THB": 2, "TJS": 2, "TRY": 2, "USD": 2, "UZS": 2, "ZAR": 2,
}  # fmt: skip
"""ISO 4217 code → number of decimals of the minor unit."""

MAX_MINOR: Final = 2**53 - 1
"""Largest amount a leaf can hold: every JSON reader keeps integers below 2^53 exact."""

_AMOUNT = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,3}))?")
# Persian and Arabic keyboards: digits are folded by int(); ٫ is the decimal and ٬ the thousands separator.
_SEPARATORS = str.maketrans({"٫": ".", "٬": ",", "\N{NO-BREAK SPACE}": " ", "'": ","})


class CurrencyMismatchError(TypeError):
    """Two currencies met in one sum: a fault of the program, never of a person."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (`Money(2550, "EUR")` is 25.50 euro)."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError("Money takes whole minor units (int).")
        if self.currency not in EXPONENTS:
            raise InputError(N_("%(currency)s is not a currency that Panah knows."), currency=self.currency)

    def _same(self, other: Money) -> int:
        if not isinstance(other, Money):
            raise TypeError("Money mixes only with Money.")
        if other.currency != self.currency:
            raise CurrencyMismatchError(f"{self.currency} with {other.currency}")
        return other.minor

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def plain(self) -> str:
        """Write as `25.50`: ASCII, no grouping, exact."""
        exponent = EXPONENTS[self.currency]
        sign, digits = ("-" if self.minor < 0 else ""), str(abs(self.minor)).rjust(exponent + 1, "0")
        return f"{sign}{digits[:-exponent]}.{digits[-exponent:]}" if exponent else f"{sign}{digits}"

    def __str__(self) -> str:
        return f"{self.plain()} {self.currency}"


def parse_amount(text: str, currency: str) -> Money:
    """Read what a person typed (`25`, `25.50`, `1,000`, `۲۵٫۵۰`) as money above zero.

    Raises `InputError` with a hint for anything else. A comma is accepted as a thousands separator or,
    before one or two last digits, as the decimal sign that half of Europe types.
    """
    exponent = EXPONENTS.get(currency)
    if exponent is None:
        raise InputError(N_("%(currency)s is not a currency that Panah knows."), currency=currency)
    folded = text.translate(_SEPARATORS).strip().replace(" ", "")
    if re.fullmatch(r"\d+,\d{1,2}", folded):
        folded = folded.replace(",", ".")
    elif exponent < 3 and re.fullmatch(r"\d{1,3}(\.\d{3})+(,\d{1,2})?", folded):
        folded = folded.replace(".", "").replace(",", ".")
    found = _AMOUNT.fullmatch(folded)
    if not found or len(folded) > 20:
        raise InputError(N_("This is not an amount."), hint=N_("Type a number such as 25 or 25.50."))
    whole, decimals = found[1].replace(",", ""), found[2] or ""
    if len(decimals) > exponent:
        raise InputError(
            N_("%(currency)s has %(decimals)s decimals."),
            hint=N_("Type a number such as 25 or 25.50."), currency=currency, decimals=exponent,
        )  # fmt: skip
    minor = int(whole) * 10**exponent + (int(decimals.ljust(exponent, "0")) if decimals else 0)
    if not 0 < minor <= MAX_MINOR:
        raise InputError(N_("This is not an amount."), hint=N_("Type a number such as 25 or 25.50."))
    return Money(minor, currency)
