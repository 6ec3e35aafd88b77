"""M2 and M4: killed at any write step, a fund has every acknowledged gift once and its books whole.

One fund lives through 25 kills (kill -9 at a step drawn for each run). After each: what was acknowledged
is there, the goal is not passed, postings sum to zero, the log has only grown and audits, and books
replayed from the published files plus the waiting entries equal the database.
"""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connections

from panah.storage.funds import FundHome
from panah.storage.models import Entry
from panah.storage.sequencer import sequence
from panah.storage.writer import stop_writers
from tests.booklab import Head, hold_books, hold_gifts, read_log, replay
from tests.fundlab import make_open_fund

ROOT = Path(__file__).parents[2]
GOAL = 6_000_000
RUNS = 25


def live_until_killed(fund: FundHome, database: str, run: int) -> list[tuple[str, int]]:
    """Run the child; give what it acknowledged."""
    command = [sys.executable, "-m", "tests.claims.crash_child", str(fund.home), database, str(run), str(40 + run * 17)]
    child = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert child.returncode == -9, child.stderr[-2000:]
    lines = [line.split() for line in child.stdout.splitlines() if line.startswith("ack ")]
    return [(identity, int(counted)) for _, identity, _, counted in lines]


def check(fund: FundHome, acknowledged: dict[str, int], seen: Head) -> Head:
    """Recover as a start-up does, then hold everything against everything."""
    sequence(fund)
    head, leaves = read_log(fund, seen)
    hold_gifts(fund, acknowledged)
    assert not Entry.objects.using(fund.alias).filter(leaf=None).exists()
    hold_books(fund, replay(leaves))
    return head


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_killed_25_times_and_nothing_is_lost(tmp_path: Path, kind: str, request: pytest.FixtureRequest) -> None:
    database = "" if kind == "sqlite" else request.getfixturevalue("postgres_url")
    fund = make_open_fund(tmp_path, now=dt.datetime.now(dt.UTC), database=database, goal=GOAL)
    acknowledged: dict[str, int] = {}
    seen = (0, b"")
    try:
        for run in range(RUNS):
            stop_writers()
            connections[fund.alias].close()
            acknowledged |= dict(live_until_killed(fund, database, run))
            seen = check(fund, acknowledged, seen)
        assert len(acknowledged) > RUNS, "the runs died before anybody gave: the test saw nothing"
    finally:
        stop_writers()
        connections[fund.alias].close()
