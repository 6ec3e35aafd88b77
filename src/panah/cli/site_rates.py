"""`panah site rates FILE`: take in the ECB's reference rates, as downloaded."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from panah.cli import terminal
from panah.cli.site_home import home_of, take_home
from panah.core.ratefile import LIMIT
from panah.errors import N_, InputError
from panah.rails.registry import PULL
from panah.site.gifts.foreign import rates_of, take_rates

if TYPE_CHECKING:
    from panah.storage.rows import FundRules


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


def look_at_rates(home: Path, rules: FundRules) -> Iterator[tuple[str, str]]:
    """Give (what is wrong, how to mend it) where foreign gifts by card are refused for want of a rate."""
    charter: Any = rules.charter
    own, today = charter["currency"], dt.datetime.now(dt.UTC).date()
    rails = sorted(name for name in charter["rails"] if name in PULL)
    table = rates_of(home)
    refused = [code for code in charter.get("accepts", []) if table.rate(code, own, today) is None]
    if rails and refused:
        where = f"{', '.join(refused)} by {' and '.join(rails)}"
        yield (
            f"panah.W010: Exchange rates end on {table.newest}, over four days ago: gifts in {where} are refused now.",
            "Download the ECB's eurofxref-hist.csv and take it in: panah site rates FILE.",
        )
