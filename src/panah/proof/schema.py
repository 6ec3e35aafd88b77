"""Closed shapes for canonical JSON: each key is named here or refused.

A shape is a function that takes a value and the path to it and raises `ProofError` naming both.
The tables of leaves and statements (`leaf.py`, `core` never sees JSON) are built from these few.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from panah.errors import N_, ProofError

Shape = Callable[[Any, str], None]

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
ORIGIN = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(/[a-z0-9-]+)*")


def _refuse(path: str, rule: str) -> ProofError:
    return ProofError(N_("%(path)s: %(rule)s."), path=path, rule=rule)


def text(longest: int, shortest: int = 1) -> Shape:
    """Text of `shortest` to `longest` characters without control characters but newline."""

    def check(value: Any, path: str) -> None:
        if type(value) is not str or not shortest <= len(value) <= longest:
            raise _refuse(path, f"a text of {shortest} to {longest} characters")
        if any(ord(c) < 32 and c != "\n" for c in value):
            raise _refuse(path, "a text without control characters")

    return check


def matching(pattern: str, what: str) -> Shape:
    """Text that matches `pattern` whole; `what` names it in the error."""
    compiled = re.compile(pattern, re.ASCII)

    def check(value: Any, path: str) -> None:
        if type(value) is not str or not compiled.fullmatch(value):
            raise _refuse(path, what)

    return check


def whole(lowest: int, highest: int = 2**53 - 1) -> Shape:
    """Whole number within bounds, both included."""

    def check(value: Any, path: str) -> None:
        if type(value) is not int or not lowest <= value <= highest:
            raise _refuse(path, f"a whole number from {lowest} to {highest}")

    return check


def octets(length: int) -> Shape:
    """Exactly `length` bytes as standard base64 with padding, in its one spelling (RFC 4648 §4)."""

    def check(value: Any, path: str) -> None:
        try:
            raw = base64.b64decode(value, validate=True)
        except (binascii.Error, TypeError, ValueError):
            raw = b""
        if len(raw) != length or base64.b64encode(raw).decode() != value:
            raise _refuse(path, f"{length} bytes in base64")

    return check


def day(value: Any, path: str) -> None:
    """Calendar day `YYYY-MM-DD` (UTC)."""
    try:
        if dt.date.fromisoformat(value).isoformat() == value:
            return
    except (TypeError, ValueError):
        pass
    raise _refuse(path, "a day such as 2022-01-18")


def listing(item: Shape, longest: int, shortest: int = 0) -> Shape:
    """List of `shortest` to `longest` values of one shape."""

    def check(value: Any, path: str) -> None:
        if type(value) is not list or not shortest <= len(value) <= longest:
            raise _refuse(path, f"a list of {shortest} to {longest}")
        for index, entry in enumerate(value):
            item(entry, f"{path}[{index}]")

    return check


def one_of(*values: str) -> Shape:
    """One of the given words."""

    def check(value: Any, path: str) -> None:
        if value not in values or type(value) is not str:
            raise _refuse(path, "one of " + ", ".join(values))

    return check


def by_language(longest: int) -> Shape:
    """Object of language tag → text; at least one language."""
    inner = text(longest)

    def check(value: Any, path: str) -> None:
        if type(value) is not dict or not value:
            raise _refuse(path, "a text by language")
        for tag, entry in value.items():
            if not LANGUAGE.fullmatch(tag):
                raise _refuse(f"{path}.{tag}", "a language tag such as fa or fa-AF")
            inner(entry, f"{path}.{tag}")

    return check


def spoken(longest: int) -> Shape:
    """A text by language, or one text for all languages, which is in the charter's first one."""
    whole_text, texts = text(longest), by_language(longest)

    def check(value: Any, path: str) -> None:
        (texts if type(value) is dict else whole_text)(value, path)

    return check


def record(required: dict[str, Shape], optional: dict[str, Shape] | None = None) -> Shape:
    """Object with all `required` keys, any of the `optional` ones, and no other."""
    extra = optional or {}

    def check(value: Any, path: str) -> None:
        if type(value) is not dict:
            raise _refuse(path, "an object")
        for key in required:
            if key not in value:
                raise _refuse(f"{path}.{key}", "missing")
        for key, entry in value.items():
            shape = required.get(key) or extra.get(key)
            if shape is None:
                raise _refuse(f"{path}.{key}", "not a known key")
            shape(entry, f"{path}.{key}")

    return check
