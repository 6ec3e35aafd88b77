"""The shape of what is typed at the way in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.conf import settings

from panah.errors import N_, InputError

_LONGEST: Final = 1000


def read_passphrase(form: Mapping[str, str]) -> str:
    """Give the passphrase as it was typed. Raises `InputError`."""
    typed = form.get("passphrase", "")
    if not typed or len(typed) > _LONGEST:
        raise InputError(N_("Type the passphrase of your key."))
    return typed


def read_language(form: Mapping[str, str]) -> str:
    """Give a language that the desk has. Raises `InputError`."""
    chosen = form.get("lang", "")
    if chosen not in dict(settings.LANGUAGES):
        raise InputError(N_("The desk has no such language."))
    return chosen
