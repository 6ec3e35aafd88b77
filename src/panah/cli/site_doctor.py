"""What `panah site doctor` looks at. Each finding says what is wrong and how to mend it."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import run_checks
from django.db import DatabaseError, connections

from panah.cli.site_card import look_at_card
from panah.cli.site_home import is_served, open_fund
from panah.cli.site_intake import look_at_intake
from panah.cli.site_rates import look_at_rates
from panah.errors import PanahError
from panah.proof.checkpoint import open_checkpoint
from panah.proof.note import VerifyKey
from panah.proof.tiles import root_from_tiles
from panah.site.gifts.replaying import waiting
from panah.site.gifts.returning import perhaps_sent
from panah.site.home import read_site
from panah.storage.funds import list_funds
from panah.storage.logkey import read_log_key

if TYPE_CHECKING:
    from panah.storage.funds import FundHome
    from panah.storage.rows import FundRules

LEAST_FREE: Final = 1024**3
ROSTER_WARNING: Final = dt.timedelta(days=30)
BANK_WARNING: Final = dt.timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong: where, what, and how to mend it."""

    place: str
    what: str
    mend: str


def examine(home: Path) -> list[Finding]:
    """Look at a home and all its funds."""
    settings.PANAH_HOME = home  # the checks look at the home that was named
    found = [Finding("settings", f"{m.id}: {m.msg}", m.hint or "") for m in run_checks()]
    if not home.is_dir() or not list_funds(home):
        return [
            *found,
            Finding(str(home), "There is no fund here.", "Found one: panah site init, or name another --home."),
        ]
    found += _look_at_machine(home)
    for fund in list_funds(home):
        found += _look_at_files(fund)
        try:
            opened, rules = open_fund(home, fund.slug)
            found += [*_look_at_log(opened, rules), *_look_at_team(rules), *_look_at_moment(opened, rules)]
            found += _look_at_demo(fund, rules, read_site(home).address)
            found += [Finding(fund.slug, what, mend) for what, mend in look_at_card(opened, rules, read_site(home))]
            found += [Finding(fund.slug, what, mend) for what, mend in look_at_rates(home, rules)]
            found += _look_at_restore(opened)
            found += [Finding(fund.slug, what, mend) for what, mend in look_at_intake(opened, rules)]
        except (PanahError, DatabaseError, OSError) as error:
            what = error.text() if isinstance(error, PanahError) else f"It can't be read: {type(error).__name__}."
            mend = error.hint_text() if isinstance(error, PanahError) else ""
            found.append(Finding(fund.slug, what, mend or "Restore the fund from a backup: panah site restore."))
    return found


