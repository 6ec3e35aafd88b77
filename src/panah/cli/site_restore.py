"""`panah site restore` and `panah site replay`: the way back from a backup.

Restoring refuses to write over a home, refuses to go on from a backup before the longest known log was taken in, and
lets nothing be signed before the fund's providers have told what happened since. What nobody can know is said in
plain words.
"""

from __future__ import annotations

import argparse
import datetime as dt
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connections

from panah.cli import terminal
from panah.cli.site_backup import check_copy, lay_out, run_postgresql, unpack, unpacked
from panah.cli.site_home import hold_home, home_of, open_fund, take_home
from panah.errors import N_, InputError, RefusedError
from panah.site.funds.adoption import adopt, rebuild_log
from panah.site.funds.switches import adopt_switches
from panah.site.gifts import replaying, returning
from panah.site.gifts.providers import pull_rail
from panah.site.home import read_site
from panah.site.relay.actions import leap
from panah.storage.funds import FundHome, list_funds
from panah.storage.writer import stop_writers, writer_for
from panah.verify.sources import open_source

if TYPE_CHECKING:
    from panah.site.gifts.replaying import Replayed


def register(inner: Any) -> None:
    """Add the commands."""
    restore = inner.add_parser("restore", help="make a home from a backup")
    restore.add_argument("file", type=Path)
    restore.add_argument("--mirror", action="append", default=[], metavar="URL|DIR", help="copies of the fund's pages")
    restore.add_argument(
        "--this-is-the-newest", action="store_true", dest="newest",
        help="nobody has a longer log: sign on from the backup, and answer for it",
    )  # fmt: skip
    take_home(restore)
    restore.set_defaults(run=_restore)
    replay = inner.add_parser("replay", help="after a restore: ask providers what happened since the backup")
    replay.add_argument(
        "--without", default="", metavar="RAIL",
        help="this provider can't be asked any more: sign on without it, and answer for it",
    )  # fmt: skip
    take_home(replay)
    replay.set_defaults(run=_replay)


# -- restore

_UNKNOWN: Final = (
    "What this file alone can't tell:",
    "  - whether the log grew after it: signing on would then be a second history, and every giver's proof,",
    "    every mirror and every watcher would show this fund as a forger, for good;",
    "  - which gifts were acknowledged after it: they would be missing from the books;",
    "  - which texts were withdrawn and which switches were pulled after it: texts would be shown, gifts taken again.",
    "Ask members' and sibling funds' mirrors, watchers (newest.checkpoint) and the old disk first.",
)
_AFTERWARDS: Final = (
    "Before gifts are taken again: members send the bank lists of the last weeks once more (lines that are known",
    "  are doubles and change nothing).",
    "What nobody can know: refunds that givers asked for after the backup (their pages let them ask again); disputes",
    "  after it that no copy's log has (send their events again from Stripe's dashboard); transfers that were promised",
    "  after it and are in no copy's log (one that arrives is booked without its giver's code).",
)
_SENT_PERHAPS: Final = (
    "  Sent back by hand perhaps: look at the account before you send anything, panah site requests lists them.",
)
_NO_SWITCH: Final = (
    "  No copy tells which switches are pulled: a pause after the backup is forgotten. If a member pulled one, hand it",
    "  in again before you serve: panah site publish pause.signed.json.",
)


def _restore(arguments: argparse.Namespace) -> None:
    home = home_of(arguments)
    if list_funds(home):
        raise RefusedError(
            N_("There is a fund under %(home)s already: nothing is written over it."),
            hint=N_("Name an empty folder with --home."), home=str(home),
        )  # fmt: skip
    files, made = unpack(arguments.file)
    if not arguments.mirror and not arguments.newest:
        _refuse_unknown(arguments.file)
    with hold_home(home):
        lay_out(home, files)
        try:
            funds = [fund for fund in list_funds(home) if arguments.fund in {"", fund.slug}]
            for fund in funds:
                _bring_back(fund, _mirrors_of(home, fund, arguments.mirror, alone=len(funds) == 1), made)
        except BaseException:
            # A home that is half restored must never start to sign.
            (home / "funds").rename(home / f"funds.not-restored-{dt.datetime.now(dt.UTC):%Y%m%d%H%M%S}")
            raise
        finally:
            stop_writers()
    for line in _AFTERWARDS:
        terminal.say(line)
    terminal.say(f"Restored into {home}. Look at it before you serve it: panah site doctor --home {home}")


