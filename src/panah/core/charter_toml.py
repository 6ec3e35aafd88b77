"""Read a charter that people wrote (TOML) into the terms that the leaf holds.

Promises: collects every problem instead of stopping at the first; guesses nothing but the defaults that
docs/spec/charter.md names; unknown keys are problems (with the nearest known name), because a typing
error must not silently drop a rule. Amounts are written in whole main units or as text ("50000.00").
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import difflib
import re
import tomllib
import unicodedata
from collections.abc import Callable
from typing import Any, Final

from panah.core.charter_rules import Findings
from panah.core.money import EXPONENTS, MAX_MINOR
from panah.errors import N_

Read = Callable[[Any, str, Findings], Any]
"""Turns one TOML value into its value in the leaf; notes a problem and gives None when it can't."""

BATCH: Final = 3600
DEMO_BATCH: Final = 10
MISSING: Final = N_("This is missing.")

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_AMOUNT: Final = re.compile(r"(\d{1,3}(,\d{3})+|\d+)(\.\d{1,3})?", re.ASCII)
# Embedding, override and isolate marks can make a signed sentence look like another one.
_DISGUISES: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def prose(longest: int) -> Read:
    """Text of at most `longest` characters: NFC, single line breaks folded, blank lines kept."""

    def read(value: Any, path: str, found: Findings) -> str | None:
        if not isinstance(value, str) or not value.strip():
            found.note(path, N_("This must be a text."), N_('Write it between quotation marks: "…".'))
            return None
        paragraphs = re.split(r"\n\s*\n", unicodedata.normalize("NFC", value).strip())
        folded = "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
        if any((ord(c) < 32 and c != "\n") or c == "\x7f" or c in _DISGUISES for c in folded):
            found.note(path, N_("This text holds invisible control characters."), N_("Type it anew."))
            return None
        if len(folded) > longest:
            found.note(path, N_("This text has %(length)s characters; at most %(longest)s fit."),
                       length=len(folded), longest=longest)  # fmt: skip
            return None
        return folded

    return read


def like(pattern: str, what: str, fold: Callable[[str], str] = str.strip) -> Read:
    """Text that matches `pattern` whole after `fold`; `what` is an N_ sentence."""
    compiled = re.compile(pattern, re.ASCII)

    def read(value: Any, path: str, found: Findings) -> str | None:
        if isinstance(value, str) and compiled.fullmatch(fold(value)):
            return fold(value)
        found.note(path, what)
        return None

    return read


def by_language(longest: int) -> Read:
    """A table of language = text."""
    inner = prose(longest)

    def read(value: Any, path: str, found: Findings) -> dict[str, str] | None:
        if not isinstance(value, dict) or not value:
            found.note(path, N_("This must be a text by language."), N_('Write for example en = "…".'))
            return None
        texts = {}
        for language, entry in value.items():
            if not _LANGUAGE.fullmatch(language):
                found.note(f"{path}.{language}", N_("This is not a language tag."),
                           N_("Write for example en, fa or fa-AF."))  # fmt: skip
            elif (text := inner(entry, f"{path}.{language}", found)) is not None:
                texts[language] = text
        return texts or None

    return read


def spoken(longest: int) -> Read:
    """A text in the charter's first language, or a table of language = text."""
    one, texts = prose(longest), by_language(longest)
    return lambda value, path, found: (texts if isinstance(value, dict) else one)(value, path, found)


def many(item: Read, longest: int, shortest: int = 0) -> Read:
    """A list; entries that can't be read are noted and left out."""

    def read(value: Any, path: str, found: Findings) -> list[Any] | None:
        if not isinstance(value, list) or not shortest <= len(value) <= longest:
            found.note(path, N_("This must be a list of %(shortest)s to %(longest)s."),
                       shortest=shortest, longest=longest)  # fmt: skip
            return None
        entries = (item(entry, f"{path}[{index + 1}]", found) for index, entry in enumerate(value))
        return [entry for entry in entries if entry is not None]

    return read


