"""Wrong settings, named before anything starts: each with an id and what to do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error

from panah.errors import PanahError
from panah.site.home import read_site


def check_settings(app_configs: Sequence[AppConfig] | None = None, **_: Any) -> list[CheckMessage]:  # noqa: ARG001
    """Check what the environment and site.toml say."""
    return [
        *_check_home(Path(settings.PANAH_HOME)),
        *_check_database(settings.PANAH_DATABASE),
        *_check_provider(settings.PANAH_STRIPE_API),
        *_check_secrecy(),
        *_check_intake(),
    ]


def _check_home(home: Path) -> list[CheckMessage]:
    if home.exists() and not home.is_dir():
        return [Error("PANAH_HOME is a file.", hint="Name a folder.", id="panah.E001")]
    try:
        site = read_site(home)
    except PanahError as error:
        return [Error(error.text(), hint=error.hint_text(), id="panah.E002")]
    if site.primary and site.fund() is None:
        return [
            Error(
                f"site.toml puts the fund {site.primary} at /, but it is not under PANAH_HOME.",
                hint="Write the short name of a folder in funds/.", id="panah.E003",
            )
        ]  # fmt: skip
    return []


def _check_database(address: str) -> list[CheckMessage]:
    if not address:
        return []
    parts = urlsplit(address)
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        return [
            Error(
                "PANAH_DATABASE is not a PostgreSQL address.",
                hint="Write postgresql://user:password@host:port/name, or leave it empty for SQLite.",
                id="panah.E004",
            )
        ]
    return []


def _check_provider(address: str) -> list[CheckMessage]:
    # Whoever answers there gets the key of the fund's account.
    if address and urlsplit(address).hostname not in {"127.0.0.1", "::1", "localhost"}:
        return [
            Error(
                "PANAH_STRIPE_API is not on this machine.",
                hint="Leave it empty: it is for tests alone, and gets the key of the fund's account.",
                id="panah.E006",
            )
        ]
    return []


def _check_secrecy() -> list[CheckMessage]:
    # A debug page would show the variables of a request: receipt codes among them.
    if settings.DEBUG:
        return [Error("DEBUG is on.", hint="Leave it off: its pages show what givers typed.", id="panah.E005")]
    return []


def _check_intake() -> list[CheckMessage]:
    most = {
        "PANAH_INTAKE_SCRIPT": 100_000, "PANAH_INTAKE_DOOR": 100_000, "PANAH_INTAKE_WORK": 24, "PANAH_ANSWER_DAYS": 365,
    }  # fmt: skip
    wrong = [
        name
        for name, highest in most.items()
        if not (text := str(getattr(settings, name))).isascii() or not text.isdecimal() or int(text) > highest
    ]
    door = settings.PANAH_DOOR_ADDRESS
    if door and not re.fullmatch(r"https?://[!-~]{3,200}", door):
        wrong_door = "PANAH_DOOR_ADDRESS is no web address."
        return [Error(wrong_door, hint="Leave it empty when this site has no door.", id="panah.E008")]
    return [
        Error(f"{name} is no number from 0 to {most[name]}.", hint="Leave it away for the default.", id="panah.E007")
        for name in wrong
    ]
