"""The thread that sequences a fund's log in a site process, or follows the process that does.

Of several processes one holds the lease and sequences; the others look now and then whether it is still
there, and the first that finds the lease free goes on where the other stopped.
"""

from __future__ import annotations

import errno
import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from django.db import DatabaseError, connections

from panah.errors import FatalError
from panah.storage import lease
from panah.storage.funds import FundHome
from panah.storage.sequencer import extend, log_size

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_SQLITE_NO_ROOM: Final = ("disk is full", "disk I/O error")
AGAIN: Final = 10
"""Seconds after which a step that failed is tried again."""
log = logging.getLogger("panah.storage")


class Sequencer:
    """Extends the log every `interval` seconds and whenever it is asked to flush. One per fund and process.

    `after` is called when the log has grown. Starting takes a first step: it completes what a crash cut off.
    """

    def __init__(self, fund: FundHome, interval: float, after: Callable[[], None]) -> None:
        self._fund, self._interval, self._after = fund, interval, after
        self._wake = threading.Event()
        self._ending = False
        self._epoch: int | None = None
        self._size = log_size(fund)
        self._due = time.monotonic()
        self._pulse = interval
        if connections[fund.alias].vendor == "postgresql":
            self._pulse = min(interval, lease.SPAN / 1000 / lease.PULSES)
        self._asked = True
        self._try_turn()
        self._thread = threading.Thread(target=self._run, name=f"sequencer {fund.slug}", daemon=True)
        self._thread.start()

    @property
    def leads(self) -> bool:
        """Whether this process sequences."""
        return self._epoch is not None

    def flush(self) -> None:
        """Ask for a step now (goal met, close, backup); returns at once. A follower leaves it to the leader."""
        self._asked = True
        self._wake.set()

    def stop(self) -> None:
        """Make a last step and end; the next process can take over at once."""
        self._ending = True
        self._wake.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._ending:
                self._wake.wait(min(self._pulse, AGAIN) if self._asked else self._pulse)
                self._wake.clear()
                self._try_turn()
            if self._epoch is not None:
                lease.release(self._fund, self._epoch)
        except (FatalError, DatabaseError) as error:
            code = error.code if isinstance(error, FatalError) else type(error).__name__
            log.critical("%s: sequencer stopped: %s", self._fund.slug, code)
        finally:
            connections[self._fund.alias].close()

    def _try_turn(self) -> None:
        try:
            self._turn()
        except FatalError:
            raise
        except Exception as error:  # noqa: BLE001 - a full disk may pass: the next turn tries again
            self._asked = True
            log.error("%s: %s", self._fund.slug, _tell(error))
            connections[self._fund.alias].close_if_unusable_or_obsolete()

    def _turn(self) -> None:
        """Take or renew the lease; extend the log when that is due."""
        epoch = lease.take(self._fund)
        if epoch != self._epoch:
            self._hear(epoch)
        if epoch is None or not (self._asked or self._ending or time.monotonic() >= self._due):
            return
        self._asked = False
        self._due = time.monotonic() + self._interval
        try:
            size = extend(self._fund, epoch)
        except lease.LeaseLostError:
            self._hear(None)
            return
        if size != self._size:
            self._size = size
            self._after()

    def _hear(self, epoch: int | None) -> None:
        """Tell the operator who sequences: this process, or another."""
        if epoch is not None:
            self._asked = True  # what the process before left half-done
            if connections[self._fund.alias].vendor == "postgresql":  # where another process might
                log.info("%s: this process sequences the log now (epoch %s).", self._fund.slug, epoch)
        elif self._epoch is not None:
            log.warning("%s: %s", self._fund.slug, lease.LeaseLostError.sentence)
        self._epoch = epoch


def _tell(error: Exception) -> str:
    no_room = isinstance(error, OSError) and error.errno in _NO_ROOM
    if no_room or (isinstance(error, DatabaseError) and any(words in str(error) for words in _SQLITE_NO_ROOM)):
        return (
            "the disk takes nothing more, so the log waits. Every gift that was acknowledged is kept;"
            " make room and the log goes on by itself."
        )
    return f"sequencer step failed: {type(error).__name__}"
