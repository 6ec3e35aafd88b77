"""Keeps the published files true: renders when what they show has changed, at most once a second.

The writer's listener only compares and signals; rendering runs in this thread. A change of state (the
goal is met, gifts are paused) is rendered at once. Changes by other processes (a command line, another
site process) are found by looking at the counter once a second.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, Final

from django.db import connections

from panah.site.books.queries import FaceReader, shown_of
from panah.site.publish.render import publish
from panah.storage.funds import FundHome
from panah.storage.rows import CounterRow

PAUSE: Final = 1.0
log = logging.getLogger("panah.site")

Shown = tuple[Any, ...]


class Publisher:
    """One per fund and process; on several processes each renders the same bytes, which is harmless."""

    def __init__(self, fund: FundHome, address: str, changed: Callable[[bool], None]) -> None:
        self._fund = fund
        self._changed = changed  # told after each rendering: whether more than the log or the day changed
        self._reader = FaceReader(fund, address)
        self._wake = threading.Event()
        self._at_once = threading.Event()
        self._ending = False
        self._shown: Shown = ()
        self._logged = -1
        self._day = ""
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
        """Render what changed, in the caller's thread."""
        shown, logged, day = self._reader.glance()
        if (shown, logged, day) == (self._shown, self._logged, self._day):
            return
        publish(self._reader.view(), self._fund.public)
        told = bool(self._shown) and (shown[0], shown[2:]) != (self._shown[0], self._shown[2:])
        self._shown, self._logged, self._day = shown, logged, day
        self._changed(told)

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
            # At most once a second, but a change of state does not wait.
            self._at_once.wait(max(0.0, PAUSE - (time.monotonic() - begun)))
            self._at_once.clear()
        connections[self._fund.alias].close()
