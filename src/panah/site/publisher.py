"""Keeps the published files true: renders when what they show has changed, at most once a second.

The writer's listener only compares and signals; rendering runs in this thread. A change of state (the
goal is met, gifts are paused) is rendered at once. Changes by other processes (a command line, another
site process) are found by looking at the counter once a second.

Of several processes one renders at a time, and each state once: whoever comes first notes in the fund's
folder what the files show. A process that was paused over its rendering leaves that note behind the
counter, so the next look of any process mends what it wrote.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from django.db import connections

from panah.site.books.queries import FaceReader, shown_of
from panah.site.publish.before import Before
from panah.site.publish.render import publish
from panah.storage.funds import FundHome
from panah.storage.rows import CounterRow

PAUSE: Final = 1.0
log = logging.getLogger("panah.site")

Shown = tuple[Any, ...]
RUN: Final = "PANAH_RUN"
"""Names one start of the site in its processes' environment: a new start renders anew, with its own templates."""


class Publisher:
    """One per fund and process. `changed` is told whether more than the log or the day changed."""

    def __init__(self, fund: FundHome, address: str, changed: Callable[[bool], None]) -> None:
        self._fund = fund
        self._changed = changed
        self._reader = FaceReader(fund, address)
        self._before = Before(fund.public)
        self._wake = threading.Event()
        self._at_once = threading.Event()
        self._ending = False
        self._shown: Shown = ()
        self._logged = -1
        self._day = ""
        self._run_name = os.environ.get(RUN) or secrets.token_hex(8)
        self.publish_now()
        self._thread = threading.Thread(target=self._run, name=f"publisher {fund.slug}", daemon=True)
        self._thread.start()

    def hear(self, counter: CounterRow) -> None:
        """Listen to the writer: signal when the pages have changed."""
        c = counter
        shown = shown_of(c.state, c.counted, c.goal, c.face, c.rules, c.gifts_paused)
        if shown != self._shown:
            if self._shown and (shown[0], shown[2:]) != (self._shown[0], self._shown[2:]):
                self._at_once.set()
            self._wake.set()

    def log_grew(self) -> None:
        """Listen to the sequencer: the books have new leaves."""
        self._wake.set()

    def publish_now(self) -> None:
        """Render what changed, in the caller's thread, unless another process has rendered it."""
        shown, logged, day = self._reader.glance()
        if not self._is_published(shown, logged, day):
            with self._alone() as alone:
                if not alone:
                    return  # whoever renders now may do it from an older look: look again at the next turn
                shown, logged, day = self._reader.glance()
                if not self._is_published(shown, logged, day):
                    self._note.unlink(missing_ok=True)  # cut off from here on, the files are nobody's state
                    publish(self._reader.view(), self._fund.public, before=self._before, own=self._fund.own)
                    self._note.write_text(self._name(shown, logged, day))
        if (shown, logged, day) == (self._shown, self._logged, self._day):
            return
        told = bool(self._shown) and (shown[0], shown[2:]) != (self._shown[0], self._shown[2:])
        self._shown, self._logged, self._day = shown, logged, day
        self._changed(told)

    @property
    def _note(self) -> Path:
        return self._fund.folder / "published"

    def _name(self, shown: Shown, logged: int, day: str) -> str:
        return json.dumps([self._run_name, shown, logged, day])

    def _is_published(self, shown: Shown, logged: int, day: str) -> bool:
        try:
            return self._note.read_text() == self._name(shown, logged, day)
        except FileNotFoundError:
            return False

    @contextlib.contextmanager
    def _alone(self) -> Iterator[bool]:
        """Be the only process that renders; gives False when another one is at it for longer than a turn."""
        handle = os.open(self._fund.folder / ".publishing", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            yield _lock(handle, time.monotonic() + PAUSE)
        finally:
            os.close(handle)

    def stop(self) -> None:
        """Render a last time and end."""
        self._ending = True
        self._wake.set()
        self._at_once.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ending:
            self._wake.wait(PAUSE)
            self._wake.clear()
            begun = time.monotonic()
            try:
                self.publish_now()
            except Exception as error:  # noqa: BLE001 - the old pages stay up; the next round tries again
                log.error("publishing failed: %s", type(error).__name__)
                connections[self._fund.alias].close_if_unusable_or_obsolete()
            # At most once a second, but a change of state does not wait.
            self._at_once.wait(max(0.0, PAUSE - (time.monotonic() - begun)))
            self._at_once.clear()
        connections[self._fund.alias].close()


def _lock(handle: int, until: float) -> bool:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(0.02)
        else:
            return True
