"""`panah card`: read Stripe's balance reports on a member's own machine and write what two members sign.

Promises: nothing is sent anywhere; names and texts in the report are not read. Two members who import the same days
get the same bytes, and see so by the fingerprint.
"""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path
from typing import Any

from panah.cli import terminal
from panah.cli.member import fingerprint
from panah.core import statement
from panah.core.money import Money
from panah.errors import N_, InputError
from panah.proof import leaf
from panah.rails.card import report


def register(commands: Any) -> None:
    """Add `card` and its command."""
    card = commands.add_parser("card", help="read Stripe's balance reports on your own machine")
    inner = card.add_subparsers(metavar="COMMAND", title="commands", required=True)
    take = inner.add_parser("import", help="make the statements of fees and payouts from CSV exports")
    take.add_argument("files", nargs="+", type=Path, metavar="FILE", help="balance reports, in any order")
    take.add_argument("--fund", required=True, metavar="ORIGIN", help="the fund's origin, such as fund.example/2021")
    take.add_argument("--from", dest="since", type=dt.date.fromisoformat, required=True, help="first whole day (UTC)")
    take.add_argument("--upto", type=dt.date.fromisoformat, required=True, help="last whole day (UTC)")
    take.add_argument("--to", default="assets:bank", help="account that payouts go to (default: assets:bank)")
    take.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the statement files")
    take.set_defaults(run=_import)


def _import(arguments: argparse.Namespace) -> None:
    if not arguments.since <= arguments.upto < dt.datetime.now(dt.UTC).date():
        raise InputError(
            N_("Name whole days that are over: --from DAY --upto DAY."), hint=N_("Today's rows are not complete yet.")
        )
    rows = [row for path in arguments.files for row in report.read(terminal.read_bytes(path))]
    found = report.build(rows, arguments.fund, arguments.since, arguments.upto, arguments.to)
    arguments.out.mkdir(parents=True, exist_ok=True)
    for body in found.bodies:
        name = f"{body['day']}-{leaf.kind(body)}-{body['cur'].lower()}.json"
        terminal.replace(arguments.out / name, statement.Signed(body).to_text())
        terminal.say(f"{name}  {_sum(body)}  fingerprint {fingerprint(body)}")
    terminal.say(f"{found.rows} rows from {arguments.since} to {arguments.upto}: {len(found.bodies)} statements.")
    for day in found.negative:
        terminal.say(f"Note: on {day} more was given back than taken; that day needs a person.")
    terminal.say("The other member's import of the same days must show the same fingerprints; then both sign each:")
    terminal.say(f"  panah member sign {arguments.out}/FILE --key KEYFILE")


def _sum(body: dict[str, Any]) -> str:
    return str(Money(body["amount"] if "amount" in body else body["out"], body["cur"]))
