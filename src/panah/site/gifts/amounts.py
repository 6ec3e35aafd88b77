"""Amounts on the gift pages: each in its own currency, and what it counts in the fund's."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils.translation import gettext, override

from panah.core.money import Money
from panah.core.postings import worth
from panah.rails.registry import PUSH
from panah.site.gifts.foreign import rates_of
from panah.site.publish.tongues import tongue
from panah.site.publish.words import Words

if TYPE_CHECKING:
    from panah.site.gifts.faces import Face
    from panah.storage.rows import GiftRow


def written(face: Face, amount: Money) -> str:
    """Write an amount as the page's language does, whatever its currency."""
    return Words.of(face.tag, amount.currency).money(amount.minor)


def offered(face: Face) -> list[str]:
    """Give the currencies that the form offers: the fund's own, then those that the ECB quotes today."""
    own, quoted = face.charter.currency, rates_of(face.fund.home).quoted
    return [own, *(code for code in face.charter.accepts if {code, own} <= quoted)]


def counting(face: Face, rail: str, amount: Money, today: dt.date) -> str:
    """Say what foreign money will count; empty for the fund's own."""
    own = face.charter.currency
    if amount.currency == own:
        return ""
    rate = rates_of(face.fund.home).rate(amount.currency, own, today)
    with override(tongue(face.tag).django):
        if rate is None:
            return gettext("It counts at the European Central Bank's rate of the day on which it arrives.")
        told = {
            "sum": written(face, Money(worth(amount.minor, amount.currency, rate.text, own), own)),
            "day": face.words.day(rate.day),
        }
        if rail in PUSH:
            would = gettext("At the European Central Bank's rate of %(day)s it would count %(sum)s.")
            return f"{would % told} {gettext('The day it arrives decides.')}"
        return gettext("It counts %(sum)s, at the European Central Bank's rate of %(day)s.") % told


def left_below(face: Face, rest: int, amount: Money, today: dt.date) -> str:
    """Write what is left of the goal when `amount` is more than that, as far as today's rate tells; else empty.

    `rest` in minor units of the fund's currency.
    """
    own = face.charter.currency
    if amount.currency == own:
        value = amount.minor
    else:
        rate = rates_of(face.fund.home).rate(amount.currency, own, today)
        value = worth(amount.minor, amount.currency, rate.text, own) if rate else 0
    return written(face, Money(rest, own)) if value > rest else ""


def counted_at(face: Face, row: GiftRow) -> str:
    """Say at what rate a booked gift counts; empty for the fund's own currency."""
    if not row.rate:
        return ""
    source, _, name = row.source.partition(":")
    digits = face.words.digits
    told = {"rate": digits(f"{row.rate} {face.charter.currency}"), "one": digits(f"1 {row.currency}")}
    with override(tongue(face.tag).django):
        if source == "ecb":
            told["day"] = face.words.day(name)
            return gettext("%(one)s = %(rate)s, the European Central Bank's rate of %(day)s.") % told
        return gettext("%(one)s = %(rate)s, by the receipt of its exchange.") % told
