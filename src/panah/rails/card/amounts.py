"""Amounts as Stripe counts them.

Stripe's unit is ISO 4217's minor unit, with exceptions that would be wrong by a factor of ten or a hundred.
What it can't take at all, or can't take exactly, is refused here and never rounded.
"""

from __future__ import annotations

from typing import Final

from panah.core.money import EXPONENTS, Money
from panah.errors import N_, InputError

LEAST: Final[dict[str, int]] = {
    "AED": 200, "AUD": 50, "BGN": 100, "BRL": 50, "CAD": 50, "CHF": 50, "CZK": 1500, "DKK": 250, "EUR": 50,
    "GBP": 30, "HKD": 400, "HUF": 17500, "INR": 50, "JPY": 50, "MXN": 1000, "MYR": 200, "NOK": 300, "NZD": 50,
    "PLN": 200, "RON": 200, "SEK": 300, "SGD": 50, "THB": 1000, "USD": 50,
}  # fmt: skip
"""Smallest charge in minor units, where Stripe publishes one; elsewhere its answer decides."""

# IRR and IQD are no currencies of Stripe's; iceland's krona is sent with two zeros although it has no decimals.
_NONE: Final = frozenset({"IRR", "IQD"})
_HUNDREDFOLD: Final = frozenset({"ISK"})


def least(currency: str) -> int:
    """Give the smallest amount a card can give, in minor units; 0 where cards can't give this currency."""
    return 0 if currency in _NONE else LEAST.get(currency, 1)


def to_stripe(amount: Money) -> tuple[int, str]:
    """Give (amount, currency) as Stripe's calls take them. Raises `InputError` for what can't be said exactly."""
    if amount.currency in _NONE:
        raise InputError(N_("Cards can't give %(currency)s."), currency=amount.currency)
    if EXPONENTS[amount.currency] == 3 and amount.minor % 10:
        raise InputError(
            N_("Cards give %(currency)s with two decimals only."),
            hint=N_("Type an amount whose last digit is 0."), currency=amount.currency,
        )  # fmt: skip
    factor = 100 if amount.currency in _HUNDREDFOLD else 1
    return amount.minor * factor, amount.currency.lower()


def from_stripe(minor: int, currency: str) -> Money:
    """Read what Stripe says. Raises `InputError` for a currency or a fraction that Panah does not know."""
    code = currency.upper()
    if code in _HUNDREDFOLD:
        whole, rest = divmod(minor, 100)
        if rest:
            raise InputError(N_("This is not an amount."))
        return Money(whole, code)
    return Money(minor, code)
