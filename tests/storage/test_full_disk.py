"""No room on the disk: nothing acknowledged is lost, nobody is told more, and the log goes on by itself.

The room is taken away by the system's own limit on the size of files, in a process of its own.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connections

from panah.storage.models import Counter, Entry, Gift
from panah.storage.sequencer import sequence
from panah.storage.writer import stop_writers
from tests.storage.test_sequencer import audit, give_many

ROOT = Path(__file__).parents[2]


def live_in(room: int, fund, database: str) -> list[list[str]]:
    """Give and sequence in a process that may write files of `room` bytes; give what it said."""
    stop_writers()
    connections[fund.alias].close()
    command = [sys.executable, "-m", "tests.storage.full_disk_child", str(fund.home), database, str(room)]
    child = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert child.returncode == 0, child.stderr[-3000:]
    return [line.split(" ", 2) for line in child.stdout.splitlines()]


@pytest.mark.parametrize("room", [100, 20_000, 400_000])
def test_a_disk_that_gets_full_while_people_give(new_fund, database, room):
    fund = new_fund(goal=100_000_000)
    give_many(fund, 200)
    sequence(fund)
    said = live_in(room, fund, database)
    told = [one[1] for one in said if one[0] == "ack"]
    refused = [one for one in said if one[0] == "refused"]
    if database:
        assert len(told) == 20, "the database has its own disk: gifts go on while the log waits"
    else:
        assert refused or len(told) == 20
    assert refused or any("the disk takes nothing more" in one[-1] for one in said) or room == 400_000
    assert sequence(fund) == Entry.objects.using(fund.alias).count()
    gifts = Gift.objects.using(fund.alias)
    assert set(told) <= {gift.id for gift in gifts.filter(status="booked")}
    assert sum(gift.counted for gift in gifts.all()) == Counter.objects.using(fund.alias).get().counted
    audit(fund)
    assert not list(fund.log.rglob(".*.new")), "halves were left, and fill the disk"


def test_the_log_goes_on_in_the_same_process_once_there_is_room(new_fund, database):
    fund = new_fund(goal=100_000_000)
    give_many(fund, 50)
    said = live_in(-100, fund, database)
    assert ["log", "waits"] in [one[:2] for one in said]
    assert said[-1] == ["log", "70"]
    assert audit(fund) == 70
