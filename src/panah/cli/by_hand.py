"""`panah member write cash-gift` and `exchange`: gifts that members enter, for two of them to sign.

A receipt code made here is shown once and kept nowhere: it is written on paper and handed to the giver. An exchange
is two files over one receipt: what the site books, and the leaf that moves the money between the fund's accounts.
"""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path
from typing import Any, Final

from panah.cli import terminal
from panah.cli.write import add_kind, origin_of, read_money, write_out
from panah.errors import N_, InputError
from panah.proof.note import encode_base64
from panah.rails.cash import entry
from panah.rails.cash.entry import Received
from panah.seal.receipt import commitment, group, new_code

_NAMES: Final = frozenset({"ref", "rc", "line"})


def register(kinds: Any) -> None:
    """Add the two kinds to `panah member write`."""
    cash = add_kind(kinds, "cash-gift")
    cash.add_argument("--amount", required=True, help='what was handed over, such as "50 EUR"')
    code = cash.add_mutually_exclusive_group()
    code.add_argument("--new-code", action="store_true", help="make a receipt code, to hand over on paper")
    code.add_argument("--rc", help="commitment of a code that the giver has already")
    cash.set_defaults(run=_write_cash)

    exchange = add_kind(kinds, "exchange")
    exchange.add_argument("--rail", required=True, help="rail that the gifts came by: cash or bank")
    exchange.add_argument(
        "--gift", action="append", required=True, metavar='"AMOUNT CODE DAY …"',
        help='one gift, such as "5000 AFN 2026-11-18"; may end in ref=RF…, rc=… or line=… (the line id of a bank list)',
    )  # fmt: skip
    exchange.add_argument("--received", required=True, help='what came for all of them, such as "65.20 EUR"')
    exchange.add_argument("--to", required=True, help="account where it is now, such as assets:bank")
    exchange.add_argument(
        "--receipt", type=Path, required=True, help="scan or photo of the exchange receipt; stays here"
    )
    exchange.set_defaults(run=_write_exchange)


def _write_cash(arguments: argparse.Namespace) -> None:
    rc = arguments.rc or ""
    code = new_code() if arguments.new_code else ""
    if code:
        rc = encode_base64(commitment(code))
    body = entry.cash_gift(origin_of(arguments.fund), _day(arguments), read_money(arguments.amount), rc)
    write_out(body, arguments.out or Path("cash-gift.json"))
    if code:
        terminal.say(f"Receipt code: {group(code)}")
        terminal.say("Write it on paper and hand it to the giver. It is shown only now, and kept nowhere.")


def _write_exchange(arguments: argparse.Namespace) -> None:
    gifts = [_read_gift(text) for text in arguments.gift]
    receipt = terminal.read_bytes(arguments.receipt)
    got = read_money(arguments.received)
    body = entry.exchange(origin_of(arguments.fund), _day(arguments), arguments.rail, gifts, got, receipt)
    out = arguments.out or Path("exchange.json")
    write_out(body, out)
    write_out(entry.settle(body, arguments.to), out.with_name(f"{out.stem}.settle.json"))
    terminal.say("Keep the receipt: its hash stands in the log, and the auditor asks for it.")


def _day(arguments: argparse.Namespace) -> dt.date:
    day: dt.date = arguments.day or dt.datetime.now(dt.UTC).date()
    return day


def _read_gift(text: str) -> Received:
    words = text.split()
    pairs = dict(word.partition("=")[::2] for word in words[3:])
    if len(words) >= 3 and pairs.keys() <= _NAMES and len(pairs) == len(words) - 3:
        try:
            return Received(read_money(f"{words[0]} {words[1]}"), dt.date.fromisoformat(words[2]), **pairs)
        except ValueError:
            pass  # no day: told below
    raise InputError(
        N_("This is not a gift: %(text)s."),
        hint=N_('Write for example "5000 AFN 2026-11-18", and ref=RF… behind it where there is one.'),
        text=text[:60],
    )
