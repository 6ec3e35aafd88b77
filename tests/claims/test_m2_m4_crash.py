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

from panah.core.ledger import Books
from panah.proof import leaf
from panah.proof.checkpoint import open_checkpoint
from panah.proof.merkle import consistency_proof, leaf_hash, root_of, verify_consistency
from panah.proof.note import VerifyKey
from panah.proof.tiles import entries_path, nodes_of, parse_bundle
from panah.storage.funds import FundHome
from panah.storage.models import Counter, Entry, Fund, Gift, Posting
from panah.storage.sequencer import sequence
from panah.storage.writer import stop_writers
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


def read_log(fund: FundHome, seen: tuple[int, bytes]) -> tuple[tuple[int, bytes], Books]:
    """Audit the published log against its checkpoint and the one seen before; replay it."""
    vkey = VerifyKey.parse(Fund.objects.using(fund.alias).get().vkey)
    head = open_checkpoint((fund.log / "checkpoint").read_bytes(), [vkey])
    read = lambda path: (fund.log / path).read_bytes()  # noqa: E731
    leaves: list[bytes] = []
    for begin in range(0, head.size, 256):
        width = min(256, head.size - begin)
        leaves += parse_bundle(read(entries_path(begin // 256, width)), width)
    assert root_of([leaf_hash(data) for data in leaves]) == head.root
    size, root = seen
    if size:
        verify_consistency(
            size, head.size, root, head.root, consistency_proof(size, head.size, nodes_of(read, head.size))
        )
    books = Books()
    for index, data in enumerate(leaves):
        books.apply(index, leaf.parse(data), None)
    return (head.size, head.root), books


def check(fund: FundHome, acknowledged: dict[str, int], seen: tuple[int, bytes]) -> tuple[int, bytes]:
    """Recover as a start-up does, then hold everything against everything."""
    sequence(fund)
    seen, books = read_log(fund, seen)
    gifts = {gift.id: gift for gift in Gift.objects.using(fund.alias).all()}
    for identity, counted in acknowledged.items():
        assert gifts[identity].counted == counted, f"acknowledged gift {identity} is not as it was told"
    entries = list(Entry.objects.using(fund.alias).filter(kind="gift"))
    assert len({entry.gift_ref for entry in entries}) == len(entries), "a gift stands in the journal twice"
    counter = Counter.objects.using(fund.alias).get()
    assert counter.counted <= counter.goal == GOAL
    assert not Entry.objects.using(fund.alias).filter(leaf=None).exists()
    assert (books.counted, books.held, books.state) == (counter.counted, counter.held, counter.state)
    totals: dict[tuple[str, str], int] = {}
    for posting in Posting.objects.using(fund.alias).all():
        key = (posting.account, posting.currency)
        totals[key] = totals.get(key, 0) + posting.minor
    assert sum(totals.values()) == 0
    assert {key: value for key, value in totals.items() if value} == {
        key: value for key, value in books.balances.items() if value
    }
    return seen


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
