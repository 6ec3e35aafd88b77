"""The part of a desk that lives longer than its secrets: it holds the listening socket and starts one worker at a time.

A worker is a fresh Python that answers every request, first with the unlock page alone. The passphrase is typed into
it,
keys and plaintext are in it, and lock, idle-lock, a wrong passphrase and quit end it. The socket stays open here
meanwhile, so
that a browser's next request waits for the next worker instead of failing.

Promises: no request, passphrase or key is ever in this process; a worker ends when this process ends, however it ends
(its standard input closes). Refuses to listen anywhere but on this machine.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from panah.desk.process.orders import LOCKED, QUIT, READY, SPEAKS, STARTED, Orders
from panah.errors import N_, FatalError, InputError

HOST: Final = "127.0.0.1"
MOST_FAILURES: Final = 3
"""So many workers in a row that never answered: then something is wrong that a next one would not mend."""
_PATIENCE: Final = 10


def listen(port: int) -> socket.socket:
    """Listen on this machine alone; port 0: any. Raises `InputError`."""
    door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((HOST, port))
    except OSError as error:
        door.close()
        raise InputError(
            N_("Port %(port)s on %(host)s can't be used: %(why)s."),
            hint=N_("Another program may have it. Choose another with --port."),
            port=port, host=HOST, why=error.strerror or "",
        ) from error  # fmt: skip
    door.listen(64)
    return door


class Supervisor:
    """Runs workers until somebody quits or `stop` is called."""

    def __init__(self, door: socket.socket, folder: Path, *, idle: int, lang: str) -> None:
        self._door, self._folder, self._idle, self._lang = door, folder, idle, lang
        self._session, self._start = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
        self._worker: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()

    @property
    def start_link(self) -> str:
        """The address that opens this desk in one browser, once. What is behind # is never sent by itself."""
        return f"http://{HOST}:{self._door.getsockname()[1]}/start#{self._start}"

    @property
    def worker(self) -> int:
        """The number of the process that answers now; 0: none."""
        return self._worker.pid if self._worker else 0

    def run(self, when_ready: Callable[[], None]) -> None:
        """Run workers; `when_ready` is called when the first one answers. Raises `FatalError`."""
        failures, said, told = 0, "", when_ready
        while not self._stopping.is_set():
            code, answered = self._run_one(said, told)
            if answered:
                told = _nothing
            failures = 0 if answered else failures + 1
            if code == QUIT:
                return
            if failures == MOST_FAILURES and not self._stopping.is_set():
                raise FatalError(N_("The desk can't start: its worker ends at once."))
            said = "" if code == LOCKED else "ended"

    def stop(self) -> None:
        """End the worker and then `run`; may be called from anywhere, and again."""
        self._stopping.set()
        worker = self._worker
        if worker is not None and worker.stdin is not None:
            with contextlib.suppress(OSError, ValueError):
                worker.stdin.close()

    def _run_one(self, said: str, when_ready: Callable[[], None]) -> tuple[int, bool]:
        orders = Orders(
            self._door.fileno(), str(self._folder), self._session, self._start, self._idle, self._lang, said
        )  # fmt: skip
        environment = os.environ | {"DJANGO_SETTINGS_MODULE": "panah.settings.desk"}
        self._worker = worker = subprocess.Popen(
            # -I: nothing of the folder it was started in, or of PYTHON… variables, is run by it.
            [sys.executable, "-I", "-m", "panah.desk.process.worker"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=(self._door.fileno(),), env=environment,
            start_new_session=True,  # Ctrl-C is for the supervisor, which then ends it
        )  # fmt: skip
        try:
            return self._listen_to(worker, orders, when_ready)
        finally:
            self._end(worker)

    def _listen_to(
        self, worker: subprocess.Popen[bytes], orders: Orders, when_ready: Callable[[], None]
    ) -> tuple[int, bool]:
        assert worker.stdin is not None
        assert worker.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            worker.stdin.write(orders.to_line())
            worker.stdin.flush()
        answered = False
        for line in worker.stdout:
            word = line.decode().rstrip("\n")
            if word == READY:
                answered = True
                when_ready()
            elif word == STARTED:
                self._start = ""
            elif word.startswith(SPEAKS):
                self._lang = word.removeprefix(SPEAKS)
        return worker.wait(), answered

    def _end(self, worker: subprocess.Popen[bytes]) -> None:
        self._worker = None
        for pipe in (worker.stdin, worker.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError, ValueError):
                    pipe.close()
        try:
            worker.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()


def _nothing() -> None:
    pass
