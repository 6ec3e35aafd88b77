"""Two site processes and the last part of a goal: the control shows the race, the lock ends it.

Two writers stand for two processes. The control hands them a lock that reads the counter and waits at
a barrier until the other has read it too: both see room, both take it, and the fund is oversold.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.db import connections, transaction

from panah.core.rates import RateTable
from panah.rails.fake.rail import FakeRail
from panah.site.gifts.actions import promise
from panah.site.gifts.events import carry_event, keys_of
from panah.storage.lock import _COLUMNS, Lock, exclusive
from panah.storage.models import Gift
from panah.storage.writer import Writer
from tests.storage.lab import NOW, TODAY, event, request

GOAL = 100_000


def no_lock(meeting: threading.Barrier) -> Lock:
    """Read without holding anything, and go on only when everybody has read."""

    @contextmanager
    def reading(alias: str) -> Iterator[tuple[Any, tuple[Any, ...]]]:
        with connections[alias].cursor() as cursor:
            cursor.execute(f"SELECT {_COLUMNS} FROM storage_counter WHERE id = 1")
            row = cursor.fetchone()
        meeting.wait(timeout=30)
        with transaction.atomic(using=alias, durable=True), connections[alias].cursor() as cursor:
            yield cursor, row

    return reading


def two_pay_the_whole_goal(fund, lock: Lock) -> int:
    """Two givers pay everything that is left, each through a process of their own; give what was counted."""
    writers = [Writer(fund, lock), Writer(fund, lock)]
    asked = [request(GOAL), request(GOAL)]
    for one in asked:
        promise(fund, one, NOW)

    def pay(index: int) -> None:
        paid = event(asked[index].id, GOAL, name=f"pay-{index}")
        rail = FakeRail()
        job = partial(carry_event, rail=rail, event=paid, today=TODAY, rates=RateTable({}))
        writers[index].submit(job, gifts=(paid.gift,), events=keys_of(rail, paid))

    threads = [threading.Thread(target=pay, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for writer in writers:
        writer.stop()
    return sum(gift.counted for gift in Gift.objects.using(fund.alias).all())


def test_without_the_lock_the_fund_is_oversold(new_fund):
    """The control: this test can see the race."""
    # Entry numbers come from the same counter, so both also write entry 1: give the second its own.
    fund = new_fund(goal=GOAL)
    with connections[fund.alias].cursor() as cursor:
        cursor.execute("DROP TABLE storage_entry")
        cursor.execute("CREATE TABLE storage_entry (id bigint, kind text, body bytea, gift_ref text, leaf bigint)")
    assert two_pay_the_whole_goal(fund, no_lock(threading.Barrier(2))) == 2 * GOAL


def test_with_the_lock_exactly_one_is_taken(new_fund):
    assert two_pay_the_whole_goal(new_fund(goal=GOAL), exclusive) == GOAL
