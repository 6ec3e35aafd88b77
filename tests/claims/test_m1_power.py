"""M1: power lost at any instant takes no acknowledged gift, and no published history.

A child lives under a recorder of its disk. At drawn calls the power goes: what was synced stays, what was not
is drawn (lost, torn, reordered). On what is left a new process starts as always, and must have everything
that was told to anybody before. The control runs the same without syncs, and must be seen to lose.
"""

from __future__ import annotations

import random
import sqlite3
from contextlib import suppress
from pathlib import Path

import pytest
from django.db import connections
from django.db.utils import DatabaseError

from panah.core.statement import begin
from panah.errors import PanahError, RefusedError
from panah.site.funds.actions import carry_out
from panah.site.gifts.queries import fund_rules
from panah.storage.funds import FundHome, attach
from panah.storage.lease import drop_folder, hold_folder
from panah.storage.models import Entry
from panah.storage.sequencer import sequence
from panah.storage.writer import stop_writers
from tests.booklab import Head, hold_books, hold_gifts, read_head, read_log, replay
from tests.fundlab import make_open_fund, signed
from tests.power.disk import Disk, Op, write_out
from tests.power.fund import NOW, build_recorder, record

CUTS_PER_LIFE = 7


@pytest.fixture(scope="module")
def recorder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_recorder(tmp_path_factory.mktemp("recorder"))


def new_fund(home: Path) -> FundHome:
    fund = make_open_fund(home, now=NOW, goal=10_000_000)
    sequence(fund)
    leave(fund)
    return fund


def leave(fund: FundHome) -> None:
    stop_writers()
    connections[fund.alias].close()


class Told:
    """What the world was told: gifts acknowledged, checkpoints published."""

    def __init__(self, gifts: dict[str, int], notes: list[bytes]) -> None:
        self.gifts, self.notes = dict(gifts), list(notes)

    def hear(self, op: Op, disk: Disk) -> None:
        if op.kind == "A":
            for line in op.first.decode().splitlines():
                _, identity, counted = line.split()
                self.gifts[identity] = int(counted)
        elif op.kind == "R" and op.target.endswith("/log/checkpoint"):
            file = disk.now[op.target]
            assert file is not None
            self.notes.append(bytes(file.now))


def start_again(home: Path, told: Told) -> FundHome:
    """Start as a site does, on what the cut left; then hold everything against everything."""
    fund = FundHome(home, "lantern")
    attach(fund)
    hold_folder(fund)
    try:
        sequence(fund)
        heads: list[Head] = [read_head(fund, note) for note in told.notes]
        _, leaves = read_log(fund, *heads)
        assert not Entry.objects.using(fund.alias).filter(leaf=None).exists()
        hold_gifts(fund, told.gifts)
        hold_books(fund, replay(leaves))
    finally:
        leave(fund)
        drop_folder(fund)
    return fund


def lives(tmp_path: Path, recorder: Path, seed: str, number: int, mode: str = "many"):
    """Let a fund live `number` times, each on what the last cut before left; give every cut's (home, told)."""
    chance = random.Random(seed)
    home, told = tmp_path / "start", Told({}, [])
    new_fund(home)
    for life in range(number):
        disk = Disk(home)
        ops = record(recorder, home, f"{life}", "8", mode)
        cuts = sorted(chance.sample(range(20, len(ops)), CUTS_PER_LIFE))
        for index, op in enumerate(ops, 1):
            disk.play(op)
            told.hear(op, disk)
            if index in cuts:
                home = tmp_path / f"life{life}-cut{index}"
                write_out(disk.cut(f"{seed}-{life}-{index}"), home)
                yield home, told
                if index == cuts[-1]:
                    break


def test_the_recorder_misses_no_call(tmp_path: Path, recorder: Path) -> None:
    fund = new_fund(tmp_path / "home")
    disk = Disk(fund.home)
    for op in record(recorder, fund.home, "0", "8", "many"):
        disk.play(op)
    found = {str(path.relative_to(fund.home)): path.read_bytes() for path in fund.home.rglob("*") if path.is_file()}
    assert disk.seen() == found


@pytest.mark.parametrize("number", [3, pytest.param(60, marks=pytest.mark.long)])
def test_power_lost_at_any_call_takes_nothing_that_was_told(tmp_path: Path, recorder: Path, number: int) -> None:
    acknowledged = 0
    for home, told in lives(tmp_path, recorder, f"m1 {number}", number):
        start_again(home, told)
        acknowledged = max(acknowledged, len(told.gifts))
    assert acknowledged > 5 * number, "the cuts came before anybody gave: the test saw nothing"


def test_a_founding_that_lost_power_is_whole_or_repeated(tmp_path: Path, recorder: Path) -> None:
    home = tmp_path / "start"
    home.mkdir()
    disk, told = Disk(home), Told({}, [])
    ops = record(recorder, home, module="tests.power.founding")
    chance = random.Random("founding")
    cuts = {*chance.sample(range(1, len(ops)), 5), len(ops)}
    for index, op in enumerate(ops, 1):
        disk.play(op)
        told.hear(op, disk)
        if index not in cuts:
            continue
        left = tmp_path / f"cut{index}"
        write_out(disk.cut(f"founding-{index}"), left)
        fund = FundHome(left, "lantern")
        try:
            if told.gifts:
                attach(fund)
            else:
                repeat_founding(fund)
            sequence(fund)
            _, leaves = read_log(fund)
            assert [fund_rules(fund).vkey] == (list(told.gifts) or [fund_rules(fund).vkey])
            assert replay(leaves).state == "open"
        finally:
            leave(fund)


def repeat_founding(fund: FundHome) -> None:
    """Do what a founder does whose machine went dark: the same command again, then the statement again."""
    try:
        make_open_fund(fund.home, now=NOW)
    except RefusedError:  # it was founded; whether it was opened is the next question
        rules = fund_rules(fund)
        opening = begin("life", rules.origin, day=NOW.date().isoformat(), to="open", vkey=rules.vkey)
        with suppress(RefusedError):
            carry_out(fund, signed(opening), NOW)


@pytest.mark.parametrize("mode", ["no-database-sync", "no-file-sync", "no-folder-sync"])
def test_without_syncs_the_same_cuts_are_seen_to_lose(tmp_path: Path, recorder: Path, mode: str) -> None:
    """The controls: each kind of sync is needed. Threads differ from run to run, so some lives may lose nothing."""
    for home, told in lives(tmp_path, recorder, "control", 6, mode):
        try:
            start_again(home, told)
        except (AssertionError, DatabaseError, sqlite3.Error, PanahError, OSError):
            return
    pytest.fail("nothing was lost: the test can't see a loss of this kind")
