"""The books as a person reads them: totals, a drawing, a table by day, downloads, and how to check.

Everything here comes from logged gifts only, so that the page and the log never say two things.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext, override

from panah.core.money import Money
from panah.site.books.chart import chart
from panah.site.publish.announced import cards
from panah.site.publish.names import RAIL_NAMES
from panah.site.publish.page import Frame, draw
from panah.site.publish.sentences import CHECK, spelled
from panah.site.publish.tongues import tongue
from panah.site.publish.view import DayRow, FundView, LoggedBooks
from panah.site.publish.words import Words

CSS: Final = ("site/books/books.css",)
MOST_ROWS: Final = 60
"""A longer table is broken into pages by month."""


@dataclass(frozen=True, slots=True)
class Download:
    """One export, as the page links to it."""

    path: str
    name: str
    about: str
    size: int
    saved: str  # what a saved copy is called

    @property
    def kilobytes(self) -> int:
        return -(-self.size // 1000)


Months = dict[str, tuple[DayRow, ...]]


def by_month(days: Sequence[DayRow]) -> Months:
    """Part the days by months that have pages of their own, newest first; none when one table is enough."""
    if len(days) <= MOST_ROWS:
        return {}
    parts: dict[str, list[DayRow]] = {}
    for row in days:
        parts.setdefault(row.day[:7], []).append(row)
    return {month: tuple(parts[month]) for month in sorted(parts, reverse=True)}


def render(
    view: FundView,
    frame: Frame,
    months: Months,
    downloads: Sequence[Download] = (),
    upto: int = 0,
    check: tuple[str, str] | None = None,
) -> bytes:
    """Draw the first page of the books; `upto` is how many entries the downloads hold."""
    books = view.logged
    newest = next(iter(months), "")
    rows = months[newest] if newest else books.days
    context = {
        "view": view,
        "books": books,
        "announced": cards(view.announced, frame),
        **_left(books, frame),
        "others": [Words.of(frame.tag, currency).money(minor) for currency, minor in books.in_other_money],
        "chart": chart(books.days, view.charter.goal.minor),
        "table": _table(rows, frame.tag),
        "month": newest,
        "months": [(month, frame.words.month(month)) for month in months],
        "downloads": downloads,
        "upto": upto,
        "sentences": spelled(CHECK, frame.tag) if check else "",
    }
    return draw("site/books/index.html", frame, context, css=CSS, check=check)


def _left(books: LoggedBooks, frame: Frame) -> dict[str, object]:
    """Give what is left of everything that arrived, and how much of that can be spent."""
    own = frame.charter.currency
    net = books.gross - books.returned - books.passed_on - books.fees - dict(books.lost).get(own, 0)
    with override(tongue(frame.tag).django):
        frozen = [
            (gettext(RAIL_NAMES.get(rail, rail)), _money(frame, currency, minor))
            for rail, currency, minor in books.frozen
        ]
    return {
        "net": net,
        "frozen": frozen,
        "lost": [_money(frame, currency, minor) for currency, minor in books.lost],
        "spendable": net - sum(minor for _, currency, minor in books.frozen if currency == own),
    }


def _money(frame: Frame, currency: str, minor: int) -> str:
    return frame.words.money(minor) if currency == frame.charter.currency else str(Money(minor, currency))


def render_month(frame: Frame, month: str, rows: Sequence[DayRow]) -> bytes:
    """Draw the table of one month: what `rows` and the frame say is all that is on the page."""
    context = {"table": _table(rows, frame.tag), "month": month, "name": frame.words.month(month)}
    return draw("site/books/month.html", frame, context, css=CSS)


def _table(rows: Sequence[DayRow], tag: str) -> dict[str, object]:
    with override(tongue(tag).django):
        names = {rail: gettext(name) for rail, name in RAIL_NAMES.items()}
    newest = sorted(rows, key=lambda row: (row.day, row.rail), reverse=True)
    return {
        "rows": [(row, names.get(row.rail, row.rail)) for row in newest],
        "has_held": any(row.held for row in rows),
        "gifts": sum(row.gifts for row in rows),
        "amount": sum(row.amount for row in rows),
        "counted": sum(row.counted for row in rows),
        "held": sum(row.held for row in rows),
    }
