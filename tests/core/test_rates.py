"""Rates: exact fractions, one named rounding, never old, never two for one day."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panah.core.money import EXPONENTS
from panah.core.postings import worth
from panah.core.ratefile import read_rates, write_rates
from panah.core.rates import RateTable, receipt_rate, spell
from panah.errors import InputError, RefusedError

FRIDAY, TUESDAY = dt.date(2026, 11, 20), dt.date(2026, 11, 24)
TABLE = RateTable({FRIDAY: {"USD": "1.1172", "GBP": "0.83380", "JPY": "175.68", "IDR": "20275.17"}})

DAILY_CSV = b"Date, USD, JPY, GBP, \n20 November 2026, 1.1172, 175.68, 0.83380, \n"
HISTORY_CSV = b"Date,USD,CYP,GBP,\n2026-11-20,1.1172,N/A,0.8338,\n2026-11-19,1.11,N/A,0.8335,\n"
XML = b"""<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
<gesmes:subject>Reference rates</gesmes:subject><gesmes:Sender><gesmes:name>European Central Bank</gesmes:name></gesmes:Sender>
<Cube><Cube time='2026-11-20'><Cube currency='USD' rate='1.1172'/><Cube currency='GBP' rate='0.83380'/></Cube></Cube>
</gesmes:Envelope>"""


def test_a_rate_is_the_exact_cross_through_the_euro_rounded_once():
    rate = TABLE.rate("USD", "EUR", FRIDAY)
    assert rate is not None
    assert (rate.text, rate.source) == ("0.89509488", "ecb:2026-11-20")
    cross = TABLE.rate("USD", "GBP", FRIDAY)
    assert cross is not None
    assert Fraction(cross.text) == Fraction(round(Fraction("0.83380") / Fraction("1.1172") * 10**9), 10**9)
    assert TABLE.rate("EUR", "JPY", FRIDAY).text == "175.68"


def test_ties_are_rounded_to_the_even_neighbour():
    assert spell(Fraction(5, 10**10)) == ""  # half of the last place, down to nothing
    assert spell(Fraction(15, 10**10)) == "0.000000002"
    assert spell(Fraction(25, 10**10)) == "0.000000002"


def test_a_rate_holds_for_four_days_and_not_longer():
    assert TABLE.rate("USD", "EUR", TUESDAY).source == "ecb:2026-11-20"
    assert TABLE.rate("USD", "EUR", TUESDAY + dt.timedelta(1)) is None
    assert TABLE.rate("USD", "EUR", FRIDAY - dt.timedelta(1)) is None  # a rate of tomorrow is none of today
    assert TABLE.rate("AFN", "EUR", FRIDAY) is None


@pytest.mark.parametrize("data", [DAILY_CSV, HISTORY_CSV, XML], ids=["daily", "history", "xml"])
def test_the_ecbs_files_are_read_as_published(data):
    table = read_rates(data)
    assert table.newest == FRIDAY
    assert table.rate("USD", "EUR", FRIDAY) == TABLE.rate("USD", "EUR", FRIDAY)
    assert read_rates(write_rates(table)).days.keys() == table.days.keys()


@pytest.mark.parametrize(
    "data",
    [b"", b"Date", b"<html></html>", b"Date,USD\n2026-11-20,1.1,2.2\n", b"Date,USD\n2026-11-20,-1\n",
     b"Date,USD\n2026-11-20,0.0\n", b"Date,USD\n2026-11-20,1e5\n", b"Date,USD\n2026-13-20,1\n", b"\xff\xfe",
     b"Date,USD\n20 Nivose 2026,1\n", XML.replace(b"<gesmes:Env", b"<!DOCTYPE x><gesmes:Env"), XML[:-5]],
)  # fmt: skip
def test_other_files_are_refused_in_one_sentence(data):
    with pytest.raises(InputError, match="not a file of the ECB"):
        read_rates(data)


def test_what_is_quoted_for_a_day_never_changes():
    TABLE.refuse_other(read_rates(DAILY_CSV))
    other = read_rates(DAILY_CSV.replace(b"1.1172", b"1.1173"))
    with pytest.raises(RefusedError, match="USD on 2026-11-20"):
        TABLE.refuse_other(other)
    both = TABLE.over(other)
    assert (both.days[FRIDAY]["IDR"], both.days[FRIDAY]["USD"]) == ("20275.17", "1.1172")


@given(
    st.integers(1, 10**12), st.sampled_from(["AFN", "IRR", "PKR", "USD", "JPY", "KWD"]),
    st.integers(1, 10**8), st.sampled_from(["EUR", "JPY"]),
)  # fmt: skip
def test_a_receipts_rate_gives_its_sum_exactly(amount, currency, value, into):
    try:
        rate = receipt_rate(amount, currency, value, into)
    except InputError:
        assert value * 10 ** EXPONENTS[currency] >= amount * 10**9 * 10 ** EXPONENTS[into] // 10
    else:
        assert worth(amount, currency, rate, into) == value
