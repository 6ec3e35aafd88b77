"""A site process whose files may not grow: `python -m tests.storage.full_disk_child HOME DATABASE ROOM`.

A negative room is given back after the first step of the log has failed.
"""

from __future__ import annotations

import logging
import resource
import sys
import threading
from pathlib import Path

import tests.django_ready  # noqa: F401 - before anything that has tables
from panah.rails.fake.rail import FakeRail
from panah.site.gifts.actions import promise, receive_event
from panah.storage.funds import FundHome, attach
from panah.storage.sequencer import log_size
from panah.storage.sequencing import Sequencer
from panah.storage.writer import stop_writers
from tests.storage.lab import NOW, event, request


class Told(logging.Handler):
    """What the operator reads, on standard output."""

    def __init__(self) -> None:
        super().__init__()
        self.failed = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        print("told -", record.getMessage(), flush=True)
        if "takes nothing more" in record.getMessage():
            self.failed.set()


def give(fund: FundHome) -> None:
    asked = request(1000)
    try:
        promise(fund, asked, NOW)
        outcome = receive_event(fund, FakeRail(), event(asked.id, 1000), NOW)
    except Exception as error:  # noqa: BLE001 - any refusal will do, as long as nothing was promised
        print("refused -", type(error).__name__, flush=True)
        return
    assert outcome.status == "booked"
    print("ack", asked.id, flush=True)


def main() -> None:
    fund, room = FundHome(Path(sys.argv[1]), "lab"), int(sys.argv[3])
    told = Told()
    logging.getLogger("panah").addHandler(told)
    attach(fund, sys.argv[2])
    grew = threading.Event()
    sequencer = Sequencer(fund, 0.05 if room > 0 else 3600, grew.set)
    if room < 0:  # gifts first: on SQLite they need the same disk
        for _ in range(20):
            give(fund)
    before = log_size(fund)
    resource.setrlimit(resource.RLIMIT_FSIZE, (abs(room), resource.RLIM_INFINITY))
    if room > 0:
        for _ in range(20):
            give(fund)
    sequencer.flush()
    told.failed.wait(3 if room > 0 else 30)
    if room < 0:
        assert told.failed.is_set()
        print("log waits", before, flush=True)
        grew.clear()
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        sequencer.flush()
        grew.wait(30)
    sequencer.stop()
    stop_writers()
    print("log", log_size(fund), flush=True)


main()
