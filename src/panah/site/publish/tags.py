"""Template filters: values as words of the page's language. Each takes the page's `Words` as argument."""

from __future__ import annotations

import datetime as dt

from django import template

from panah.site.publish.words import Words, as_day, grouped

register = template.Library()


@register.filter
def money(minor: int, words: Words) -> str:
    """Write `€25` or `€25.50`."""
    return words.money(minor)


@register.filter
def cents(minor: int, words: Words) -> str:
    """Write an amount with all decimals and without the currency: columns of a table."""
    return words.amount(minor, exact=True)


@register.filter
def number(value: int, words: Words) -> str:
    """Write a whole number."""
    return words.number(value)


@register.filter
def percent(value: int, words: Words) -> str:
    """Write a whole number of hundredths."""
    return words.percent(value)


@register.filter
def day(value: str | dt.date, words: Words) -> str:
    """Write a day in the calendars of the language."""
    return words.day(value)


@register.filter
def gregorian(value: str | dt.date, words: Words) -> str:
    """Write a day in the Gregorian calendar."""
    return words.gregorian(value)


@register.filter
def hijri(value: str | dt.date, words: Words) -> str:
    """Write a day in the Solar Hijri calendar, where the language uses it."""
    return words.hijri(value)


@register.filter
def iso(value: str | dt.date) -> str:
    """Write a day for machines."""
    return as_day(value).isoformat()


@register.filter
def groups(code: str) -> str:
    """Break a long code into groups of four."""
    return grouped(code)


@register.filter
def paragraphs(text: str) -> list[str]:
    """Break a charter's text at its blank lines; other line ends are only how the writer's file looked."""
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]