def _refuse_unknown(path: Path) -> None:
    """Say what nobody can know from a backup alone, before anything is made of it."""
    with unpacked(path) as folder:
        heads = [check_copy(fund) for fund in list_funds(folder)]
    for line in [f"This backup holds: {'; '.join(heads)}.", *_UNKNOWN]:
        terminal.say(line)
    raise RefusedError(
        N_("Leaves may have been signed after this backup was made, so nothing is signed on from it."),
        hint=N_("Name every copy you know with --mirror URL, or pass --this-is-the-newest when there is none."),
    )


def _mirrors_of(home: Path, fund: FundHome, places: list[str], *, alone: bool) -> list[str]:
    """Find this fund below each place: where a site of several funds has it, or in a folder like `public/`.

    A folder that holds other funds alone is no mirror of this one. Raises `InputError` when none is left.
    """
    prefix = "" if alone else read_site(home).prefix(fund.slug).strip("/")
    found = []
    for place in places:
        root = Path(place)
        if not root.is_dir():
            found.append(f"{place.rstrip('/')}/{prefix}" if prefix else place)
            continue
        below = [folder for name in (fund.slug, prefix) if (folder := root / name / "log").is_dir()]
        found += [str(folder.parent) for folder in below[:1]] or ([place] if alone else [])
    if places and not found:
        raise InputError(
            N_("None of these copies holds the fund %(fund)s."),
            hint=N_("Name a folder that has it under its own name, or restore one fund at a time: --fund NAME."),
            fund=fund.slug,
        )  # fmt: skip
    return found


def _bring_back(fund: FundHome, mirrors: list[str], made: dt.datetime) -> None:
    dump = fund.folder / "fund.pgdump"
    if dump.is_file():
        if not settings.PANAH_DATABASE:
            raise InputError(N_("This backup is of PostgreSQL."), hint=N_("Set PANAH_DATABASE to an empty database."))
        run_postgresql("pg_restore", "--no-owner", f"--dbname={urlsplit(settings.PANAH_DATABASE).path.lstrip('/')}",
                        given=dump.read_bytes())  # fmt: skip
        dump.unlink()
    open_fund(fund.home, fund.slug)
    size = rebuild_log(fund)
    terminal.say(f"{fund.slug}: {size} leaves, as signed.")
    now = dt.datetime.now(dt.UTC)
    providers = replaying.await_replay(fund, made)
    if not _take_in(fund, mirrors, now):
        for line in _NO_SWITCH:
            terminal.say(line)
    if not list(fund.folder.glob("log*.key")):
        terminal.say(f"  The log's key is not in the backup: put it back as {fund.log_key} (mode 0600).")
    for name in providers:
        terminal.say(f"  {name}: its provider has yet to be asked what happened since; until then nothing is signed.")
        terminal.say("    Put its key back, then: panah site replay. The site asks by itself, too, when it is served.")
    writer_for(fund).submit(returning.take_as_sent)
    writer_for(fund).submit(leap)
    if returning.perhaps_sent(fund):
        for line in _SENT_PERHAPS:
            terminal.say(line)
    connections[fund.alias].close()


def _take_in(fund: FundHome, mirrors: list[str], now: dt.datetime) -> bool:
    """Take in what copies have more; tell whether one of them shows which switches are pulled."""
    told = False
    for place in mirrors:
        source = open_source(place)
        more, switches = adopt(fund, source, now), adopt_switches(fund, source, now.date())
        terminal.say(f"  {place}: {more} leaves more were taken in." if more else f"  {place}: nothing newer.")
        if switches:
            terminal.say(f"  {switches} switches are pulled there, and here now too; two members resume.")
        told = told or switches is not None
    return told


# -- what providers know


def _replay(arguments: argparse.Namespace) -> int:
    fund, _ = open_fund(home_of(arguments), arguments.fund)
    try:
        if arguments.without:
            replaying.go_on_without(fund, arguments.without)
            terminal.say(f"The log goes on without what the provider of {arguments.without} knows.")
        told = replaying.replay_due(fund, partial(pull_rail, fund), dt.datetime.now(dt.UTC))
    finally:
        stop_writers()
    for name, done in told.items():
        terminal.say(f"{name}: {_tell(done)}")
    if not told and not arguments.without:
        terminal.say("No provider has to be asked.")
    return 1 if replaying.waiting(fund) else 0


def _tell(done: Replayed | None) -> str:
    if done is None:
        return "no key, or no full answer: nothing is signed yet. Try again (panah site doctor looks at the key)."
    parts = [
        f"{done.facts} facts read: {done.booked} gifts booked, {done.undone} taken back, {done.refused} refused",
        f"{done.open} open visits known again",
    ]
    if done.unknown:
        parts.append(f"{done.unknown} facts are of other gifts than this fund's, or can't be booked any more")
    if done.later:
        parts.append(f"{done.later} wait (for exchange rates? panah site rates), so it is asked once more")
    return "; ".join(parts) + "."
