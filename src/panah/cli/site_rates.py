"""`panah site rates FILE`: take in the ECB's reference rates, as downloaded."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from panah.cli import terminal
from panah.cli.site_home import home_of, take_home
from panah.core.ratefile import LIMIT
from panah.errors import N_, InputError
from panah.site.gifts.foreign import rates_of, take_rates


def register(inner: Any) -> None:
    """Add the command."""
    rates = inner.add_parser("rates", help="take in the ECB's reference rates, or say how far they reach")
    rates.add_argument("file", type=Path, nargs="?", help="eurofxref CSV or XML, as the ECB publishes it")
    take_home(rates, fund=False)
    rates.set_defaults(run=_take)


def _take(arguments: argparse.Namespace) -> None:
    home = home_of(arguments)
    if arguments.file is not None:
        if arguments.file.stat().st_size > LIMIT:
            raise InputError(N_("This is not a file of the ECB's euro reference rates."))
        taken = take_rates(home, terminal.read_bytes(arguments.file))
        terminal.say(f"Taken in: {len(taken.days)} days, the newest {taken.newest}.")
    table = rates_of(home)
    terminal.say(f"Rates reach to {table.newest}, in {len(table.quoted)} currencies.")
    terminal.say("Foreign gifts by card are refused when that is more than four days ago.")
