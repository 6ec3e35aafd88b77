"""What one worker holds: its orders, and the open desk once somebody has unlocked it.

One person uses a desk, with several tabs: whatever reads or writes it takes turns (`turn`). Locking ends the process;
nothing here tries to wipe memory, which Python can't.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final

from panah.desk.cases.search import Index
from panah.desk.process.orders import LOCKED, SPEAKS, STARTED, Orders
from panah.desk.vault.desk import Desk, open_desk
from panah.desk.vault.sync import Met
from panah.errors import N_, RefusedError

SHORTLY: Final = 4.0
"""Seconds that the unlock page waits before it shows how far the opening is."""


class Present:
    """The state of this process. `ending` is its exit code once it is to end; `rows`: how many were replayed."""

    def __init__(self, orders: Orders, port: int, tell: Callable[[str], None]) -> None:
        self.folder, self.session, self.port = Path(orders.folder), orders.session, port
        self.lang, self.idle, self.said = orders.lang, orders.idle, orders.said
        self.notice: Met | None = None
        self.ending: int | None = None
        self.rows = 0
        self._start, self._tell = orders.start, tell
        self._desk: Desk | None = None
        self._index: Index | None = None
        self._opening: Future[Desk] | None = None
        self._turn = threading.RLock()
        self._touched = time.monotonic()
        self._ended = threading.Event()

    # -- the browser
    @property
    def start(self) -> str:
        """What the start link holds, empty when it was used."""
        return self._start

    def use_start(self) -> None:
        """The start link brought a browser here; it does so once."""
        self._start = ""
        self._tell(STARTED)

    def speak(self, lang: str) -> None:
        """Show all pages in this language from now on."""
        self.lang = lang
        self._tell(f"{SPEAKS}{lang}")

    def touch(self) -> None:
        """Somebody is here."""
        self._touched = time.monotonic()

    # -- the desk
    @property
    def is_open(self) -> bool:
        """A desk is unlocked."""
        return self._desk is not None

    @property
    def is_opening(self) -> bool:
        """A passphrase was given, and the desk is on its way."""
        return self._opening is not None and self._desk is None

    def unlock(self, passphrase: str, now: dt.datetime) -> None:
        """Begin to open the desk, unless somebody has. Wait shortly for it. Raises what opening raises."""
        with self._turn:
            if self._opening is None:
                pool = ThreadPoolExecutor(1)
                self._opening = pool.submit(open_desk, self.folder, passphrase, now, progress=self._progress)
                pool.shutdown(wait=False)
        self.wait_open()

    def wait_open(self) -> bool:
        """Wait shortly; tell whether the desk is open. Raises what opening raised."""
        if self._opening is None:
            return False
        with contextlib.suppress(TimeoutError):
            self._desk = self._opening.result(SHORTLY)
        return self._desk is not None

    def _progress(self, rows: int) -> None:
        self.rows = rows

    @contextlib.contextmanager
    def turn(self) -> Iterator[Desk]:
        """Have the desk for oneself. Raises `RefusedError` while it is locked."""
        with self._turn:
            if self._desk is None or self.ending is not None:
                raise RefusedError(N_("The desk is locked."))
            yield self._desk

    def find(self, asked: str) -> list[str]:
        """Search; the index is made at the first search and lives in this process alone."""
        with self.turn() as desk:
            if self._index is None:
                self._index = Index(desk)
            return self._index.find(asked)

    # -- the end
    def end(self, code: int = LOCKED) -> None:
        """Let this process end after the answer that is on its way."""
        self.ending = code
        self._ended.set()

    def wait_end(self) -> int:
        """Wait until it is to end, or nobody was here for `idle` minutes; gives the exit code."""
        while self.ending is None:
            left = self._touched + self.idle * 60 - time.monotonic()
            if left <= 0 and not self.is_opening:
                self.end()
            else:
                self._ended.wait(max(left, 1))
        return self.ending

    def put_away(self) -> None:
        """Keep what helps the next start, and let go of the files."""
        with self._turn:
            if self._desk is not None:
                self._desk.keep_snapshot()
                self._desk.close()


PRESENT: list[Present] = []
"""The one of this process; tests put their own here."""


def present() -> Present:
    """Give what this process holds."""
    return PRESENT[-1]
