"""Which home and which fund a `panah site` command is about."""

from __future__ import annotations

import argparse
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from panah.errors import N_, InputError, RefusedError
from panah.site.gifts.queries import fund_rules
from panah.site.home import read_site
from panah.storage.funds import attach, list_funds, migrate

if TYPE_CHECKING:
    from panah.storage.funds import FundHome
    from panah.storage.rows import FundRules


def take_home(parser: argparse.ArgumentParser, *, fund: bool = True) -> None:
    """Add `--home` and `--fund`."""
    parser.add_argument("--home", type=Path, help="folder where state lives (default: PANAH_HOME, else .panah)")
    if fund:
        parser.add_argument("--fund", default="", help="short name of the fund (default: the one at /)")


def home_of(arguments: argparse.Namespace) -> Path:
    """Give the home that was named, or the environment's."""
    return arguments.home.resolve() if arguments.home else Path(settings.PANAH_HOME)


def open_fund(home: Path, slug: str = "") -> tuple[FundHome, FundRules]:
    """Attach a fund and bring its tables up to date. Raises `InputError` when it is not there."""
    fund = read_site(home).fund(slug)
    if fund is None:
        names = ", ".join(entry.slug for entry in list_funds(home)) or "-"
        raise InputError(
            N_("There is no such fund under %(home)s. There are: %(names)s."),
            hint=N_("Found one with panah site init, or name another folder with --home."),
            home=str(home), names=names,
        )  # fmt: skip
    attach(fund, settings.PANAH_DATABASE)
    migrate(fund)
    return fund, fund_rules(fund)


@contextmanager
def hold_home(home: Path, *, alone: bool = True) -> Iterator[None]:
    """Be the only process that serves or replaces this home. Raises `RefusedError` when another one is.

    Several servers may share a home whose funds are in PostgreSQL (`alone` false): there a lease says who
    sequences. SQLite is for one, and it is told here, before it starts.
    """
    home.mkdir(parents=True, exist_ok=True)
    handle = os.open(home / ".serving", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except OSError as error:
            raise RefusedError(
                N_("Another process serves %(home)s already."),
                hint=N_("End it first, or use another folder (--home). Several need PostgreSQL: PANAH_DATABASE."),
                home=str(home),
            ) from error
        yield
    finally:
        os.close(handle)


def is_served(home: Path) -> bool:
    """Tell whether a process serves this home now."""
    try:
        with hold_home(home):
            return False
    except RefusedError:
        return True
