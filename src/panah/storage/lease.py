"""The right to sequence a fund's log: one process at a time has it, for a short span, by the database's clock.

Promises: taking the lease from another process raises its epoch, and every write of a sequencer checks the
epoch in its own transaction, under the fund's lock. So a process that was paused and wakes signs nothing
more: its epoch is gone (fencing), whatever its own clock says. A holder whose database session has ended is
succeeded at once, one that only went silent when its span is over.

SQLite has one process (`hold_folder`): whoever asks gets the lease at once, and its epoch still rises.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db import connections

from panah.errors import N_, RefusedError
from panah.storage.batch import Batch
from panah.storage.funds import FundHome
from panah.storage.lock import exclusive

SPAN: int = 15_000
"""Milliseconds that a lease lasts without being renewed. Longer than a pause of the machine that nobody notices."""

PULSES: Final = 3
"""A holder renews this many times within a span, so that one slow answer of the database costs nothing."""

_CLOCK: Final = {
    # clock_timestamp, not now(): the transaction may have waited long for the fund's lock.
    "postgresql": "(extract(epoch FROM clock_timestamp()) * 1000)::bigint",
    "sqlite": "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
}
_SESSION: Final = (
    "SELECT pid, (extract(epoch FROM backend_start) * 1000000)::bigint FROM pg_stat_activity WHERE pid = %s"
)


class LeaseLostError(RefusedError):
    """Another process sequences this log now."""

    code = "lease-lost"
    sentence = N_("Another process sequences this log now: this one has signed nothing and follows.")


_process: tuple[int, str] = (0, "")


def _me() -> str:
    """Name this process; never the same as another's, on whatever machine."""
    global _process  # noqa: PLW0603 - one name for a process, made anew after a fork
    if _process[0] != os.getpid():
        _process = (os.getpid(), secrets.token_hex(8))
    return _process[1]


def take(fund: FundHome) -> int | None:
    """Take or renew the lease; give its epoch, or None while another living process has it."""
    with connections[fund.alias].cursor() as cursor:  # a look without the lock: most answers are "not yours"
        if _is_others(cursor, fund):
            return None
    with exclusive(fund.alias) as (cursor, _):
        if _is_others(cursor, fund):
            return None
        holder, epoch, _, now = _read(cursor, fund)
        if not _is_mine(holder):
            epoch += 1
        cursor.execute(
            "UPDATE storage_loghead SET holder = %s, epoch = %s, until = %s WHERE id = 1",
            [f"{_me()} {_session(cursor, fund)}", epoch, now + SPAN],
        )
    return epoch


def release(fund: FundHome, epoch: int) -> None:
    """Give the lease back, so that the next one need not wait for the end of its span."""
    with exclusive(fund.alias) as (cursor, _):
        cursor.execute("UPDATE storage_loghead SET holder = '', until = 0 WHERE id = 1 AND epoch = %s", [epoch])


def check(batch: Batch, epoch: int) -> None:
    """Refuse to go on when the lease went to another process (in a job, before its first change)."""
    if batch.query("SELECT epoch FROM storage_loghead WHERE id = 1") != [(epoch,)]:
        raise LeaseLostError


@contextmanager
def held(fund: FundHome) -> Iterator[int | None]:
    """Hold the lease for a while: gives its epoch, or None when the process that has it is at work.

    A lease that this process had before is kept; one taken here is given back.
    """
    with connections[fund.alias].cursor() as cursor:
        had = _is_mine(_read(cursor, fund)[0])
    epoch = _wait(fund)
    try:
        yield epoch
    finally:
        if epoch is not None and not had:
            release(fund, epoch)


def _wait(fund: FundHome) -> int | None:
    """Take the lease as soon as it is free; give up when its holder renews it, for then that one works."""
    first: int | None = None
    while True:
        epoch = take(fund)
        if epoch is not None:
            return epoch
        with connections[fund.alias].cursor() as cursor:
            until = _read(cursor, fund)[2]
        first = until if first is None else first
        if until > first:
            return None
        time.sleep(1 / 20)


def _read(cursor: Any, fund: FundHome) -> tuple[str, int, int, int]:
    clock = _CLOCK[connections[fund.alias].vendor]
    cursor.execute(f"SELECT holder, epoch, until, {clock} FROM storage_loghead WHERE id = 1")
    row: tuple[str, int, int, int] = cursor.fetchone()
    return row


def _is_mine(holder: str) -> bool:
    return holder.split(" ", maxsplit=1)[0] == _me()


def _is_others(cursor: Any, fund: FundHome) -> bool:
    holder, _, until, now = _read(cursor, fund)
    return not _is_mine(holder) and until > now and _lives(cursor, fund, holder)


def _lives(cursor: Any, fund: FundHome, holder: str) -> bool:
    """Tell whether the holder's session with the database is still there."""
    if connections[fund.alias].vendor != "postgresql":
        return False
    session = holder.partition(" ")[2]
    cursor.execute(_SESSION, [int(session.split(" ")[0])])
    row = cursor.fetchone()
    return row is not None and f"{row[0]} {row[1]}" == session


def _session(cursor: Any, fund: FundHome) -> str:
    if connections[fund.alias].vendor != "postgresql":
        return str(os.getpid())
    cursor.execute("SELECT pg_backend_pid()")
    cursor.execute(_SESSION, [cursor.fetchone()[0]])
    return " ".join(str(part) for part in cursor.fetchone())


_held: dict[str, int] = {}


def hold_folder(fund: FundHome) -> None:
    """On SQLite: be the one process that serves this fund, until it ends. Raises `RefusedError`.

    The lock is the system's: it is gone with its process, however that one ends. Command lines need none,
    they only write the journal.
    """
    if connections[fund.alias].vendor != "sqlite" or str(fund.folder) in _held:
        return
    handle = os.open(fund.folder / ".serving", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        raise RefusedError(
            N_("Another process serves the fund %(slug)s already, and SQLite is for one."),
            hint=N_("End it first. For several processes set PANAH_DATABASE to a PostgreSQL database."),
            slug=fund.slug,
        ) from error
    _held[str(fund.folder)] = handle


def drop_folder(fund: FundHome) -> None:
    """Let another process serve this fund."""
    handle = _held.pop(str(fund.folder), None)
    if handle is not None:
        os.close(handle)