def between(lowest: int, highest: int) -> Read:
    """A whole number within bounds."""

    def read(value: Any, path: str, found: Findings) -> int | None:
        if type(value) is int and lowest <= value <= highest:
            return value
        found.note(path, N_("This must be a whole number from %(lowest)s to %(highest)s."),
                   lowest=lowest, highest=highest)  # fmt: skip
        return None

    return read


def money(currency: str) -> Read:
    """An amount in main units (50000 or "50000.00"), given in minor units."""
    # Not `parse_amount`, which guesses what a giver's "1.000" means: a rule must have one reading.
    exponent = EXPONENTS.get(currency, 0)

    def read(value: Any, path: str, found: Findings) -> int | None:
        text = str(value) if type(value) is int and 0 < value <= MAX_MINOR else value
        if isinstance(text, str) and len(text) < 25 and _AMOUNT.fullmatch(text.strip()):
            whole, _, decimals = text.strip().replace(",", "").partition(".")
            minor = int(whole + decimals.ljust(exponent, "0"))
            if len(decimals) <= exponent and 0 < minor <= MAX_MINOR:
                return minor
        found.note(path, N_("This is not an amount in %(currency)s."),
                   N_('Write a whole number such as 50000, or a text such as "50000.00".'),
                   currency=currency or "?")  # fmt: skip
        return None

    return read


def flag(value: Any, path: str, found: Findings) -> int | None:
    """`true` or `false`, given as 1 or 0."""
    if type(value) is bool:
        return int(value)
    found.note(path, N_("This must be true or false."))
    return None


def day(value: Any, path: str, found: Findings) -> str | None:
    """A calendar day."""
    if type(value) is dt.date:
        return value.isoformat()
    try:
        return dt.date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        found.note(path, N_("This must be a day such as 2022-01-18."))
        return None


def octets(length: int) -> Read:
    """A key or hash in base64, in its one spelling."""

    def read(value: Any, path: str, found: Findings) -> str | None:
        try:
            raw = base64.b64decode(value, validate=True)
        except (binascii.Error, TypeError, ValueError):
            raw = b""
        if len(raw) == length and base64.b64encode(raw).decode() == value:
            return str(value)
        found.note(path, N_("This must be %(length)s bytes in base64."),
                   N_("Copy the line as panah member card prints it."), length=length)  # fmt: skip
        return None

    return read


def table(
    value: Any, path: str, found: Findings, needed: dict[str, Read], extra: dict[str, Read] | None = None
) -> dict[str, Any]:
    """Read a table with a closed set of keys; what could be read is in the answer."""
    prefix = f"{path}." if path else ""
    if not isinstance(value, dict):
        found.note(path, MISSING if value is None else N_("This must be a table."),
                   N_("Write it under [%(path)s]."), path=path)  # fmt: skip
        return {}
    readers = needed | (extra or {})
    for key in value:
        if key not in readers:
            near = "".join(difflib.get_close_matches(key, readers, 1))
            hint = N_("Did you mean %(near)s?") if near else ""
            found.note(f"{prefix}{key}", N_("Panah does not know this key."), hint, near=near)
    terms = {}
    for key, reader in readers.items():
        if key in value:
            entry = reader(value[key], f"{prefix}{key}", found)
            if entry is not None:
                terms[key] = entry
        elif key in needed:
            found.note(f"{prefix}{key}", MISSING)
    return terms


def record(needed: dict[str, Read], extra: dict[str, Read] | None = None) -> Read:
    """A table inside another one."""
    return lambda value, path, found: table(value, path, found, needed, extra)


def parse(text: str, found: Findings) -> dict[str, Any]:
    """Parse TOML; a syntax error is one problem with its line."""
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # TOMLDecodeError is one; so is a number of 5000 digits
        found.note("charter", N_("This is not TOML: %(why)s."),
                   N_("See toml.io; texts need quotation marks."), why=str(error)[:200])  # fmt: skip
        return {}
