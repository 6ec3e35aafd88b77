"""Fencing: whoever lost the lease, at whatever step, signs nothing more and harms no file."""

from __future__ import annotations

import os
from contextlib import contextmanager

import pytest
from django.db import connections

from panah.errors import RefusedError
from panah.proof.checkpoint import Checkpoint
from panah.proof.tiles import TileWriter, paths_of
from panah.storage import lease, sequencer
from panah.storage.models import Entry, LogHead
from panah.storage.sequencer import publish_head, sequence
from tests.storage.test_sequencer import audit, give_many, head_of


@contextmanager
def another_process(name="another"):
    """What is done inside is done by a process of another name."""
    before = lease._process
    lease._process = (os.getpid(), name)
    try:
        yield
    finally:
        lease._process = before


def row(fund):
    return LogHead.objects.using(fund.alias).get()


def end_span(fund):
    """Let the database's clock pass the end of the lease."""
    LogHead.objects.using(fund.alias).update(until=1)


def test_a_lease_is_renewed_under_its_epoch_and_taken_over_under_the_next(new_fund):
    fund = new_fund()
    assert [lease.take(fund), lease.take(fund)] == [1, 1]
    end_span(fund)
    assert lease.take(fund) == 1, "nobody took it meanwhile"
    end_span(fund)
    with another_process():
        assert lease.take(fund) == 2


def test_a_living_holder_is_left_alone_and_a_dead_one_is_not(new_fund, database):
    fund = new_fund()
    lease.take(fund)
    with another_process():
        if not database:  # one process by the lock of the folder: whoever asks is the one
            assert lease.take(fund) == 2
            return
        assert lease.take(fund) is None
        holder = row(fund).holder
        LogHead.objects.using(fund.alias).update(holder=holder + "1")  # a session that is no more
        assert lease.take(fund) == 2


def test_what_was_given_back_is_free_at_once(new_fund):
    fund = new_fund()
    lease.release(fund, lease.take(fund))
    with another_process():
        assert lease.take(fund) == 2
        lease.release(fund, 1)  # somebody late gives back what is no longer theirs
        assert row(fund).holder


def test_a_single_step_gives_the_lease_back_and_one_inside_a_longer_hold_does_not(new_fund):
    fund = new_fund()
    give_many(fund, 1)
    sequence(fund)
    assert (row(fund).holder, row(fund).epoch) == ("", 1)
    lease.take(fund)
    sequence(fund)
    assert row(fund).holder


def test_entries_are_left_to_a_process_that_is_at_work(new_fund, database, monkeypatch):
    fund = new_fund()
    give_many(fund, 3)
    if not database:
        pytest.skip("SQLite has one process")
    with another_process():
        lease.take(fund)
    monkeypatch.setattr(
        lease.time, "sleep", lambda _: LogHead.objects.using(fund.alias).update(until=row(fund).until + 1)
    )
    assert sequence(fund) == 0
    assert Entry.objects.using(fund.alias).filter(leaf=None).count() == 3


@pytest.mark.parametrize("step", ["begin", "placed", "tiles", "signed"])
def test_paused_at_any_step_it_wakes_to_a_longer_log_and_signs_nothing(new_fund, step, monkeypatch):
    fund = new_fund(goal=10_000_000)
    give_many(fund, 100)
    sequence(fund)
    give_many(fund, 200)
    signed, awake = [], []
    sign = Checkpoint.sign
    monkeypatch.setattr(
        Checkpoint, "sign", lambda self, key: signed.append((self.size, bool(awake))) or sign(self, key)
    )

    def pause(name: str) -> None:
        if name != step or awake:
            return
        end_span(fund)
        with another_process():
            give_many(fund, 50)
            assert sequence(fund) == 350
        awake.append(True)

    if step in {"placed", "signed"}:  # it finds that everything it had to do is done
        sequence(fund, steps=pause)
    else:
        with pytest.raises(lease.LeaseLostError, match="follows"):
            sequence(fund, steps=pause)
    assert [size for size, late in signed if late] == []
    assert head_of(fund).size == 350, "an older checkpoint was put over a newer one"
    assert audit(fund) == 350


def test_two_who_write_one_folder_leave_the_same_bytes(new_fund, monkeypatch):
    """The one that lost writes its tiles last, over and beside those of the one that won."""
    fund = new_fund(goal=100_000_000)
    give_many(fund, 500)
    sequence(fund)
    give_many(fund, 40)

    write_files = sequencer.write_files

    def write_late(files) -> None:
        """Fall asleep with the tiles planned and nothing written."""
        planned = list(files)
        monkeypatch.setattr(sequencer, "write_files", write_files)
        end_span(fund)
        with another_process("second"):
            give_many(fund, 300)
            assert sequence(fund) == 840
        write_files(planned)

    monkeypatch.setattr(sequencer, "write_files", write_late)
    with pytest.raises(lease.LeaseLostError):
        sequence(fund)
    with another_process("third"):
        give_many(fund, 1)
        sequence(fund)
    leaves = [bytes(e.body) for e in Entry.objects.using(fund.alias).order_by("leaf")]
    assert len(leaves) == 841
    for path in fund.log.rglob("tile/**/*"):
        assert not path.name.endswith(".new"), "a half-written file was left"
    for size in (500, 540, 840, 841):
        writer = TileWriter()
        files = [*writer.append(leaves[:size]), *writer.partials()]
        for path, data in files:
            if (fund.log / path).is_file():  # partial ones go once they are full
                assert (fund.log / path).read_bytes() == data, path
    assert set(paths_of(841)) <= {str(path.relative_to(fund.log)) for path in fund.log.rglob("*")}
    assert audit(fund) == 841


def test_a_checkpoint_file_that_went_back_is_brought_forward(new_fund):
    fund = new_fund()
    give_many(fund, 2)
    sequence(fund)
    old = (fund.log / "checkpoint").read_bytes()
    give_many(fund, 2)
    sequence(fund)
    (fund.log / "checkpoint").write_bytes(old)
    assert publish_head(fund)
    assert head_of(fund).size == 4


def test_sqlite_is_served_by_one_process(new_fund, database):
    fund = new_fund()
    lease.hold_folder(fund)
    lease.hold_folder(fund)  # the same process may ask again
    held = dict(lease._held)
    try:
        lease._held.clear()
        if database:
            assert not held
            lease.hold_folder(fund)
        else:
            with pytest.raises(RefusedError, match="SQLite is for one") as refused:
                lease.hold_folder(fund)
            assert "PANAH_DATABASE" in refused.value.hint_text()
    finally:
        lease._held.update(held)
        lease.drop_folder(fund)
    lease.hold_folder(fund)
    lease.drop_folder(fund)
    connections[fund.alias].close()
