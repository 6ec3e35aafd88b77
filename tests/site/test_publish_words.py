"""Numbers, money and days as each language writes them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tests.django_ready  # noqa: F401
from panah.core.money import parse_amount
from panah.site.publish.tongues import TONGUES, direction, tongue
from panah.site.publish.words import Words, grouped, language_name


@pytest.mark.parametrize(
    ("tag", "currency", "minor", "text"),
    [
        ("en", "EUR", 5_000_000, "€50,000"),
        ("en", "EUR", 2550, "€25.50"),
        ("en", "AFN", 123_456, "1,234.56\N{NO-BREAK SPACE}AFN"),
        ("en", "EUR", -2550, "\N{MINUS SIGN}€25.50"),
        ("fa", "EUR", 5_000_000, "۵۰٬۰۰۰\N{NO-BREAK SPACE}یورو"),
        ("fa", "IRR", 2505, "۲۵٫۰۵\N{NO-BREAK SPACE}ریال"),
        ("fa", "KWD", 1005, "۱٫۰۰۵\N{NO-BREAK SPACE}KWD"),
        ("fa", "JPY", 1005, "۱٬۰۰۵\N{NO-BREAK SPACE}JPY"),
        ("prs", "AFN", 100_000, "۱٬۰۰۰\N{NO-BREAK SPACE}افغانی"),
        ("ar", "EUR", 123_450, "١٬٢٣٤٫٥٠\N{NO-BREAK SPACE}يورو"),
        ("fr", "EUR", 123_450, "1\N{NARROW NO-BREAK SPACE}234,50\N{NO-BREAK SPACE}€"),
        ("de", "EUR", 123_450, "1.234,50\N{NO-BREAK SPACE}€"),
        ("sw", "EUR", 123_450, "1,234.50\N{NO-BREAK SPACE}EUR"),
    ],
)
def test_money(tag: str, currency: str, minor: int, text: str) -> None:
    assert Words.of(tag, currency).money(minor) == text


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("en", "1 April 2026"),
        ("de", "1. April 2026"),
        ("fr", "1 avril 2026"),
        ("fa", "۱۲ فروردین ۱۴۰۵ (۱ آوریل ۲۰۲۶)"),
        ("prs", "۱۲ حمل ۱۴۰۵ (۱ اپریل ۲۰۲۶)"),
        ("ps", "۱۲ وری ۱۴۰۵ (۱ اپرېل ۲۰۲۶)"),
        ("ar", "١ أبريل ٢٠٢٦"),
    ],
)
def test_days(tag: str, text: str) -> None:
    assert Words.of(tag, "EUR").day("2026-04-01") == text
    assert Words.of(tag, "EUR").day(dt.date(2026, 4, 1)) == text


@pytest.mark.parametrize(
    ("day", "solar"),
    [
        # New year's days as the calendar authority set them: 1404 began on 21 March 2025, 1403 was a leap year.
        ("2025-03-20", "۳۰ اسفند ۱۴۰۳"), ("2025-03-21", "۱ فروردین ۱۴۰۴"), ("2026-03-20", "۲۹ اسفند ۱۴۰۴"),
        ("2026-03-21", "۱ فروردین ۱۴۰۵"), ("1979-02-11", "۲۲ بهمن ۱۳۵۷"),
    ],
)  # fmt: skip
def test_solar_hijri_days(day: str, solar: str) -> None:
    assert Words.of("fa", "EUR").hijri(day) == solar


def test_a_month_names_the_two_solar_months_that_share_it() -> None:
    assert Words.of("fa", "EUR").month("2026-03") == "مارس ۲۰۲۶ (اسفند ۱۴۰۴ – فروردین ۱۴۰۵)"
    assert Words.of("en", "EUR").month("2026-12") == "December 2026"


def test_percent_and_numbers() -> None:
    assert Words.of("fa", "EUR").percent(62) == "۶۲٪"
    assert Words.of("en", "EUR").percent(62) == "62%"
    assert Words.of("fa", "EUR").number(1_234_567) == "۱٬۲۳۴٬۵۶۷"


def test_tables_keep_every_decimal() -> None:
    assert Words.of("en", "EUR").amount(5_000_000, exact=True) == "50,000.00"
    assert Words.of("fa", "KWD").amount(1000, exact=True) == "۱٫۰۰۰"


def test_every_known_language_has_its_months() -> None:
    for known in TONGUES.values():
        assert len(known.months) == len(set(known.months)) == 12
        assert len(known.hijri) in {0, 12}
        assert len(set(known.digits)) == 10
        assert known.dir == direction(known.tag)


def test_languages_that_we_do_not_know_still_have_a_direction_and_a_name() -> None:
    assert [direction(tag) for tag in ("ur", "ckb", "ku", "fa-AF", "sw", "he")] == [
        "rtl",
        "rtl",
        "ltr",
        "rtl",
        "ltr",
        "rtl",
    ]
    assert tongue("fa-AF").hijri[0] == "حمل"
    assert language_name("ckb") == "کوردیی ناوەندی"
    assert language_name("xx") == "xx"


def test_codes_are_broken_into_groups() -> None:
    assert grouped("9f2c01ab44") == "9f2c 01ab 44"


@given(
    st.integers(1, 10**12), st.sampled_from(["EUR", "KWD", "JPY", "IRR"]), st.sampled_from(["en", "fa", "prs", "ps"])
)
def test_what_we_write_is_what_we_read(minor: int, currency: str, tag: str) -> None:
    assert parse_amount(Words.of(tag, currency).amount(minor), currency).minor == minor
