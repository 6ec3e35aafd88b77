"""`panah desk`: a member's own machine joins a fund, runs the desk in the browser, and travels without its keys.

Promises: a desk is founded only on a log that holds from leaf 0, whose fingerprint the member got another way; keys
leave this machine only after a copy elsewhere was read back and opened. Refuses two desks in one folder at once.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from panah.cli import terminal
from panah.desk.process.supervisor import Supervisor, listen
from panah.desk.vault import travelling
from panah.desk.vault.founding import found_desk
from panah.desk.vault.home import Home
from panah.errors import N_, InputError, RefusedError
from panah.seal import recovery
from panah.seal.memberkey import unlock
from panah.verify.sources import find_fund

if sys.platform != "win32":
    import fcntl

IDLE: Final = 10
"""Minutes without anybody after which a desk locks by itself."""
_LONGEST_IDLE: Final = 120


def register(commands: Any) -> None:
    """Add `desk` and its commands."""
    desk = commands.add_parser("desk", help="read and answer what people send, on your own machine")
    inner = desk.add_subparsers(metavar="COMMAND", title="commands", required=True)

    init = inner.add_parser("init", help="found this machine's desk for a fund that you are a member of")
    init.add_argument("--site", required=True, metavar="URL", help="the fund's address")
    init.add_argument("--fingerprint", required=True, help="of leaf 0, as your team told you by another way")
    init.add_argument("--key", type=Path, required=True, help="your key file (panah member new)")
    init.add_argument("--recovery", type=Path, help="the team's recovery plan; needed to open cases")
    init.add_argument("--passphrase-file", type=Path, help="read the passphrase from a file")
    _take_home(init)
    init.set_defaults(run=_init)

    serve = inner.add_parser("serve", help="run the desk; open the link that it prints")
    serve.add_argument("--port", type=int, default=None, help="default: PANAH_DESK_PORT, else any that is free")
    serve.add_argument("--idle", type=int, default=None, help=f"minutes until it locks by itself (default: {IDLE})")
    serve.add_argument("--lang", choices=("en", "fa"), default="en", help="language of the pages (default: en)")
    _take_home(serve)
    serve.set_defaults(run=_serve)

    travel = inner.add_parser("travel", help="take the keys off this machine, or bring them back")
    way = travel.add_mutually_exclusive_group(required=True)
    way.add_argument("--to", type=Path, metavar="DIR", help="where a copy goes first: another disk or stick")
    way.add_argument("--back", type=Path, metavar="DIR", help="bring the keys back from that copy")
    travel.add_argument("--passphrase-file", type=Path, help="read the passphrase from a file")
    _take_home(travel)
    travel.set_defaults(run=_travel)

    plan = inner.add_parser("recovery", help="make the team's recovery: a plan for all, a share for each holder")
    plan.add_argument("--need", type=int, required=True, help="so many shares together open everything")
    plan.add_argument("--of", type=int, required=True, help="so many shares are made")
    plan.add_argument("--drill", action="store_true", help="for practice: opens nothing that is real")
    plan.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder for plan and shares")
    plan.set_defaults(run=_make_recovery)


def _take_home(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--home", type=Path, help="the desk's folder (default: PANAH_DESK, else ~/.local/share/panah-desk)"
    )


def home_of(arguments: argparse.Namespace) -> Path:
    """Give the desk's folder."""
    named: Path | None = arguments.home
    if named is None and os.environ.get("PANAH_DESK"):
        named = Path(os.environ["PANAH_DESK"])
    if named is None:
        named = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "panah-desk"
    return named.resolve()


