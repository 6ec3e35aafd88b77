"""Money: whole minor units, one currency at a time, and what people type."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panah.core.money import EXPONENTS, MAX_MINOR, CurrencyMismatchError, Money, parse_amount
from panah.errors import InputError

currencies = st.sampled_from(sorted(EXPONENTS))
minors = st.integers(-MAX_MINOR, MAX_MINOR)


@given(minors, minors, currencies)
def test_sums_are_exact(one, other, currency):
    assert Money(one, currency) + Money(other, currency) - Money(other, currency) == Money(one, currency)


def test_currencies_never_mix():
    with pytest.raises(CurrencyMismatchError):
        Money(1, "EUR") + Money(1, "USD")
    with pytest.raises(TypeError):
        Money(1, "EUR") + 1  # type: ignore[operator]
    assert Money(1, "EUR") != Money(1, "USD")
    assert Money(1, "EUR") != 1


@pytest.mark.parametrize("minor", [1.0, True, "1"])
def test_only_whole_numbers_are_minor_units(minor):
    with pytest.raises(TypeError):
        Money(minor, "EUR")


@given(st.integers(1, MAX_MINOR), currencies)
def test_what_is_written_plainly_is_read_back(minor, currency):
    money = Money(minor, currency)
    assert parse_amount(money.plain(), currency) == money


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("25", "EUR", 2500), ("25.5", "EUR", 2550), ("25,50", "EUR", 2550), ("1,000", "EUR", 100_000),
        ("1.000", "EUR", 100_000), ("1.000,50", "EUR", 100_050), ("1 000", "EUR", 100_000), ("۲۵٫۵۰", "EUR", 2550),
        ("٢٥", "EUR", 2500), ("۱٬۰۰۰", "EUR", 100_000), ("500", "JPY", 500), ("1.001", "KWD", 1001),
        ("100", "AFN", 10_000), ("100", "IRR", 10_000),
    ],
)  # fmt: skip
def test_amounts_as_people_type_them(typed, currency, minor):
    assert parse_amount(typed, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    "typed", ["", "-5", "0", "0.00", "1e5", "NaN", "Infinity", "1.234567", "25.5050", "٫", "9" * 30, "5 EUR", "\x005"]
)
def test_anything_else_is_refused_with_a_hint(typed):
    with pytest.raises(InputError) as refused:
        parse_amount(typed, "EUR")
    assert refused.value.hint_text()


def test_a_currency_that_nobody_knows_is_refused():
    with pytest.raises(InputError, match="XYZ"):
        parse_amount("5", "XYZ")
