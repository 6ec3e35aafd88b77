"""Load from one core: wrk, with a script where answers lead to the next request; each run's figures as a `Load`."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benches.ground import LOAD_CORE, Server, pinned

_HERE = Path(__file__).resolve().parent
_BROWSER = {"User-Agent": "Mozilla/5.0 (bench)", "Accept": "text/html"}


@dataclass(frozen=True)
class Load:
    """What one run did. Latencies in ms; `cpu_ms` is the server's processor time for one of what finished."""

    finished: int
    per_second: float
    p50: float
    p99: float
    cpu_ms: float


def load(
    server: Server,
    path: str,
    script: str = "",
    *words: str,
    seconds: float,
    connections: int = 32,
    headers: Mapping[str, str] | None = None,
    core: str = LOAD_CORE,
) -> Load:
    """Load a server for some seconds. Raises when anything but a good answer came.

    `script`: files of this folder, put together in this order. Without one every request has the same bytes, which wrk
    sends without asking Lua.
    """
    flags = [part for name, value in (_BROWSER | dict(headers or {})).items() for part in ("-H", f"{name}: {value}")]
    length = max(1, round(seconds))
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as joined:
        for name in ("report.lua", *script.split()):
            joined.write((_HERE / name).read_text())
        joined.flush()
        command = [
            "wrk",
            "-t1",
            f"-c{connections}",
            f"-d{length}s",
            "--timeout",
            "20s",
            *flags,
            "-s",
            joined.name,
            server.url + path,
        ]
        before = server.cpu_ms()
        done = subprocess.run(
            pinned(core, [*command, "--", *words]),
            capture_output=True, text=True, check=False, timeout=length + 60,
        )  # fmt: skip
        spent = server.cpu_ms() - before
    found = re.search(r"\nresult (.*)\n", done.stdout)
    if done.returncode or not found:
        raise RuntimeError(f"wrk failed: {done.stdout[-800:]}{done.stderr[-800:]}")
    told = {key: int(value) for key, value in (pair.split("=") for pair in found[1].split())}
    finished = told["finished"]
    if told["errors"] or not finished:
        raise RuntimeError(f"{path}: not all answers were good: {found[1]}")
    taken = told["duration"] / 1e6
    return Load(finished, finished / taken, told["p50"] / 1000, told["p99"] / 1000, spent / finished)
