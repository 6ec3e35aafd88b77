"""`panah site`: everything a host does with a fund, from the charter to a backup.

Django is set up when this module is loaded: `cli/main.py` loads it only for `panah site`. What members
decided comes in as files with their signatures; no command takes a decision in their place.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from panah.cli import django_ready, site_backup, site_care, site_gifts, site_rates, site_restore, site_serve, terminal
from panah.cli.site_home import home_of, open_fund, take_home
from panah.core import statement
from panah.core.charter import Charter
from panah.core.money import Money
from panah.errors import N_, InputError
from panah.proof import canonical
from panah.site.funds.actions import carry_out, found, prepare_key
from panah.site.funds.images import redraw
from panah.site.funds.texts import Attached
from panah.site.gifts.queries import fund_rules
from panah.site.home import Site, read_site, write_site
from panah.storage.funds import FundHome, list_funds
from panah.storage.sequencer import sequence
from panah.storage.writer import stop_writers

if TYPE_CHECKING:
    from panah.core.statement import Signed
    from panah.site.gifts.banking import ListOutcome

assert django_ready.READY  # imported first: it sorts before everything that needs it

Commands = Any
"""argparse's table of subcommands; its class is private to argparse."""


def register(commands: Commands) -> None:
    """Add `site` and its commands."""
    site = commands.add_parser("site", help="run a fund's public site")
    inner = site.add_subparsers(metavar="COMMAND", title="commands", required=True)

    init = inner.add_parser("init", help="found a fund from a charter that every founding member signed")
    init.add_argument("--charter", type=Path, required=True, help="charter.toml")
    init.add_argument("--signed", type=Path, nargs="+", required=True, help="charter.signed.json of the members")
    init.add_argument("--slug", default="", help="short name on this host (default: from the origin)")
    init.add_argument("--primary", action="store_true", help="serve it at / (the first fund is)")
    init.add_argument("--address", default="", help="address of this site, such as https://fund.example")
    take_home(init, fund=False)
    init.set_defaults(run=_found)

    _add_publish(inner, "publish", "carry out statements that members signed", "")
    for kind in ("life", "amend", "close"):
        _add_publish(inner, kind, f"carry out a signed {kind} statement", kind)
    _add_publish(inner, "bank-list", "book a bank list that two members signed", "bank-list")

    key = inner.add_parser("key", help="make the log's next key, for two members to sign a key statement")
    take_home(key)
    key.set_defaults(run=_make_key)

    image = inner.add_parser("image", help="draw a picture anew, with nothing but its pixels")
    image.add_argument("file", type=Path)
    image.add_argument("--out", type=Path, required=True, help="the copy: sign its hash, publish it")
    image.set_defaults(run=_redraw)

    site_care.register(inner)
    site_gifts.register(inner)
    site_backup.register(inner)
    site_restore.register(inner)
    site_serve.register(inner)
    site_rates.register(inner)


def _add_publish(inner: Commands, name: str, summary: str, kind: str) -> None:
    parser = inner.add_parser(name, help=summary)
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="signed statement files")
    if kind == "":
        parser.add_argument("--text", type=Path, help="with an update: its text (default: ID.content.json beside)")
        parser.add_argument("--image", type=Path, action="append", default=[], help="with an update: a redrawn picture")
    take_home(parser)
    parser.set_defaults(run=_publish, kind=kind, text=None, image=[])


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _slug_of(origin: str) -> str:
    words = "".join(c if c.isascii() and c.isalnum() else "-" for c in origin.lower()).strip("-")
    return words[:39].strip("-")


def _found(arguments: argparse.Namespace) -> None:
    home = home_of(arguments)
    charter = Charter.from_toml(terminal.read_text(arguments.charter), today=_now().date())
    signed = statement.merge([statement.read(terminal.read_text(path)) for path in arguments.signed])
    if canonical.encode(signed.body) != canonical.encode(charter.body()):
        raise InputError(
            N_("The signatures are over another charter than this file."),
            hint=N_("Every member signs the charter as it stands now: panah member sign charter.toml."),
        )
    for warning in charter.warnings():
        terminal.say_problem(warning, sys.stderr)
    fund = FundHome(home, arguments.slug or _slug_of(charter.origin))
    try:
        found(fund, signed, _now(), settings.PANAH_DATABASE)
        sequence(fund)
    finally:
        stop_writers()
    site = read_site(home)
    primary = fund.slug if arguments.primary or not site.primary else site.primary
    write_site(Site(home, primary, arguments.address or site.address))
    _say_founded(fund, charter)


