"""One site process that gives, is asked for lists and sequences, until it kills itself at a chosen step.

Run by test_m2_m4: `python -m tests.claims.crash_child HOME DATABASE SEED KILL_AT`. A step is any of: an
fsync, a rename, a commit, a batch about to be written. Each acknowledged gift is printed after its
outcome is known, as `ack ID AMOUNT COUNTED`; a line that was not printed promised nobody anything.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import sys
import threading
from pathlib import Path

from django.db import connections, transaction

import tests.django_ready  # noqa: F401 - before anything that has tables
from panah.core.money import Money
from panah.errors import PanahError
from panah.rails.base import RailEvent
from panah.rails.fake.rail import FakeRail
from panah.site.gifts.actions import GiftRequest, promise, receive_event
from panah.storage.batch import Batch
from panah.storage.funds import FundHome, attach
from panah.storage.sequencer import sequence

NOW = dt.datetime.now(dt.UTC)


class Steps:
    """Counts steps and dies at one of them: before its effect for even numbers, after it for odd ones."""

    def __init__(self, kill_at: int) -> None:
        self._kill_at, self._count, self._lock = kill_at, 0, threading.Lock()

    def around(self, call):
        def stepped(*args, **kwargs):
            self._tick()
            result = call(*args, **kwargs)
            self._tick()
            return result

        return stepped

    def _tick(self) -> None:
        with self._lock:
            self._count += 1
            if self._count == self._kill_at:
                os.kill(os.getpid(), signal.SIGKILL)


def break_at(kill_at: int) -> None:
    steps = Steps(kill_at)
    os.fsync = steps.around(os.fsync)
    Path.replace = steps.around(Path.replace)
    Batch.finish = steps.around(Batch.finish)
    transaction.Atomic.__exit__ = steps.around(transaction.Atomic.__exit__)


def give_for_ever(fund: FundHome, chance: random.Random, name: str) -> None:
    rail, number = FakeRail(), 0
    try:
        while number < 400:
            number += 1
            amount = chance.randrange(500, 3000)
            identity = f"{name}{number:08}".ljust(32, "0")
            rc = chance.randbytes(32)
            asked = GiftRequest(identity, "fake", Money(amount, "EUR"), True, rc, "en")
            try:
                promise(fund, asked, NOW)
                event = RailEvent(f"{identity}-paid", identity, "authorised", Money(amount, "EUR"), NOW.date())
                outcome = receive_event(fund, rail, event, NOW)
            except PanahError:
                continue
            if outcome.status == "booked":
                os.write(1, f"ack {identity} {amount} {outcome.counted}\n".encode())
    finally:
        connections[fund.alias].close()


def main() -> None:
    home, database, seed, kill_at = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
    fund = FundHome(home, "lantern")
    attach(fund, database)
    break_at(kill_at)
    sequence(fund)
    threads = [
        threading.Thread(target=give_for_ever, args=(fund, random.Random(f"{seed}-{index}"), f"{seed}x{index}x"))
        for index in range(8)
    ]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        sequence(fund)
    os.write(1, b"survived\n")


main()
