"""Pages of gifts as prepared bytes with gaps: drawn once per set of rules, filled per request.

Running a template costs more than the whole database work of a gift. So a page is drawn with marks
where a request's own values go, cut there, and joined again with escaped values for each request.
Promise: a value that fills a gap is escaped for HTML text and quoted attributes, whatever it is.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from html import escape
from typing import Any, Final

from django.utils.safestring import SafeString, mark_safe

_GAP: Final = re.compile(r"\ue000([a-z_]+)\ue001")
KEPT: Final = 400
"""Pages in memory: funds x languages x kinds of page, with room for rules that just changed."""


class Gaps:
    """Stands for values in a template: `{{ v.amount }}` leaves a gap named `amount`.

    The marks are private-use characters; charters and updates with them would only cut their own page
    differently, and unknown names are refused when the page is prepared.
    """

    def __getitem__(self, name: str) -> SafeString:
        if not re.fullmatch(r"[a-z_]+", name):
            raise KeyError(name)
        return mark_safe(f"\ue000{name}\ue001")  # noqa: S308 - our own mark, no value yet


class Prepared:
    """A drawn page, cut at its gaps."""

    __slots__ = ("_names", "_parts")

    def __init__(self, page: bytes) -> None:
        pieces = _GAP.split(page.decode())
        self._parts = [piece.encode() for piece in pieces[::2]]
        self._names = pieces[1::2]

    def fill(self, values: Mapping[str, str]) -> bytes:
        """Give the page with every gap filled; SafeString values are our own HTML."""
        parts = [self._parts[0]]
        for name, part in zip(self._names, self._parts[1:], strict=True):
            value = values[name]
            parts += ((value if isinstance(value, SafeString) else escape(value)).encode(), part)
        return b"".join(parts)


_kept: OrderedDict[tuple[Any, ...], Prepared] = OrderedDict()
_lock = threading.RLock()  # a page may be drawn with another inside


def prepared(key: tuple[Any, ...], draw: Callable[[], bytes]) -> Prepared:
    """Give the page kept under `key`, drawing it when it is not there.

    One at a time: what all threads draw at once after a change is one page, and the memory for it many times.
    """
    page = _kept.get(key)
    if page is not None:
        return page
    with _lock:
        page = _kept.get(key)
        if page is None:
            page = _kept[key] = Prepared(draw())
            while len(_kept) > KEPT:
                _kept.popitem(last=False)
        return page


def forget() -> None:
    """Drop all prepared pages (tests)."""
    with _lock:
        _kept.clear()
