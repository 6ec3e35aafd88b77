"""What one worker holds, without processes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from panah.desk.process import present as presents
from panah.desk.process.orders import LOCKED, Orders, read_orders
from panah.desk.process.present import Present
from panah.errors import RefusedError

NOW = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


def orders(folder: Path, idle: int = 10) -> Orders:
    return Orders(4, str(folder), "cookie", "start", idle, "en")


def test_a_desk_that_nobody_uses_locks_itself(tmp_path, monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr(presents.time, "monotonic", lambda: clock[0])
    here = Present(orders(tmp_path), 80, lambda _: None)
    clock[0] += 599
    here.touch()
    clock[0] += 600
    assert here.wait_end() == LOCKED


def test_what_is_ending_gives_the_desk_to_nobody(tmp_path):
    here = Present(orders(tmp_path), 80, lambda _: None)
    here._desk = object()
    with here.turn():
        pass
    here.end()
    with pytest.raises(RefusedError, match="locked"), here.turn():
        pass


def test_orders_come_over_whole_and_show_no_secret(tmp_path):
    given = orders(tmp_path)
    assert read_orders(given.to_line()) == given
    assert "cookie" not in repr(given)
