"""M1: bytes and names are on the disk before anybody is told, seen by the recorder and by strace.

For SQLite and the log's files: the write-ahead log is synced before each acknowledgement; file, then name, then
folder of everything that a checkpoint covers before the checkpoint. For PostgreSQL: its WAL is synced before it
says COMMIT. Each rule has a control that must breach it.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.db import connections

from panah.storage.sequencer import sequence
from panah.storage.writer import stop_writers
from tests.fundlab import make_open_fund
from tests.power.child import give
from tests.power.fund import NOW, ROOT, build_recorder, record
from tests.power.order import CALLS, breaches, from_recorder, from_strace, need_trace


@pytest.fixture
def home(tmp_path: Path) -> Path:
    fund = make_open_fund(tmp_path / "home", now=NOW, goal=10_000_000)
    sequence(fund)
    stop_writers()
    connections[fund.alias].close()
    return fund.home


def test_recorded_syncs_come_before_every_word(home: Path, tmp_path: Path) -> None:
    ops = record(build_recorder(tmp_path), home, "0", "10", "one")
    found, told = breaches(from_recorder(ops), home)
    assert (found, told) == ([], 11)


@pytest.mark.parametrize("mode", ["no-file-sync", "no-folder-sync", "no-database-sync"])
def test_the_control_speaks_too_early(home: Path, tmp_path: Path, mode: str) -> None:
    ops = record(build_recorder(tmp_path), home, "0", "2", mode)
    assert breaches(from_recorder(ops), home)[0]


def test_strace_sees_the_same_order(home: Path, tmp_path: Path) -> None:
    need_trace()
    output = tmp_path / "trace"
    command = ["strace", "-f", "-y", "-s", "64", "-e", f"trace={CALLS}", "-o", str(output), sys.executable]
    command += ["-m", "tests.power.child", str(home), "0", "5", "one"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    text = output.read_text()
    assert breaches(from_strace(text), home) == ([], 6)
    without = "\n".join(line for line in text.splitlines() if "sync(" not in line)
    assert len(breaches(from_strace(without), home)[0]) > 6, "the control: nobody synced"


def trace_server(url: str, output: Path) -> subprocess.Popen[bytes]:
    """Trace a PostgreSQL server and all its sessions."""
    with psycopg.connect(url) as connection:
        session = connection.execute("SELECT pg_backend_pid()").fetchone()[0]
        status = Path(f"/proc/{session}/status").read_text()
    server = re.search(r"PPid:\s+(\d+)", status)[1]
    calls = "trace=write,pwrite64,pwritev,fsync,fdatasync,sendto"
    tracer = subprocess.Popen(
        ["strace", "-f", "-y", "-s", "64", "-e", calls, "-o", str(output), "-p", server], stderr=subprocess.PIPE
    )
    said = tracer.stderr.readline()
    if b"attached" not in said:
        tracer.kill()
        pytest.skip("this machine lets nobody trace another process (ptrace)")
    return tracer


def early_commits(text: str) -> tuple[int, int]:
    """Give (COMMITs told with no sync of the WAL since the one before, COMMITs). One session writes at a time."""
    begun: dict[str, str] = {}
    early = told = 0
    synced = False
    for line in text.splitlines():
        pid, _, rest = line.partition(" ")
        rest = rest.strip()
        if rest.startswith("sendto(") and "COMMIT" in rest:  # the word leaves when the call begins
            told += 1
            early += not synced
            synced = False
        elif rest.endswith("<unfinished ...>"):
            begun[pid] = rest
        else:
            whole = begun.pop(pid, "") if rest.startswith("<... ") else rest
            synced |= bool(re.match(r"f(data)?sync\(\d+<[^>]*/pg_wal/", whole))
    return early, told


@pytest.mark.postgres
@pytest.mark.parametrize("synced", [True, False])
def test_postgresql_syncs_before_it_says_commit(tmp_path: Path, postgres_url: str, synced: bool) -> None:
    need_trace()
    fund = make_open_fund(tmp_path / "home", now=NOW, goal=10_000_000, database=postgres_url)
    stop_writers()
    connections[fund.alias].close()
    if not synced:  # the control
        options = connections.databases[fund.alias]["OPTIONS"]
        options["options"] = options["options"].replace("synchronous_commit=on", "synchronous_commit=off")
        del connections[fund.alias]
    output = tmp_path / "trace"
    tracer = trace_server(postgres_url, output)
    try:
        give(fund, "0", "0", 10)
    finally:
        stop_writers()
        connections[fund.alias].close()
        tracer.send_signal(signal.SIGINT)
        tracer.wait(timeout=30)
        tracer.stderr.close()
    early, told = early_commits(output.read_text())
    assert told >= 20
    assert (early == 0) is synced