def _init(arguments: argparse.Namespace) -> None:
    home = Home(home_of(arguments))
    plan = json.loads(terminal.read_text(arguments.recovery)) if arguments.recovery else None
    key_file = terminal.read_bytes(arguments.key)
    member = unlock(key_file, terminal.ask_passphrase(arguments.passphrase_file))
    today = dt.datetime.now(dt.UTC).date()
    site = arguments.site if arguments.site.startswith(("https://", "http://")) else f"https://{arguments.site}"
    founded = found_desk(home, find_fund(site), arguments.fingerprint, key_file, member, plan, today)
    terminal.say(f"The desk of {member.name} for {founded.origin} is in {home.folder}.")
    if not founded.is_member:
        terminal.say(
            f"{member.name} with this key is not in the team's newest roster yet: two members bring you in,\n"
            "and until then nothing opens here."
        )
    if plan is None:
        terminal.say("Without --recovery it can read and answer; opening cases needs the team's recovery plan.")
    terminal.say("Start it: panah desk serve")


def _serve(arguments: argparse.Namespace) -> int:
    home = Home(home_of(arguments))
    home.fund()  # says it when there is none
    idle = _number(arguments.idle, "PANAH_DESK_IDLE", IDLE, 1, _LONGEST_IDLE)
    port = _number(arguments.port, "PANAH_DESK_PORT", 0, 0, 65535)
    with hold_desk(home.folder), contextlib.closing(listen(port)) as door:
        supervisor = Supervisor(door, home.folder, idle=idle, lang=arguments.lang)
        with _ended_by_signals(supervisor):
            supervisor.run(lambda: print(f"desk: {supervisor.start_link}", flush=True))
    return 0


@contextlib.contextmanager
def _ended_by_signals(supervisor: Supervisor) -> Iterator[None]:
    before = {one: signal.signal(one, lambda *_: supervisor.stop()) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for one, handling in before.items():
            signal.signal(one, handling)


def _number(given: int | None, setting: str, default: int, least: int, most: int) -> int:
    text = os.environ.get(setting, "") if given is None else str(given)
    if not text:
        return default
    if not text.isascii() or not text.isdecimal() or not least <= int(text) <= most:
        raise InputError(
            N_("%(setting)s can't be %(text)s."), hint=N_("Write a number from %(least)s to %(most)s."),
            setting=setting, text=text[:20], least=least, most=most,
        )  # fmt: skip
    return int(text)


@contextlib.contextmanager
def hold_desk(folder: Path) -> Iterator[None]:
    """Be the only one who runs this desk. Raises `RefusedError`."""
    handle = os.open(folder / ".serving", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if sys.platform != "win32":
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise RefusedError(
                    N_("This desk runs already."), hint=N_("Use the window that is open, or end it with Ctrl-C first.")
                ) from error
        yield
    finally:
        os.close(handle)


def _travel(arguments: argparse.Namespace) -> None:
    home = Home(home_of(arguments))
    with hold_desk(home.folder):
        if arguments.back:
            travelling.bring_back(home, arguments.back)
            terminal.say("The keys are back; take the copy away from this machine again.")
            return
        travelling.copy_keys(home, arguments.to)
        passphrase = terminal.ask_passphrase(arguments.passphrase_file)
        travelling.confirm_copy(home, arguments.to, passphrase, dt.datetime.now(dt.UTC).date())
        travelling.remove_keys(home)
    terminal.say(
        f"The copy in {arguments.to} opens with your passphrase, and the keys are gone from this desk.\n"
        "Give the copy to somebody you trust, or send it ahead; do not carry it with this machine.\n"
        "What a disk kept of deleted files is under your passphrase still: no tool can promise that it is gone."
    )


def _make_recovery(arguments: argparse.Namespace) -> None:
    plan, shares = recovery.make(arguments.need, arguments.of, drill=arguments.drill)
    arguments.out.mkdir(mode=0o700)
    terminal.write_new(arguments.out / "plan.json", json.dumps(plan, indent=1).encode(), 0o644)
    for number, share in enumerate(shares, 1):
        terminal.write_new(arguments.out / f"share-{number}.txt", f"{share}\n".encode())
    terminal.say(
        f"plan.json goes to every member (panah desk init --recovery plan.json); each share to one holder, on paper.\n"
        f"Any {arguments.need} of {arguments.of} shares open all cases. Then delete the share files in {arguments.out}."
    )
