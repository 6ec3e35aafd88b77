"""A site process under the recorder: givers give, a member's list is booked, the log grows; nothing is killed.

Run by the tests of M1: `python -m tests.power.child HOME SEED GIFTS MODE`. Prints `ack ID COUNTED` once a
gift's outcome is known. MODE is `many` givers, `one`, or a control: `no-database-sync`, `no-file-sync`, `no-folder-sync`.
"""

from __future__ import annotations

import os
import random
import sys
import threading
from pathlib import Path

from django.db import connections

import tests.django_ready  # noqa: F401 - before anything that has tables
from panah.core.money import Money
from panah.rails.base import RailEvent
from panah.rails.fake.rail import FakeRail
from panah.site.gifts.actions import GiftRequest, promise, receive_event
from panah.storage import durable
from panah.storage.funds import FundHome, attach
from panah.storage.sequencer import sequence
from panah.storage.writer import stop_writers
from tests.power.fund import NOW

GIVERS = 3


def attach_small(fund: FundHome, mode: str) -> None:
    """Attach with a write-ahead log so short that it is moved into the database many times."""
    attach(fund)
    options = connections.databases[fund.alias]["OPTIONS"]
    options["init_command"] += "PRAGMA wal_autocheckpoint=12;"
    if mode == "no-database-sync":
        options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
    elif mode == "no-file-sync":
        os.fsync = lambda _: None
    elif mode == "no-folder-sync":
        durable.sync_folder = lambda _: None


def give(fund: FundHome, name: str, seed: str, number: int) -> None:
    chance = random.Random(f"{seed}-{name}")
    try:
        for index in range(number):
            identity, amount = f"{seed}x{name}x{index:08}".ljust(32, "0"), chance.randrange(500, 3000)
            asked = GiftRequest(identity, "fake", Money(amount, "EUR"), True, chance.randbytes(32), "en")
            promise(fund, asked, NOW)
            paid = RailEvent(f"{identity}-paid", identity, "authorised", asked.amount, NOW.date())
            outcome = receive_event(fund, FakeRail(), paid, NOW)
            os.write(1, f"ack {identity} {outcome.counted}\n".encode())
    finally:
        connections[fund.alias].close()


def main() -> None:
    home, seed, number, mode = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
    fund = FundHome(home, "lantern")
    attach_small(fund, mode)
    sequence(fund)
    if mode == "one":
        give(fund, "0", seed, number)
        sequence(fund)
    threads = [
        threading.Thread(target=give, args=(fund, str(index), seed, number)) for index in range(GIVERS) if mode != "one"
    ]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        sequence(fund)
        threads[0].join(0.001)
    sequence(fund)  # when the givers were quicker than the first look, this is the only checkpoint
    stop_writers()
    connections[fund.alias].close()


if __name__ == "__main__":
    main()
