"""Closed shapes as quick questions: a shape takes a value and answers whether it fits.

Desks read tens of thousands of records at once, so a shape is a question and not a report: whoever reads says what
was wrong in one sentence. A key that is not named does not fit. (`proof/schema.py` is the slower sister that says
where; `core` knows nothing of `proof`.)
"""

from __future__ import annotations

import base64
import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any

Fits = Callable[[Any], bool]


def word(pattern: str) -> Fits:
    """Text that matches whole."""
    match = re.compile(pattern, re.ASCII).fullmatch
    return lambda value: type(value) is str and match(value) is not None


def text(most: int, least: int = 1) -> Fits:
    """Text of so many characters, without control characters but the line feed."""
    match = re.compile(rf"[^\x00-\x09\x0b-\x1f\x7f]{{{least},{most}}}").fullmatch
    return lambda value: type(value) is str and match(value) is not None


def whole(least: int, most: int) -> Fits:
    """Whole number within bounds, both included."""
    return lambda value: type(value) is int and least <= value <= most


def among(*values: str) -> Fits:
    """One of these words."""
    known = frozenset(values)
    return lambda value: type(value) is str and value in known


def many(item: Fits, most: int, least: int = 0) -> Fits:
    """List of values of one shape."""
    return lambda value: type(value) is list and least <= len(value) <= most and all(map(item, value))


def pair(first: Fits, second: Fits) -> Fits:
    """List of two values."""
    return lambda value: type(value) is list and len(value) == 2 and first(value[0]) and second(value[1])


def row(needed: Mapping[str, Fits], optional: Mapping[str, Fits] | None = None) -> Fits:
    """Object with all needed keys, any of the optional ones, and no other."""
    every = {**needed, **(optional or {})}
    required = needed.keys()

    def fits(value: Any) -> bool:
        if type(value) is not dict or not required <= value.keys():
            return False
        for key, entry in value.items():
            shape = every.get(key)
            if shape is None or not shape(entry):
                return False
        return True

    return fits


def octets(length: int) -> Fits:
    """So many bytes in base64, in its one spelling."""

    def fits(value: Any) -> bool:
        try:
            raw = base64.b64decode(value, validate=True)
        except (ValueError, TypeError):
            return False
        return len(raw) == length and base64.b64encode(raw).decode() == value

    return fits


def day(value: Any) -> bool:
    """Calendar day `YYYY-MM-DD`."""
    try:
        return type(value) is str and dt.date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


_minute = re.compile(r"2[0-9]{3}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]", re.ASCII).fullmatch


def minute(value: Any) -> bool:
    """Minute `YYYY-MM-DDTHH:MM` (UTC)."""
    return type(value) is str and _minute(value) is not None and day(value[:10])


LANGUAGE = word(r"[a-z]{2,3}(-[A-Z]{2})?")
NAME = word(r"[a-z][a-z0-9-]{1,31}")
HEX32 = word(r"[0-9a-f]{32}")
HEX16 = word(r"[0-9a-f]{16}")
HASH = word(r"[0-9a-f]{64}")
RECIPIENT = word(r"age1[02-9ac-hj-np-z]{58}")
YES = whole(0, 1)
