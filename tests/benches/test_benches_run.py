"""Each bench still runs, with the smallest sizes. What it measures is read by people, never asserted: machines differ."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benches.report import Line, in_turns, ratio, verdict

ROOT = Path(__file__).resolve().parent.parent.parent
SMALL = {
    "verify": ["ledger", "--leaves", "3000"],
    "gifts": ["wrk", "--seconds", "1", "--events", "40"],
    "pages": ["wrk nginx", "--seconds", "1"],
    "paint": ["chromium nginx"],
    "intake": ["wrk", "--parcels", "60"],
    "seal": ["", "--seconds", "0.001"],
    "desk": ["", "--seconds", "0.001", "--cases", "4"],
    "postgres": ["wrk", "--seconds", "3", "--events", "40"],
    "growth": ["wrk", "--events", "40", "--short", "300", "--books", "1200"],
    "peers": ["wrk pg_dump", "--seconds", "3", "--events", "40"],
}
TARGETS = {"growth": 1, "peers": 0}
"""Where they are fewer than three; without a pretix, `peers` only tells."""


@pytest.mark.parametrize("name", SMALL)
def test_a_bench_runs_and_names_its_targets(name):
    programs, *words = SMALL[name]
    missing = [program for program in programs.split() if not shutil.which(program)]
    if missing:
        pytest.skip(f"{', '.join(missing)} comes with make bench")
    command = [sys.executable, "-m", f"benches.{name}", "--rounds", "1", *words]
    alone = {key: value for key, value in os.environ.items() if key != "PANAH_PRETIX"}
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=300, env=alone)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("target") >= TARGETS.get(name, 3)
    if name == "peers":
        assert "PANAH_PRETIX" in done.stdout


def test_a_missed_target_fails_only_a_checked_run(capsys):
    lines = [Line("fast", 0.7, limit=">= 0.6"), Line("small", 21, "kB", limit="<= 20"), Line("told", 3)]
    assert [line.holds for line in lines] == [True, False, None]
    assert (verdict(lines, check=False), verdict(lines, check=True), verdict(lines[:1], check=True)) == (0, 1, 0)
    assert "missed: small" in capsys.readouterr().out


def test_rounds_take_turns():
    calls = []
    runs = {name: lambda name=name: calls.append(name) or len(calls) for name in ("ours", "theirs")}
    assert in_turns(2, runs) == {"ours": [1, 3], "theirs": [2, 4]}
    assert calls == ["ours", "theirs", "ours", "theirs"]
    assert ratio([2.0, 9.0, 4.0], [1.0, 3.0, 1.0]) == 3.0
