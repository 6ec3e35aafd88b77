"""`panah bank`: read bank statements on a member's own machine and write the list that two members sign.

Promises: nothing is sent anywhere; names, texts and accounts stay in files that only their owner can read, and the
report on the screen has none of them. The list is an unsigned statement body; `panah member sign` signs it.
"""

from __future__ import annotations

import argparse
import base64
import datetime as dt
import json
import os
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from panah.cli import terminal
from panah.cli.member import fingerprint
from panah.core import statement
from panah.core.charter import Charter
from panah.core.money import EXPONENTS, Money
from panah.errors import N_, InputError
from panah.proof import leaf
from panah.rails.bank import columns, csvmap, droprules, formats, lines, listing, unmatched
from panah.rails.bank.epc import check_iban

if TYPE_CHECKING:
    from panah.rails.bank.lines import Line, Statement
    from panah.rails.bank.listing import Listing

_SHARE: Final = (
    "Made a new salt: {path}. Give this file to the second treasurer by a safe channel (not by mail), "
    "and keep it: without it their list can't equal yours, and old lines would look new."
)


def register(commands: Any) -> None:
    """Add `bank` and its commands."""
    bank = commands.add_parser("bank", help="read bank statements on your own machine")
    inner = bank.add_subparsers(metavar="COMMAND", title="commands", required=True)

    take = inner.add_parser("import", help="make the list of gifts from camt.053, MT940 or CSV files")
    take.add_argument("files", nargs="+", type=Path, metavar="FILE", help="statement files, in any order")
    take.add_argument("--charter", type=Path, help="the signed charter or its leaf: names fund, account, currency")
    take.add_argument("--iban", help="instead of --charter: the fund's account")
    take.add_argument("--currency", help="instead of --charter: the fund's currency")
    take.add_argument(
        "--accepts", action="append", default=[], metavar="CODE", help="instead of --charter: another currency it takes"
    )
    take.add_argument("--origin", help="instead of --charter: the fund's origin")
    take.add_argument("--salt", type=Path, required=True, help="salt file of this fund; made if there is none")
    take.add_argument("--map", type=Path, help="CSV only: the map file (panah bank map)")
    take.add_argument("--rules", type=Path, help="rules for lines that are not the fund's")
    take.add_argument("--queue", type=Path, help="queue file (default: unmatched.json beside --out)")
    take.add_argument("--from", dest="since", type=dt.date.fromisoformat, help="list lines booked on this day or later")
    take.add_argument("--yes", action="store_true", help="drop by the rules without asking")
    take.add_argument("--out", type=Path, required=True, help="list file to write")
    take.set_defaults(run=_import)

    assign = inner.add_parser("assign", help="settle one line of the queue; then import again")
    assign.add_argument("queue", type=Path, metavar="unmatched.json")
    assign.add_argument("--line", type=int, required=True, metavar="N", help="its number")
    how = assign.add_mutually_exclusive_group(required=True)
    how.add_argument("--ref", metavar="RF…", help="it is the gift with this reference")
    how.add_argument("--gift-without-page", action="store_true", help="it is a gift made without visiting the page")
    how.add_argument("--not-a-gift", action="store_true", help="it is no gift")
    assign.set_defaults(run=_assign)

    chart = inner.add_parser("map", help="show a CSV's columns and write a map to fill in")
    chart.add_argument("file", type=Path, metavar="FILE.csv")
    chart.add_argument("--encoding", default="utf-8-sig", help="such as cp1252 or iso-8859-15")
    chart.add_argument("--delimiter", help="such as ; (default: guessed)")
    chart.add_argument("--skip", type=int, default=0, help="lines before the names of the columns")
    chart.add_argument("--out", type=Path, default=Path("bank-map.toml"), help="map file to write")
    chart.set_defaults(run=_map)


