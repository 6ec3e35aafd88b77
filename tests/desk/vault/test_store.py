"""Sealed rows on disk: once each, durable, and gone when they are forgotten."""

from __future__ import annotations

import datetime as dt
import os
import signal
import sqlite3
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from panah.desk.vault.store import OURS_AFTER, Store
from panah.proof.deskwire import Push, Row
from panah.proof.relaywire import NOTHING

DAY = dt.date(2026, 3, 2)


def row(seq: int, word: str = "") -> Row:
    return Row(seq, bytes([seq]) * 32, "d", DAY, DAY, (word or f"envelope {seq}").encode() * 100)


@pytest.fixture
def store(tmp_path):
    made = Store(tmp_path / "stream.sqlite3")
    yield made
    made.close()


def hashes(store: Store) -> list[bytes]:
    return [one.envelope for one in store.rows()]


def test_a_row_is_kept_once_under_its_first_number_and_both_numbers_are_acknowledged(store):
    assert [one.seq for one in store.take([row(1), row(2)]).new] == [1, 2]
    assert store.take([row(3, "envelope 1")]).new == []
    assert (store.pulled, store.unacknowledged(10)) == (3, [1, 2, 3])
    store.acknowledged([1, 3])
    assert store.unacknowledged(10) == [2]
    assert len(hashes(store)) == 2


def test_what_waits_is_in_the_stream_at_once_and_takes_its_number_when_it_comes_back(store):
    store.take([row(1)])
    envelope = row(5).envelope
    [queued] = store.queue([(Push(bytes(32), NOTHING, envelope), True), (Push(b"m" * 32, b"d" * 32, b"reply"), False)])
    assert queued.seq > OURS_AFTER
    assert [one.seq for one in store.rows()] == [1, queued.seq]
    waiting = store.waiting(10**6)
    assert [push.envelope for _, push in waiting] == [envelope, b"reply"]
    store.sent([(number, 4 + number) for number, _ in waiting])
    assert store.waits() == 0
    assert len(hashes(store)) == 2  # until it is in the stream it stays here
    taken = store.take([Row(5, bytes(32), "d", DAY, DAY, envelope)])
    assert (taken.new, taken.back) == ([], {sha256(envelope).digest(): 5})
    assert [one.seq for one in store.rows()] == [1, 5]


def test_a_push_stays_below_its_size_but_one_letter_always_goes(store):
    store.queue([(Push(bytes([n]) * 32, NOTHING, bytes([n]) * 1000), True) for n in range(5)])
    assert len(store.waiting(2500)) == 2
    assert len(store.waiting(1)) == 1


def test_what_is_forgotten_leaves_no_byte_in_the_file_or_its_journal_and_does_not_come_back(store, tmp_path):
    store.take([row(1, "canary-to-be-shredded"), row(2)])
    store.forget([sha256(row(1, "canary-to-be-shredded").envelope).digest()])
    found = [path.name for path in tmp_path.iterdir() if b"canary-to-be-shredded" in path.read_bytes()]
    assert found == []
    store.pull_anew()
    assert store.take([row(1, "canary-to-be-shredded")]).new == []
    assert len(hashes(store)) == 1
    assert store.pulled == 1


def test_the_control_without_overwriting_does_leave_bytes(tmp_path):
    base = sqlite3.connect(tmp_path / "plain.sqlite3")
    base.execute("PRAGMA secure_delete = OFF").fetchall()
    base.execute("CREATE TABLE one (data BLOB)")
    base.execute("INSERT INTO one VALUES (?)", (b"canary-to-be-shredded" * 100,))
    base.commit()
    base.execute("DELETE FROM one")
    base.commit()
    base.close()
    assert b"canary-to-be-shredded" in (tmp_path / "plain.sqlite3").read_bytes()


WRITER = """
import datetime as dt, sys
from pathlib import Path
from panah.desk.vault.store import Store
from panah.proof.deskwire import Push, Row
store = Store(Path(sys.argv[1]))
day = dt.date(2026, 3, 2)
for n in range(1, 10_000):
    store.take([Row(2 * n, n.to_bytes(32, "big"), "d", day, day, b"a%d" % n), Row(2 * n + 1, bytes(32), "d", day, day, b"b%d" % n)])
    store.queue([(Push(n.to_bytes(32, "big"), bytes(32), b"c%d" % n), True), (Push(bytes(32), b"d" * 32, b"e%d" % n), False)])
    print(n, flush=True)
"""


@pytest.mark.parametrize("stop", [1, 3, 8, 17, 40])
def test_a_desk_killed_at_any_point_has_all_it_was_told_is_kept_and_nothing_by_halves(tmp_path, stop):
    path = tmp_path / "stream.sqlite3"
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    told = 0
    while told < stop:
        told = int(writer.stdout.readline())
    os.kill(writer.pid, signal.SIGKILL)
    told = max([told, *map(int, writer.stdout.read().split())])
    writer.stdout.close()
    writer.wait()
    store = Store(path)
    kept = {one.envelope for one in store.rows()}
    for n in range(1, told + 1):
        assert {b"a%d" % n, b"b%d" % n, b"c%d" % n} <= kept
    pairs = [name for name in kept if name.startswith(b"a")]
    assert {name.replace(b"a", b"b") for name in pairs} == {name for name in kept if name.startswith(b"b")}
    assert store.pulled >= 2 * told + 1
    assert set(store.unacknowledged(10**6)) == set(range(2, store.pulled + 1))
    letters = {push.envelope for _, push in store.waiting(10**9)}
    assert {name.replace(b"c", b"e") for name in letters if name.startswith(b"c")} == {
        name for name in letters if name.startswith(b"e")
    }
    assert oct(Path(path).stat().st_mode & 0o777) == "0o600"
    store.close()
