"""The machine under simulation: processes without threads, crashes at any write step, chance from one seed.

A `Process` has a writer of its own, as a process has; it carries a job out at once instead of in a thread, so
that the same seed is the same history. `Crash` is no `Exception`: nothing catches it, as nothing catches kill -9.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connections, transaction

from panah.errors import FatalError
from panah.storage import durable, lease, sequencer
from panah.storage import writer as writers
from panah.storage.batch import Batch
from panah.storage.funds import FundHome, attach
from panah.storage.sequencer import sequence
from panah.storage.writer import Writer, _Waiting, stop_writers
from tests.fundlab import make_open_fund

START = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
GOAL = 100_000


class Crash(BaseException):
    """The process is gone."""


class InlineWriter(Writer):
    """The real writer, its transaction and its grouping, carried out by whoever submits."""

    def __init__(self, fund: FundHome) -> None:
        self._fund, self._lock = fund, writers.exclusive
        self._rules, self._listeners, self._stopped = None, [], False

    def submit(self, job: Callable[[Batch], Any], *, gifts: Any = (), events: Any = (), commitments: Any = ()) -> Any:
        return self.submit_all([(job, gifts, events, commitments)])[0]

    def submit_all(self, jobs: list[tuple[Any, Any, Any, Any]], *, keep: bool = False) -> list[Any]:
        """Carry out jobs that waited together, in one transaction; `keep` gives errors instead of raising them."""
        if self._stopped:
            raise FatalError("This fund's writer has stopped.")
        waiting = [_Waiting(*job) for job in jobs]
        self._carry_out(waiting)
        for entry in waiting:
            if entry.error is not None and not keep:
                raise entry.error
        return [entry.error or entry.result for entry in waiting]

    def stop(self) -> None:
        self._stopped = True


class Machine:
    """Two processes on one home; which of them acts, and when one dies."""

    def __init__(self, fund: FundHome) -> None:
        self.fund = fund
        self.writers: dict[str, InlineWriter] = {}
        self.active = ""
        self.fuse = 0  # write steps until the crash; 0: none
        self.started: set[str] = set()
        self.switch("a")

    def switch(self, name: str) -> None:
        """Let another process act."""
        self.active = name
        if name not in self.writers:
            self.writers[name] = InlineWriter(self.fund)
        lease._process = (os.getpid(), name)
        writers._writers.clear()
        writers._writers[self.fund] = self.writers[name]

    def die(self) -> None:
        """Throw away what the active process had in memory."""
        self.fuse = 0
        self.writers.pop(self.active, None)
        connections[self.fund.alias].close()
        self.switch(self.active)

    def tick(self) -> None:
        """Take a write step; the last one is the crash."""
        if self.fuse:
            self.fuse -= 1
            if self.fuse == 0:
                raise Crash


_machines: list[Machine] = []


def _tick() -> None:
    if _machines:
        _machines[-1].tick()


def _around(call: Callable[..., Any]) -> Callable[..., Any]:
    def stepped(*args: Any, **kwargs: Any) -> Any:
        _tick()
        result = call(*args, **kwargs)
        _tick()
        return result

    return stepped


def _after_commit(call: Callable[..., Any]) -> Callable[..., Any]:
    def leaving(self: Any, kind: Any, *rest: Any) -> Any:
        result = call(self, kind, *rest)
        if kind is None:
            _tick()  # committed, and nobody knows yet
        return result

    return leaving


def _refuse(fund: FundHome) -> None:
    raise AssertionError(f"a writer with a thread of its own for {fund.slug}: the seed would not replay")


@contextmanager
def simulated(chance: random.Random) -> Iterator[None]:
    """Put every source of chance under the seed, and a step around every write."""
    saved: list[tuple[Any, str, Any]] = []

    def put(owner: Any, name: str, value: Any) -> None:
        saved.append((owner, name, getattr(owner, name)))
        setattr(owner, name, value)

    put(secrets, "token_bytes", lambda number=32: chance.randbytes(number))
    put(secrets, "token_hex", lambda number=32: chance.randbytes(number).hex())
    put(secrets, "choice", chance.choice)
    put(sequencer, "_shuffle", chance.shuffle)
    put(Batch, "finish", _around(Batch.finish))
    put(transaction.Atomic, "__exit__", _after_commit(transaction.Atomic.__exit__))
    put(durable, "_write_one", _around(durable._write_one))
    put(durable, "sync_folder", _around(lambda _: None))  # what is lost with the power is tests/power's matter
    put(durable.os, "fsync", lambda _: None)
    put(writers, "Writer", _refuse)
    before = (lease._process, dict(writers._writers))
    try:
        yield
    finally:
        for owner, name, value in reversed(saved):
            setattr(owner, name, value)
        lease._process = before[0]
        writers._writers.clear()
        writers._writers.update(before[1])
        _machines.clear()


_templates: dict[str, Path] = {}


def scratch() -> Path:
    """Give a folder in memory where there is one."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="panah-simulation-", dir=memory if memory.is_dir() else None))


def template(overflow: str) -> Path:
    """Found a fund once for all seeds: an open one, with every rail and a small goal."""
    if overflow not in _templates:
        home = scratch()
        rails = {"fake": {}, "card": {"account": "acct_1LanternLocal01"}}
        rails["bank"] = {"payee": "Lantern Writers Union e.V.", "iban": "DE44999900000020211807"}
        terms = {"goal": GOAL, "minimum": 500, "overflow": overflow, "rails": rails, "accepts": []}
        fund = make_open_fund(home, now=START, **terms)
        sequence(fund)
        stop_writers()
        with connections[fund.alias].cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connections[fund.alias].close()
        _templates[overflow] = home
    return _templates[overflow]


def drop_templates() -> None:
    for home in _templates.values():
        shutil.rmtree(home, ignore_errors=True)
    _templates.clear()


@contextmanager
def machine(overflow: str) -> Iterator[Machine]:
    """Give a fresh fund on a machine of its own."""
    home = scratch()
    try:
        shutil.copytree(template(overflow), home, dirs_exist_ok=True)
        fund = FundHome(home, "lantern")
        attach(fund)
        made = Machine(fund)
        _machines.append(made)
        yield made
    finally:
        _machines.clear()
        connections["fund_lantern"].close()
        shutil.rmtree(home, ignore_errors=True)
