"""The fund of the power tests, and running the child under the recorder."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.power.disk import Op, read_log

NOW = dt.datetime.now(dt.UTC)
ROOT = Path(__file__).parents[2]


def build_recorder(folder: Path) -> Path:
    """Compile the preload library."""
    library = folder / "recorder.so"
    source = Path(__file__).with_name("recorder.c")
    try:
        subprocess.run(["gcc", "-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o", library, source], check=True)
    except FileNotFoundError:
        pytest.skip("no gcc here")
    return library


def record(recorder: Path, home: Path, *arguments: str, module: str = "tests.power.child") -> list[Op]:
    """Run a child on `home`; give everything that it asked of its disk."""
    log = home.parent / f"{home.name}.ops"
    environment = os.environ | {
        "LD_PRELOAD": str(recorder), "PANAH_POWER_LOG": str(log), "PANAH_POWER_ROOT": str(home),
    }  # fmt: skip
    command = [sys.executable, "-m", module, str(home), *arguments]
    child = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert child.returncode == 0, child.stderr[-2000:]
    return list(read_log(log))
