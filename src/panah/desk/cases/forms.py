"""The shape of what a caseworker types. Whether it fits an event is looked at again when the event is made."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from panah.core.asks import LONGEST, NEEDS
from panah.core.casework_life import Status
from panah.errors import N_, InputError

_HASH: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_HEX: Final = re.compile(r"[0-9a-f.]{16,40}", re.ASCII)


def text(form: Mapping[str, str], name: str, most: int = LONGEST, *, empty: bool = False) -> str:
    """Give a text. Raises `InputError` when it is empty or too long."""
    typed = unicodedata.normalize("NFC", form.get(name, "").replace("\r\n", "\n").strip())
    if not typed and not empty:
        raise InputError(N_("Something is missing: write a few words."))
    if len(typed) > most:
        raise InputError(N_("This is too long: %(most)s signs at most."), most=most)
    return typed


def source(form: Mapping[str, str]) -> bytes:
    """Give the letter that a form is about."""
    typed = form.get("source", "")
    if not _HASH.fullmatch(typed):
        raise InputError(N_("This form can't be read."), hint=N_("Load the page again and fill it in once more."))
    return bytes.fromhex(typed)


def key(form: Mapping[str, str], name: str = "id") -> str:
    """Give the id of an entry, or of a case."""
    typed = form.get(name, "")
    if not _HEX.fullmatch(typed):
        raise InputError(N_("This form can't be read."), hint=N_("Load the page again and fill it in once more."))
    return typed


def day(form: Mapping[str, str], name: str) -> dict[str, str]:
    """Give {name: day}, or nothing when the field is empty."""
    typed = form.get(name, "").strip()
    if not typed:
        return {}
    try:
        return {name: dt.date.fromisoformat(typed).isoformat()}
    except ValueError:
        raise InputError(N_("This is not a day."), hint=N_("Write year-month-day, such as 2026-03-21.")) from None


def status(form: Mapping[str, str]) -> Status:
    """Give a status."""
    if form.get("to", "") not in set(Status):
        raise InputError(N_("Choose a status."))
    return Status(form["to"])


def need(form: Mapping[str, str]) -> str:
    """Give a kind of need."""
    if form.get("kind", "") not in NEEDS:
        raise InputError(N_("Choose what is needed."))
    return form["kind"]