def _say_founded(fund: FundHome, charter: Charter) -> None:
    rules = open_fund(fund.home, fund.slug)[1]
    terminal.say(f"Founded: {charter.title}, as {fund.slug}. It is a draft and takes no gifts yet.")
    terminal.say(f"Fingerprint: {rules.leaf0.hex()}")
    terminal.say(f"Key of the log: {rules.vkey}")
    terminal.say("Two members open it, and so confirm this key:")
    terminal.say(f"  panah member write life --fund {charter.origin} --to open --vkey '{rules.vkey}'")
    terminal.say("  panah member sign life.json --key KEYFILE")
    terminal.say("  panah site life life.signed.json …")
    if len(list_funds(fund.home)) > 1:
        terminal.say(f"A site that is running shows {fund.slug} after it was started anew.")


def _publish(arguments: argparse.Namespace) -> None:
    fund, rules = open_fund(home_of(arguments), arguments.fund)
    signed = _group([(path, statement.read(terminal.read_text(path))) for path in arguments.files])
    for _, one in signed:
        if arguments.kind and one.kind != arguments.kind:
            raise InputError(
                N_("This is a statement of the kind %(kind)s."),
                hint=N_("panah site publish takes every kind."), kind=one.kind,
            )  # fmt: skip
    try:
        for path, one in signed:
            attached = _attached(arguments, path, one) if one.kind == "update" else None
            outcome = carry_out(fund, one, _now(), attached)
            terminal.say(f"Carried out: {one.kind}, signed by {', '.join(sorted(one.sig))}.")
            if outcome is not None:
                _say_list(outcome, str(rules.charter["currency"]))
        rules = fund_rules(fund)
    finally:
        stop_writers()
    terminal.say("A running site shows it within seconds, otherwise when it is started.")
    if rules.notice is not None:
        terminal.say(f"NOTICE: {site_care.tell_notice(rules)}.")


def _group(files: Sequence[tuple[Path, Signed]]) -> list[tuple[Path, Signed]]:
    """Unite files over one body, in the order in which the bodies came."""
    groups: dict[bytes, list[tuple[Path, Signed]]] = {}
    for path, one in files:
        groups.setdefault(canonical.encode(one.body), []).append((path, one))
    return [(group[0][0], statement.merge([one for _, one in group])) for group in groups.values()]


def _attached(arguments: argparse.Namespace, path: Path, one: Signed) -> Attached:
    text = arguments.text or path.parent / f"{one.body.get('id', '')}.content.json"
    data = terminal.read_bytes(text) if text.is_file() else b""
    return Attached(data, tuple(terminal.read_bytes(image) for image in arguments.image))


def _say_list(outcome: ListOutcome, currency: str) -> None:
    counted, held = Money(outcome.counted, currency), Money(outcome.held, currency)
    terminal.say(f"  booked: {outcome.booked}   already known: {outcome.doubles}   undone: {outcome.undone}")
    terminal.say(f"  counted: {counted}   held past the goal: {held}")
    for line in outcome.unknown:
        terminal.say(f"  not booked, its original is not here: {line}")
    for line, foreign, why in outcome.waiting:
        terminal.say(f"  waits, in {foreign}, {why}: {line}")


def _make_key(arguments: argparse.Namespace) -> None:
    fund, rules = open_fund(home_of(arguments), arguments.fund)
    vkey = prepare_key(fund)
    terminal.say(f"New key of the log: {vkey}")
    terminal.say(f"Two members sign it: panah member write key --fund {rules.origin} --vkey '{vkey}'")
    terminal.say("Until then the old key goes on signing.")


def _redraw(arguments: argparse.Namespace) -> None:
    began = time.monotonic()
    copy = redraw(terminal.read_bytes(arguments.file))
    terminal.write_new(arguments.out, copy, 0o644)
    terminal.say(f"Drawn anew: {arguments.out}, {len(copy) // 1024} kB, in {time.monotonic() - began:.1f} s.")
