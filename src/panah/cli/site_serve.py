"""`panah site serve` and `panah site demo`: one command, one address, Ctrl-C ends all of it."""

from __future__ import annotations

import argparse
import contextlib
import os
import secrets
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.checks import Error, run_checks
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from panah.cli import desk_demo, site_demo, terminal
from panah.cli.site_home import hold_home, home_of, take_home
from panah.errors import N_, InputError
from panah.site.home import Site, read_site, write_site
from panah.site.publisher import RUN
from panah.storage.funds import list_funds

THREADS: Final = 20
"""More threads take more gifts into one commit and pay for it on each page, when they wake only to wait for each other
(docs/benchmarks.md)."""
WAITING_THREADS: Final = 32
"""With PostgreSQL a thread waits for another process, and more of them bring more gifts into one commit. All processes
share these: each thread keeps a connection, and PostgreSQL allows 100 unless it is told otherwise."""
LEAST_THREADS: Final = 8
LONGEST_END: Final = 20
"""Seconds for a worker's last step; after that it is killed, which loses nothing that was acknowledged."""
_WAIT_READY: Final = 60.0


def register(inner: Any) -> None:
    """Add the commands."""
    serve = inner.add_parser("serve", help="serve the funds under a home")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine alone)")
    serve.add_argument("--workers", type=int, default=1, help="processes; more than one needs PostgreSQL")
    _take_port(serve)
    take_home(serve, fund=False)
    serve.set_defaults(run=_serve)
    demo = inner.add_parser("demo", help="serve a demo fund with invented people; made on the first run")
    _take_port(demo)
    take_home(demo, fund=False)
    demo.set_defaults(run=_serve_demo)


def _take_port(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=None, help="default: PANAH_PORT, else 8000")


def _port(arguments: argparse.Namespace) -> int:
    text = os.environ.get("PANAH_PORT", "8000") if arguments.port is None else str(arguments.port)
    if not text.isascii() or not text.isdecimal() or not 0 < int(text) < 65536:
        raise InputError(N_("%(port)s is not a port."), hint=N_("Write a number from 1 to 65535."), port=text[:20])
    return int(text)


def _serve(arguments: argparse.Namespace) -> int:
    home = home_of(arguments)
    if not list_funds(home):
        raise InputError(
            N_("There is no fund under %(home)s."),
            hint=N_("Found one with panah site init, or look at a demo: panah site demo."), home=str(home),
        )  # fmt: skip
    return _run(home, arguments.host, _port(arguments), arguments.workers)


def _serve_demo(arguments: argparse.Namespace) -> int:
    home, port = home_of(arguments), _port(arguments)
    _check_port("127.0.0.1", port)  # before a minute of work, not after it
    if not list_funds(home):
        with hold_home(home):
            terminal.say("Making the demo fund: invented people, invented money ...")
            site_demo.make_demo(home, settings.PANAH_DATABASE)
    site = read_site(home)
    if not site.address or site.address.startswith("http://127.0.0.1:"):
        write_site(Site(home, site.primary, f"http://127.0.0.1:{port}"))
    address = f"http://127.0.0.1:{port}"
    with desk_demo.demo_desk(home, site.primary, address, lambda link: print(f"desk: {link}", flush=True)):
        return _run(home, "127.0.0.1", port, 1, site_demo.what_to_try(home))


def _run(home: Path, host: str, port: int, workers: int, after: str = "") -> int:
    if workers > 1 and not settings.PANAH_DATABASE:
        raise InputError(
            N_("SQLite is for one process."), hint=N_("Set PANAH_DATABASE to use PostgreSQL, or leave --workers away.")
        )
    # The worker is a fresh process and reads the environment.
    os.environ["PANAH_HOME"] = str(home)
    os.environ[RUN] = secrets.token_hex(8)
    settings.PANAH_HOME = home
    _check_settings()
    _check_port(host, port)
    with hold_home(home, alone=not settings.PANAH_DATABASE), contextlib.ExitStack() as stack:
        address = f"http://{'127.0.0.1' if host in {'0.0.0.0', '::'} else host}:{port}/"  # noqa: S104 - compared, not bound
        stack.enter_context(_telling_when_ready(address, after))
        Granian(
            "panah.site.wsgi:application", address=host, port=port, interface=Interfaces.WSGI, workers=workers,
            blocking_threads=_threads(workers), http=HTTPModes.http1, log_level=LogLevels.error, websockets=False,
            respawn_failed_workers=workers > 1, workers_kill_timeout=LONGEST_END,
        ).serve()  # fmt: skip
    return 0


def _threads(workers: int) -> int:
    return max(LEAST_THREADS, WAITING_THREADS // workers) if settings.PANAH_DATABASE else THREADS


def _check_settings() -> None:
    found = [message for message in run_checks() if isinstance(message, Error)]
    if found:
        for message in found[1:]:
            terminal.say_error(InputError(f"{message.id}: {message.msg}".replace("%", "%%"), hint=message.hint or ""))
        first = found[0]
        raise InputError(N_("%(id)s: %(what)s"), hint=first.hint or "", id=first.id, what=first.msg)


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise InputError(
                N_("Port %(port)s on %(host)s can't be used: %(why)s."),
                hint=N_("Another program may have it. Choose another: --port 8001, or PANAH_PORT=8001."),
                port=port, host=host, why=error.strerror or "",
            ) from error  # fmt: skip


@contextlib.contextmanager
def _telling_when_ready(address: str, after: str) -> Iterator[None]:
    """Print the one line that tells a person, and a script, that the site answers."""
    ending = threading.Event()

    def wait() -> None:
        until = time.monotonic() + _WAIT_READY
        while not ending.wait(0.1) and time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"{address}health", timeout=5):  # noqa: S310 - our own address
                    break
            except (urllib.error.URLError, OSError):
                continue
        else:
            return
        print(f"site: {address}", flush=True)
        if after:
            print(after, flush=True)

    thread = threading.Thread(target=wait, name="ready", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        sys.stdout.flush()
