"""`panah mirror URL DIR`: keep a checked copy of a fund's published files, for any web server to serve.

Exit codes: 0 with `--once`: the copy is up to date; 1 the fund shows another history or another account than before,
and the last good copy stays; 2 can't be read now. Without `--once` it looks every 30 seconds until it is ended.
"""

from __future__ import annotations

import datetime as dt
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from panah.cli import terminal
from panah.errors import InputError, ProofError
from panah.verify.mirror import Mirror
from panah.verify.sources import find_fund

if TYPE_CHECKING:
    import argparse

    from panah.errors import PanahError
    from panah.verify.mirror import Turn

EVERY: Final = 30
"""Seconds from look to look: what is withdrawn is gone from every mirror within a minute."""


def register(commands: Any) -> None:
    """Add `mirror`."""
    mirror = commands.add_parser("mirror", help="keep a checked copy of a fund's published files")
    mirror.add_argument("place", metavar="URL|DIR", help="the fund's address")
    mirror.add_argument("folder", metavar="DIR", type=Path, help="the mirror's folder; a web server serves DIR/public")
    mirror.add_argument("--once", action="store_true", help="look once and end")
    mirror.add_argument("--fund", default="", metavar="FINGERPRINT", help="the fund that it must be")
    mirror.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Keep the copy."""
    ended = threading.Event()
    with Mirror(arguments.folder, fund=arguments.fund).alone() as mirror:
        if arguments.once:
            return _look(mirror, arguments.place, arguments.folder)
        signal.signal(signal.SIGTERM, lambda *_: ended.set())
        last = ""
        while not ended.is_set():
            try:
                _look(mirror, arguments.place, arguments.folder)
                last = ""
            except (InputError, ProofError) as error:
                last = _tell_once(error, last)
            ended.wait(EVERY)
    return 0


def _look(mirror: Mirror, place: str, folder: Path) -> int:
    turn = mirror.look(find_fund(place), dt.datetime.now(dt.UTC).date())
    if turn.alarms:
        _alarm(turn, place, folder)
        return 1
    if turn.is_first:
        terminal.say(f"A mirror of {place}, to be served from {folder / 'public'}. The fund's fingerprint:")
        terminal.say(f"  {turn.fingerprint}")
        terminal.say("Compare it with one that you got another way.")
    return 0


def _tell_once(error: PanahError, last: str) -> str:
    if error.text() != last:
        terminal.say_error(error)
    return error.text()


def _alarm(turn: Turn, place: str, folder: Path) -> None:
    terminal.say(f"ALARM: {place} does not keep what it showed before, or what its members signed.")
    for one in turn.alarms:
        where = f" [{one.where()}]" if one.where() else ""
        terminal.say(f"  - {one.text()}{where}")
    terminal.say(f"The mirror goes on showing the last good state. What proves it is in {folder / 'kept'}.")
    sys.stdout.flush()
