"""What templates of the desk show: days as readers write them, and words for the terms that events use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

import jdatetime
from django import template
from django.utils.translation import get_language, gettext

from panah.desk.words import WORDS

register = template.Library()
_DIGITS: Final = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_HIJRI: Final = ["فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"]


@register.filter
def number(value: object) -> str:
    """Give a number in the reader's digits."""
    return str(value).translate(_DIGITS) if get_language() == "fa" else str(value)


@register.filter
def day(value: str | dt.date) -> str:
    """Give a day (or a minute, as events spell it) as the reader writes it: Solar Hijri in Persian."""
    text = value if isinstance(value, str) else value.isoformat()
    try:
        date = dt.date.fromisoformat(text[:10])
    except ValueError:
        return text
    clock = f" {text[11:16]}" if len(text) > 11 else ""
    if get_language() != "fa":
        return f"{date.isoformat()}{clock}"
    hijri = jdatetime.date.fromgregorian(date=date)
    return f"{hijri.day} {_HIJRI[hijri.month - 1]} {hijri.year}{clock}".translate(_DIGITS)


@register.filter
def word(value: str) -> str:
    """Give the word of the page for a term of an event."""
    return gettext(WORDS[value]) if value in WORDS else value


@register.filter
def in_order(values: Iterable[str]) -> list[str]:
    """Give names in their order."""
    return sorted(values)