def _look_at_machine(home: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(home).free
    if free < LEAST_FREE:
        yield Finding(str(home), f"Only {free // 1024**2} MB are free.", "Make room: a full disk stops the log.")
    heads = [fund.log / "checkpoint" for fund in list_funds(home)]
    newest = max((path.stat().st_mtime for path in heads if path.is_file()), default=0)
    if time.time() < newest - 60:
        yield Finding("clock", "The clock is behind the newest checkpoint.", "Set it, and keep it by NTP.")
    if not is_served(home):
        yield Finding("server", "No process serves this home now.", "Start it: panah site serve.")


def _look_at_files(fund: FundHome) -> Iterator[Finding]:
    for path in [fund.folder, *sorted(fund.folder.iterdir())]:
        mode = stat.S_IMODE(path.stat().st_mode)
        secret = path == fund.folder or path.suffix in {".key", ".secret", ".webhook"}
        if secret and mode & 0o077:
            yield Finding(str(path), f"Others on this machine can read it (mode {mode:o}).", f"chmod go-rwx {path}")
        if path.stat().st_uid != os.geteuid():
            yield Finding(
                str(path), "It belongs to another user.", f"Run Panah as that user, or: chown -R $USER {fund.folder}"
            )


def _look_at_log(fund: FundHome, rules: FundRules) -> Iterator[Finding]:
    with connections[fund.alias].cursor() as cursor:
        cursor.execute("SELECT size, note FROM storage_loghead WHERE id = 1")
        size, note = cursor.fetchone()
    read_log_key(fund, rules.origin, rules.vkey)
    if not size:
        yield Finding(fund.slug, "The log is empty.", "Start the site once: panah site serve.")
        return
    restore = "Stop the site and restore: panah site restore."
    path = fund.log / "checkpoint"
    if not path.is_file() or path.read_bytes() != bytes(note):
        yield Finding(
            fund.slug,
            "The published checkpoint is not the database's newest.",
            "Restart the site; it writes the file anew.",
        )
    head = open_checkpoint(bytes(note), [VerifyKey.parse(rules.vkey)])
    try:
        root = root_from_tiles(lambda name: (fund.log / name).read_bytes(), size)
    except (PanahError, OSError) as error:
        yield Finding(fund.slug, f"A file of the log is missing or damaged: {type(error).__name__}.", restore)
        return
    if root != head.root:
        yield Finding(fund.slug, "The log's files do not add up to its signed head.", restore)


def _look_at_team(rules: FundRules) -> Iterator[Finding]:
    roster: Any = rules.roster
    left = dt.date.fromisoformat(roster["until"]) - dt.datetime.now(dt.UTC).date()
    if left < dt.timedelta(0):
        yield Finding(
            rules.slug,
            f"The roster ended on {roster['until']}.",
            "Two members sign a new one: panah member write roster.",
        )
    elif left < ROSTER_WARNING:
        yield Finding(
            rules.slug,
            f"The roster ends in {left.days} days.",
            "Two members sign a new one: panah member write roster.",
        )


def _look_at_moment(fund: FundHome, rules: FundRules) -> Iterator[Finding]:
    charter: Any = rules.charter
    today = dt.datetime.now(dt.UTC).date()
    with connections[fund.alias].cursor() as cursor:
        cursor.execute("SELECT c.state, c.bank_upto, h.size FROM storage_counter c, storage_loghead h")
        state, upto, _ = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM storage_entry WHERE leaf IS NULL")
        pending = cursor.fetchone()[0]
    age = time.time() - (fund.log / "checkpoint").stat().st_mtime if (fund.log / "checkpoint").is_file() else 0
    if pending and age > 3 * int(charter["batch"]) + 60:
        yield Finding(
            fund.slug, f"{pending} entries wait, the checkpoint is {age / 3600:.1f} hours old.", "Restart the site."
        )
    read = dt.date.fromisoformat(str(upto)[:10]) if upto else None
    if "bank" in charter["rails"] and state in {"open", "met"} and (read is None or today - read > BANK_WARNING):
        yield Finding(
            fund.slug,
            f"The bank's statement was read up to {read or 'no day yet'}.",
            "Two treasurers import it: panah bank import.",
        )


def _look_at_restore(fund: FundHome) -> Iterator[Finding]:
    for rail in waiting(fund):
        yield Finding(
            fund.slug,
            f"panah.W011: Restored from a backup, and the provider of {rail} was not asked yet: nothing is signed.",
            f"Put its key back, then: panah site replay. If it is gone for good: panah site replay --without {rail}.",
        )
    if perhaps_sent(fund):
        yield Finding(
            fund.slug,
            "panah.W012: Refunds by hand from before the restore may or may not have gone out.",
            "Look at the account, then: panah site requests.",
        )


def _look_at_demo(fund: FundHome, rules: FundRules, address: str) -> Iterator[Finding]:
    charter: Any = rules.charter
    host = urlsplit(address).hostname or ""
    local = host in {"", "localhost", "127.0.0.1", "::1"} or host.endswith(".invalid")
    if "fake" in charter["rails"] and not local:
        yield Finding(fund.slug, f"This demo fund stands at {address}, where people may take it for a real one.",
                      "Found a fund of your own, or serve the demo on 127.0.0.1 only.")  # fmt: skip
    if charter["demo"] != 1 and not address:
        yield Finding(
            fund.slug,
            "site.toml names no address, so mirrors can't lead givers here.",
            'Write address = "https://…" into site.toml.',
        )