def _import(arguments: argparse.Namespace) -> None:
    origin, iban, currencies = _fund(arguments)
    salt = _salt(arguments.salt)
    statements, others = _read_statements(arguments, iban)
    found, doubles = lines.merge(statements)
    upto, gap = lines.covered(statements)
    dropped = _drop(arguments, found)
    queue_path = arguments.queue or arguments.out.with_name("unmatched.json")
    queue = unmatched.read(terminal.read_text(queue_path)) if queue_path.exists() else ()
    made = listing.build(
        found,
        salt,
        origin=origin,
        currency=currencies[0],
        accepts=currencies[1:],
        upto=upto,
        decisions=unmatched.decisions(queue),
        dropped=dropped,
        since=arguments.since,
    )
    renewed = unmatched.renew(queue, made.waiting)
    if renewed:
        _replace_private(queue_path, unmatched.write(renewed))
    terminal.replace(arguments.out, statement.Signed(made.body).to_text())
    _report(made, currencies[0], queue_path, arguments.out)
    _warn(statements, others, doubles, gap)


def _fund(arguments: argparse.Namespace) -> tuple[str, str, tuple[str, ...]]:
    """Give origin, IBAN and the currencies that the fund accepts, its own first."""
    if arguments.charter:
        charter = _read_charter(arguments.charter)
        iban = arguments.iban or charter.rails.get("bank", {}).get("iban")
        if not iban:
            raise InputError(N_("This charter has no bank account."), hint=N_("Name it with --iban."))
        return charter.origin, check_iban(iban), charter.currencies
    if not (arguments.iban and arguments.currency and arguments.origin):
        raise InputError(
            N_("Which fund is this for?"), hint=N_("Give --charter FILE, or all of --iban, --currency and --origin.")
        )
    currencies = (arguments.currency, *arguments.accepts)
    for currency in currencies:
        if currency not in EXPONENTS:
            raise InputError(N_("%(currency)s is not a currency that Panah knows."), currency=currency)
    return arguments.origin, check_iban(arguments.iban), currencies


def _read_charter(path: Path) -> Charter:
    text = terminal.read_text(path)
    if path.suffix == ".toml":
        return Charter.from_toml(text)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(N_("%(path)s is not a charter."), path=path.name) from error
    is_leaf = isinstance(value, dict) and "sig" in value and "body" not in value
    body = value if is_leaf else statement.read(text).body
    if body.get("t") != "panah/1/charter":
        raise InputError(N_("%(path)s is not a charter."), path=path.name)
    leaf.check({"vkey": "stand-in", "sig": [["stand-in", "x"]]} | body)
    return Charter.from_body(body)


def _salt(path: Path) -> bytes:
    if not path.exists():
        terminal.write_new(path, base64.b64encode(secrets.token_bytes(32)) + b"\n")
        terminal.say(_SHARE.format(path=path))
    try:
        return listing.check_salt(base64.b64decode(terminal.read_text(path).strip(), validate=True))
    except ValueError as error:  # not ASCII, or not base64
        raise InputError(
            N_("%(path)s is not a salt file."), hint=N_("A new name makes a new one."), path=path.name
        ) from error


def _read_statements(arguments: argparse.Namespace, iban: str) -> tuple[list[Statement], int]:
    """Read all files; gives the statements of the fund's account, and how many were of others."""
    chart = columns.read_map(terminal.read_text(arguments.map)) if arguments.map else None
    found: list[Statement] = []
    for path in arguments.files:
        try:
            lines.refuse_large(path.stat().st_size)  # before a byte of it is read
            found += formats.read(path.read_bytes(), chart)
        except InputError as error:
            print(terminal.spoken(f"{path.name}:"), file=sys.stderr)
            raise error from None
    own = [one for one in found if not one.account or lines.same_account(one.account, iban)]
    if not own:
        raise InputError(
            N_("None of these statements is of the fund's account."),
            hint=N_("Export the account that the charter names (%(iban)s)."),
            iban=iban,
        )
    return own, len(found) - len(own)


def _drop(arguments: argparse.Namespace, found: tuple[Line, ...]) -> frozenset[str]:
    """Give the ids of lines that the rules drop, once the treasurer agreed."""
    if not arguments.rules:
        return frozenset()
    rules = droprules.read_rules(terminal.read_text(arguments.rules))
    kept, counts = droprules.drop(found, rules)
    for rule, count in zip(rules, counts, strict=True):
        terminal.say(f"Rule “{rule.why}” drops {count} lines.")
    dropped = {line.bank_id for line in found} - {line.bank_id for line in kept}
    if dropped and not arguments.yes and not _agrees():
        raise InputError(N_("Nothing was written."), hint=N_("Change the rules file, then import again."))
    return frozenset(dropped)


