"""One writer per fund and process: it collects waiting jobs and commits them together.

Promises (design §5, group commit): each caller waits for its own outcome; a job that is refused, or
breaks, never takes another with it; a commit that fails acknowledges nobody; what was acknowledged
is on the disk. The thread is made once, under a lock: a second one would be a second writer.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

from django.db import connections
from django.db.utils import DatabaseError

from panah.errors import N_, FatalError, PanahError
from panah.storage.batch import Batch
from panah.storage.funds import FundHome
from panah.storage.lock import Lock, exclusive
from panah.storage.rows import CounterRow, FundRules

T = TypeVar("T")
LARGEST_BATCH = 512
log = logging.getLogger("panah.storage")


class _Waiting(Generic[T]):
    """A job and its caller's place to wait."""

    __slots__ = ("commitments", "done", "error", "events", "gifts", "job", "result")

    def __init__(
        self,
        job: Callable[[Batch], T],
        gifts: Iterable[str],
        events: Iterable[str],
        commitments: Iterable[bytes],
    ) -> None:
        self.job, self.gifts, self.events, self.commitments = job, gifts, events, commitments
        self.result: T | None = None
        self.error: BaseException | None = None
        self.done = threading.Lock()  # a bare lock wakes a waiter faster than a Future
        self.done.acquire()


class Writer:
    """Carries out jobs on one fund, many in one transaction. Start it once per process."""

    def __init__(self, fund: FundHome, lock: Lock = exclusive) -> None:
        self._fund, self._lock = fund, lock
        self._queue: SimpleQueue[_Waiting[Any] | None] = SimpleQueue()
        self._rules: tuple[int, FundRules] | None = None
        self._listeners: list[Callable[[CounterRow], None]] = []
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name=f"writer {fund.slug}", daemon=True)
        self._thread.start()

    def listen(self, listener: Callable[[CounterRow], None]) -> None:
        """Call `listener` with the counter after each commit, in the writer's thread: it must only signal."""
        self._listeners.append(listener)

    def submit(
        self,
        job: Callable[[Batch], T],
        *,
        gifts: Iterable[str] = (),
        events: Iterable[str] = (),
        commitments: Iterable[bytes] = (),
    ) -> T:
        """Carry out `job`; return its result once it is durable, or raise what it raised.

        The other arguments name what the job will read. A job checks everything before its first
        change, so that a refusal leaves nothing behind.
        """
        if self._stopped:
            raise FatalError(N_("This fund's writer has stopped."))
        waiting = _Waiting(job, gifts, events, commitments)
        self._queue.put(waiting)
        waiting.done.acquire()
        if waiting.error is not None:
            raise waiting.error
        return waiting.result  # type: ignore[return-value]

    def stop(self) -> None:
        """Finish what waits, then end the thread."""
        self._stopped = True
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        while True:
            first = self._queue.get()
            if first is None:
                break
            waiting, ending = [first], False
            while len(waiting) < LARGEST_BATCH:
                try:
                    following = self._queue.get_nowait()
                except Empty:
                    break
                if following is None:
                    ending = True
                    break
                waiting.append(following)
            self._carry_out(waiting)
            if ending:
                break
        connections[self._fund.alias].close()

    def _carry_out(self, waiting: list[_Waiting[Any]]) -> None:
        counter: CounterRow | None
        try:
            counter = self._commit(waiting)
        except Exception as error:  # noqa: BLE001 - one caller's fault must not reach the others
            counter = self._one_by_one(waiting, error)
        for entry in waiting:
            entry.done.release()
        if counter is not None:
            for listener in self._listeners:
                listener(counter)

    def _one_by_one(self, waiting: list[_Waiting[Any]], error: Exception) -> CounterRow | None:
        """Repeat a failed batch, a transaction each: only the job that broke it fails."""
        if isinstance(error, DatabaseError):
            connections[self._fund.alias].close_if_unusable_or_obsolete()
        counter: CounterRow | None = None
        for entry in waiting:
            try:
                counter = self._commit([entry])
            except Exception as own:  # noqa: BLE001
                log.error("job failed: %s", type(own).__name__)
                entry.error = own
        return counter

    def _commit(self, waiting: list[_Waiting[Any]]) -> CounterRow:
        with self._lock(self._fund.alias) as (cursor, row):
            counter = CounterRow(*row)
            batch = Batch(cursor, connections[self._fund.alias].vendor, counter, self._current(cursor, counter.rules))
            batch.fetch(
                {gift for entry in waiting for gift in entry.gifts},
                {event for entry in waiting for event in entry.events},
                {commitment for entry in waiting for commitment in entry.commitments},
            )
            for entry in waiting:
                entry.error = None
                try:
                    entry.result = entry.job(batch)
                except PanahError as refusal:
                    entry.error = refusal
            batch.finish()
        return counter

    def _current(self, cursor: Any, version: int) -> FundRules:
        if self._rules is None or self._rules[0] != version:
            self._rules = (version, read_rules(cursor))
        return self._rules[1]


def read_rules(cursor: Any) -> FundRules:
    """Read the fund's rules with an open cursor."""
    cursor.execute("SELECT slug, origin, charter, roster, leaf0, vkey, notice FROM storage_fund WHERE id = 1")
    slug, origin, charter, roster, leaf0, vkey, entry = cursor.fetchone()
    cursor.execute("SELECT rail FROM storage_stoppedrail")
    stopped = frozenset(row[0] for row in cursor.fetchall())
    notice = None
    if entry is not None:
        cursor.execute("SELECT leaf, body FROM storage_entry WHERE id = %s", [entry])
        place, body = cursor.fetchone()
        notice = (place, _json(bytes(body).decode()))
    return FundRules(slug, origin, _json(charter), _json(roster), bytes(leaf0), vkey, stopped, notice)


def _json(value: Any) -> dict[str, object]:
    # SQLite keeps JSON as text; PostgreSQL gives Django's cursor text too (jsonb is not decoded).
    decoded: dict[str, object] = value if isinstance(value, dict) else json.loads(value)
    return decoded


_writers: dict[FundHome, Writer] = {}
_making = threading.Lock()


def writer_for(fund: FundHome) -> Writer:
    """Give the fund's one writer in this process."""
    known = _writers.get(fund)
    if known is not None:  # without the lock: every gift comes by here
        return known
    with _making:
        if fund not in _writers:
            _writers[fund] = Writer(fund)
        return _writers[fund]


def stop_writers() -> None:
    """End all writers of this process; what waits is finished first."""
    with _making:
        for writer in _writers.values():
            writer.stop()
        _writers.clear()
