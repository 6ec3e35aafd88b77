"""`panah watch URL`: look at a fund and compare with all earlier looks; for cron.

Exit codes: 0 and silence when all is well, 1 an alarm in plain words, 2 can't be read. It looks once and ends:
how often is the timetable's business. Nothing is asked of the site but what any reader asks for.
"""

from __future__ import annotations

import datetime as dt
import os
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from panah.cli import terminal
from panah.verify.sources import find_fund
from panah.verify.watch import Memory, look

if TYPE_CHECKING:
    import argparse

    from panah.verify.findings import Finding


def register(commands: Any) -> None:
    """Add `watch`."""
    watch = commands.add_parser("watch", help="look whether a fund still keeps what it showed before (for cron)")
    watch.add_argument("place", metavar="URL|DIR", help="a fund's address, or a folder with its published files")
    watch.add_argument("--state", type=Path, metavar="DIR", help="where this watcher keeps what it saw")
    watch.add_argument("--fund", default="", metavar="FINGERPRINT", help="the fund that it must be")
    watch.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Look once."""
    source = find_fund(arguments.place)
    folder = arguments.state or _default_folder(source.name)
    folder.mkdir(parents=True, exist_ok=True)
    seen = look(source, Memory.read(folder), dt.datetime.now(dt.UTC).date(), fund=arguments.fund)
    if seen.accounts:
        _tell_accounts(seen.accounts, arguments.place)
    if seen.outside:
        _tell_outside(seen.outside, arguments.place)
    if seen.alarms:
        _alarm(seen.alarms, arguments.place, folder)
    if seen.alarms or seen.outside or seen.accounts:
        return 1
    if seen.unread is not None:
        raise seen.unread
    if seen.is_first:
        terminal.say(f"Watching {seen.facts['origin']} from today, in {folder}. Its fingerprint:")
        terminal.say(f"  {seen.facts['fingerprint']}")
        terminal.say("Compare it with one that you got another way. Put notes and proofs of gifts into notes/ there.")
    return 0


def _default_folder(place: str) -> Path:
    base = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return base / "panah" / "watch" / sha256(place.rstrip("/").encode()).hexdigest()[:16]


def _tell_outside(found: tuple[Finding, ...], place: str) -> None:
    terminal.say(f"NOTICE: {place}: people outside the team act on its roster, as its charter lets them.")
    _list(found)
    terminal.say(
        "If you are of the team and did not lose your keys: two of you sign anything that stands in the log now,"
    )
    terminal.say("such as a renewed roster (panah member write roster). Everybody else: ask the team by another way.")


def _tell_accounts(found: tuple[Finding, ...], place: str) -> None:
    terminal.say(f"NOTICE: {place}: two members signed a change of where gifts go. This is told once.")
    _list(found)
    terminal.say("Before you give to the new account, ask the team by a way that does not go through this page.")


def _list(found: tuple[Finding, ...]) -> None:
    for one in found:
        where = f" [{one.where()}]" if one.where() else ""
        terminal.say(f"  - {one.text()}{where}")


def _alarm(alarms: tuple[Finding, ...], place: str, folder: Path) -> None:
    terminal.say(f"ALARM: {place} does not keep what it showed before, or what its members signed.")
    _list(alarms)
    terminal.say(f"Give nothing there until it is explained. What proves it is in {folder}: keep that folder.")
    terminal.say("Ask the team by a way that does not go through this page, and tell other givers and sibling funds.")