def _agrees() -> bool:
    if not sys.stdin.isatty():
        raise InputError(
            N_("The rules drop lines, and nobody is there to agree."), hint=N_("Add --yes if you know these rules.")
        )
    return input("Drop these lines? [y/N] ").strip().lower() in {"y", "yes"}


def _replace_private(path: Path, text: str) -> None:
    scratch = path.with_name(f".{path.name}.{os.getpid()}.new")
    scratch.unlink(missing_ok=True)
    terminal.write_new(scratch, text.encode())
    scratch.replace(path)


def _report(made: Listing, currency: str, queue: Path, out: Path) -> None:
    """Say what was found, in numbers: no name, account or text."""
    counts = made.counts
    waiting = len(made.waiting)
    sums = [Money(counts.total, currency), *(Money(minor, code) for code, minor in sorted(counts.foreign.items()))]
    terminal.say(f"Gifts in the list: {counts.credits}, together {' + '.join(map(str, sums))}")
    terminal.say(
        f"  with a reference: {counts.matched}; settled by hand without one: {counts.credits - counts.matched}"
    )
    terminal.say(f"Returns and corrections in the list: {counts.returns}")
    terminal.say(
        f"Left out: {counts.dropped} by rules, {counts.not_gifts} settled as no gift, {counts.outgoing} outgoing"
    )
    terminal.say(f"Bank read up to: {made.body['upto']}")
    terminal.say(f"List: {out}. Fingerprint: {fingerprint(made.body)}")
    terminal.say("The second treasurer's own import must show the same fingerprint; then both sign:")
    terminal.say(f"  panah member sign {out} --key KEYFILE")
    if waiting:
        terminal.say(f"{waiting} lines wait for you in {queue} (private). Settle each, then import again:")
        terminal.say(f"  panah bank assign {queue} --line N --ref RF… | --gift-without-page | --not-a-gift")


def _warn(statements: list[Statement], others: int, doubles: int, gap: bool) -> None:
    """Say what a treasurer should know about the files."""
    pending = sum(one.pending for one in statements)
    unchecked = sum(1 for one in statements if not one.checked)
    if pending:
        terminal.say(f"Note: {pending} entries are not booked yet; they come with a later statement.")
    if doubles:
        terminal.say(f"Note: {doubles} lines are in more than one statement; each was taken once.")
    if others:
        terminal.say(f"Note: {others} statements are of other accounts; they were not used.")
    if unchecked:
        terminal.say(f"Note: {unchecked} statements have no balances to check their lines against.")
    if gap:
        terminal.say("Note: a statement is missing after that day; the list says so until it is imported too.")


def _assign(arguments: argparse.Namespace) -> None:
    queue = unmatched.read(terminal.read_text(arguments.queue))
    if arguments.ref:
        decision = "".join(arguments.ref.split()).upper()
    else:
        decision = listing.GIFT if arguments.gift_without_page else listing.NOT_A_GIFT
    _replace_private(arguments.queue, unmatched.write(unmatched.settle(queue, arguments.line, decision)))
    left = sum(1 for one in queue if not one.decision and one.number != arguments.line)
    terminal.say(f"Line {arguments.line} is settled; {left} wait. Import the same files again to renew the list.")


def _map(arguments: argparse.Namespace) -> None:
    lines.refuse_large(arguments.file.stat().st_size)
    text = csvmap.decode(arguments.file.read_bytes(), arguments.encoding)
    delimiter = arguments.delimiter or columns.guess_delimiter(text)
    names = csvmap.headers(text, delimiter, arguments.skip)
    terminal.say("Columns:")
    for name in names:
        terminal.say(f"  {name}")
    made = columns.template(names, delimiter, arguments.encoding, arguments.skip)
    terminal.write_new(arguments.out, made.encode(), 0o644)
    terminal.say(f"Written: {arguments.out}. Fill it in, then: panah bank import FILE --map {arguments.out} …")
