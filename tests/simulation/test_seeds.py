"""Seeded histories keep every promise; each planted fault is found; a seed replays exactly.

A failure prints the command that replays it. More seeds: `PANAH_SEEDS=20000 make test`, or
`python -m tests.simulation.run --seeds 20000 --from 1000`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connections, transaction

from panah.core import goal
from panah.errors import RefusedError
from panah.rails.base import History
from panah.rails.card.rail import CardRail
from panah.site.gifts import events
from panah.storage import lease
from panah.storage.batch import Batch
from panah.storage.lock import _COLUMNS
from tests.simulation.machine import Crash, drop_templates
from tests.simulation.run import FoundError, tell
from tests.simulation.seeds import chunks, first_found, live_through

FEW = 40


@pytest.fixture(scope="module", autouse=True)
def _templates() -> Iterator[None]:
    yield
    drop_templates()


@pytest.mark.parametrize("seeds", chunks(0), ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}")
def test_every_seed_keeps_every_promise(seeds: range) -> None:
    crashes, leaves, restored = live_through(seeds)
    if len(seeds) == 50:  # the histories are worth something
        assert crashes > 50
        assert leaves > 500
        assert restored > 2


@pytest.mark.long
@pytest.mark.parametrize("begin", range(1000, 11_000, 500))
def test_many_more_seeds_keep_every_promise(begin: int) -> None:
    live_through(range(begin, begin + 500))


def test_a_seed_replays_exactly() -> None:
    for seed in (3, 4, 5):
        first, second = tell(seed), tell(seed)
        assert first.log == second.log
        assert first.trace == second.trace
    assert tell(3).trace != tell(4).trace


def test_a_failing_seed_says_how_to_replay_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Batch, "outcome_of", lambda *_: None)
    with pytest.raises(FoundError, match=r"replay: \.venv/bin/python -m tests\.simulation\.run \d+"):
        live_through(range(FEW))


# -- planted faults: each must be found soon, or the simulation could not see it


def test_an_event_that_counts_twice_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Batch, "outcome_of", lambda *_: None)
    assert first_found(None, FEW) <= FEW


def test_room_that_is_given_twice_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(goal, "claim", lambda _, amount, **__: amount)
    assert first_found(None, FEW) <= FEW


def test_the_newest_held_gift_counted_first_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    free = goal.free

    def newest(capacity, held):
        order = sorted(held, key=lambda one: (one.day, one.gift), reverse=True)
        names = {f"{index:04}": one for index, one in enumerate(order)}
        turned = [goal.Held(name, order[-1].day, one.amount) for name, one in names.items()]
        return [(names[name].gift, part) for name, part in free(capacity, turned)]

    monkeypatch.setattr(goal, "free", newest)
    assert first_found(None, 4 * FEW) <= 4 * FEW


def test_a_sequencer_without_fencing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "check", lambda *_: None)
    assert first_found(None, FEW) <= FEW


def test_a_lock_that_holds_nothing_is_found() -> None:
    def unlock(team) -> None:
        busy: list[bool] = []

        @contextmanager
        def reading(alias: str):
            with connections[alias].cursor() as cursor:
                cursor.execute(f"SELECT {_COLUMNS} FROM storage_counter WHERE id = 1")
                row = cursor.fetchone()
            if not busy and team.queue and random.Random(str(row)).random() < 0.2:
                busy.append(True)
                try:
                    team.deliver(*team.queue[0])
                except (RefusedError, Crash):
                    pass
                finally:
                    busy.clear()
            with transaction.atomic(using=alias, durable=True), connections[alias].cursor() as cursor:
                yield cursor, row

        for writer in team.machine.writers.values():
            writer._lock = reading

    assert first_found(unlock, 4 * FEW) <= 4 * FEW


def test_a_restored_fund_that_does_not_know_its_gifts_again_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "know_again", lambda *_, **__: None)
    assert first_found(None, 4 * FEW) <= 4 * FEW


def test_a_restored_fund_that_does_not_ask_its_provider_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CardRail, "history", lambda *_: History((), ()))
    assert first_found(None, 4 * FEW) <= 4 * FEW
