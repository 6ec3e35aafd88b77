"""Two processes take envelopes in at once, on both databases: no day's quota is passed and nothing is kept twice."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import threading
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from django.db import connections

import tests.django_ready  # noqa: F401 - the processes that this starts read this file before anything else
from panah.core.intake import key_of
from panah.proof.relaywire import NOTHING, Deposit
from panah.seal.envelope import close_padded
from panah.seal.recipients import read_recipients
from panah.site.gifts.queries import fund_rules
from panah.site.relay.actions import take_in
from panah.site.relay.depositing import Deposits
from panah.site.relay.queries import Limits
from panah.storage.funds import FundHome, attach
from panah.storage.lock import Lock, exclusive
from panah.storage.models import Answer, Envelope, IntakeDay
from panah.storage.writer import Writer, stop_writers
from tests.fundlab import make_open_fund
from tests.races.test_last_part import no_lock
from tests.relaylab import hash_of
from tests.seallab import recipient_of

NOW = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
TODAY = NOW.date()
SOMEBODY = read_recipients([recipient_of("somebody")])
EACH, LIMIT = 20, 40
PLAIN = LIMIT - LIMIT // 4


@pytest.fixture
def fund(tmp_path: Path, database: str) -> Iterator[FundHome]:
    """An open fund whose intake is open."""
    made = make_open_fund(tmp_path, now=NOW, database=database)
    for one in fund_rules(made).roster["members"][:2]:
        Answer(member=one["name"], day=TODAY, key=key_of(one["seal"])).save(using=made.alias)
    stop_writers()
    connections[made.alias].close()
    yield made
    stop_writers()
    connections[made.alias].close()
    del connections[made.alias]


def deposit_of(name: bytes) -> Deposit:
    envelope = close_padded(os.urandom(32) + bytes(4064), SOMEBODY)
    return Deposit(hash_of(name), hash_of(b"word" + name), NOTHING, bytes(8), envelope)


def send_all(fund: FundHome, database: str, deposits: list[Deposit], meeting: object, told: object) -> None:
    """What one process does: four threads send their parts as fast as they can."""
    attach(fund, database)
    words: list[str] = []

    def send(part: list[Deposit]) -> None:
        words.extend(take_in(fund, one, 4096, "script", Limits(LIMIT, 0, 0), TODAY) for one in part)

    threads = [threading.Thread(target=send, args=(deposits[start::4],)) for start in range(4)]
    meeting.wait(60)  # type: ignore[attr-defined]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stop_writers()
    told.put(words)  # type: ignore[attr-defined]


def test_two_processes_never_pass_the_quota_and_keep_one_of_each(fund: FundHome, database: str) -> None:
    shared = [deposit_of(b"shared %d" % number) for number in range(4)]
    own = [[deposit_of(b"%d of %d" % (number, process)) for number in range(EACH)] for process in range(2)]
    spawn = multiprocessing.get_context("spawn")
    meeting, told = spawn.Barrier(2), spawn.SimpleQueue()
    processes = [spawn.Process(target=send_all, args=(fund, database, [*shared, *mine], meeting, told)) for mine in own]
    for process in processes:
        process.start()
    words = Counter(word for _ in processes for word in told.get())
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    rows = Envelope.objects.using(fund.alias)
    day = IntakeDay.objects.using(fund.alias).get()
    kept = [bytes(row.blob) for row in rows.all()]
    assert (len(kept), day.script) == (PLAIN, PLAIN)
    assert len(set(kept)) == PLAIN, "one envelope was kept twice"
    sent = sum(map(len, own)) + 2 * len(shared)
    assert words["taken"] + words["full 2026-03-03"] == sent
    assert words["taken"] >= PLAIN
    assert words["full 2026-03-03"] > 0, "nobody was refused: there was no race for the last places"


def two_take_the_last_place(fund: FundHome, lock: Lock, meeting: threading.Barrier | None = None) -> tuple[int, int]:
    """Two writers stand for two processes; one place is left. Give what was taken and what the counter says.

    At `meeting` both have looked at the count and neither has written.
    """
    allowed = Limits(1, 0, 0)
    writers = [Writer(fund, lock), Writer(fund, lock)]
    words = []

    def take(index: int) -> None:
        one = deposit_of(b"last %d" % index)
        part = partial(
            _take,
            meeting,
            deposit=one,
            bucket=4096,
            digest=hash_of(one.envelope),
            way="script",
            allowed=allowed,
            today=TODAY,
        )
        words.append(writers[index].submit(part))

    threads = [threading.Thread(target=take, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for writer in writers:
        writer.stop()
    return words.count("taken"), IntakeDay.objects.using(fund.alias).get().script


def _take(meeting, batch, **asked):
    part = batch.part(Deposits)
    part._today(batch, asked["today"])
    if meeting is not None:
        meeting.wait(timeout=30)
    return part.take(batch, **asked)


def test_one_place_is_given_once(fund: FundHome) -> None:
    assert two_take_the_last_place(fund, exclusive) == (1, 1)


@pytest.mark.parametrize("database", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_without_the_lock_one_place_is_given_twice(fund: FundHome) -> None:
    """The control. (SQLite's write transaction itself is the lock: there is nothing to take away.)"""
    with connections[fund.alias].cursor() as cursor:
        cursor.execute(
            "INSERT INTO storage_intakeday (day, salt, script, script_vouched, door, door_vouched)"
            " VALUES (%s, %s, 0, 0, 0, 0)",
            [TODAY, bytes(32)],
        )
    taken, counted = two_take_the_last_place(fund, no_lock(threading.Barrier(2)), threading.Barrier(2))
    assert (taken, counted) == (2, 1)
