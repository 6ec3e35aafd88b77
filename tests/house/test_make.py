"""What a newcomer types: make tells what there is, runs what is installed, and says plainly what is missing."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.house.tree import ROOT, plant, text

TARGETS = {
    "run",
    "setup",
    "test",
    "test-long",
    "check",
    "races",
    "browser",
    "bench",
    "wheel",
    "lock",
    "messages",
    "build",
    "clean",
}
OWN = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}}
"""`make test` runs these tests too: a make below it must not think that it is part of it."""

STUB = """#!/usr/bin/python3
import os, signal, sys, time
signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
print("home:", os.environ["PANAH_HOME"])
print("site: http://127.0.0.1:" + os.environ["PANAH_PORT"] + "/", flush=True)
time.sleep(60)
"""


def make(root: Path, *words: str) -> str:
    ran = subprocess.run(["make", *words], cwd=root, env=OWN, capture_output=True, text=True, check=False)
    return ran.stdout + ran.stderr


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The Makefile where everything counts as installed, and `panah` is a stub."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    plant(tmp_path, {"requirements/run.txt": "", "pyproject.toml": "", ".venv/bin/python": "", ".venv/bin/panah": STUB})
    for source in ("requirements/run.txt", "pyproject.toml"):
        os.utime(tmp_path / source, (time.time() - 3600, time.time() - 3600))
    (tmp_path / ".venv/bin/panah").chmod(0o755)
    for order, stamp in enumerate(["run", "package", "web", "catalogues"]):
        path = tmp_path / ".venv" / f".stamp-{stamp}"
        path.touch()
        now = time.time() - 60 + order
        os.utime(path, (now, now))
    return tmp_path


def test_make_alone_tells_every_target():
    told = set(re.findall(r"^  make ([a-z-]+) +\S", make(ROOT), re.MULTILINE))
    assert told >= TARGETS
    assert told == set(re.findall(r"^([a-z-]+):.*## ", text(ROOT / "Makefile"), re.MULTILINE))


def test_what_is_installed_is_not_installed_again(installed):
    assert make(installed, "setup") == ""
    (installed / "requirements/run.txt").touch()
    assert "Installing" in make(installed, "setup", "--dry-run")


def test_run_says_where_and_ends_on_ctrl_c(installed):
    command = ["make", "run", "PANAH_PORT=8123", "PANAH_HOME=elsewhere"]
    told = ["home: elsewhere\n", "site: http://127.0.0.1:8123/\n"]
    with subprocess.Popen(
        command, cwd=installed, env=OWN, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as run:
        assert [run.stdout.readline(), run.stdout.readline()] == told
        os.killpg(run.pid, signal.SIGINT)
        assert run.wait(timeout=30) in {2, -signal.SIGINT}  # make itself hears Ctrl-C too, sooner or later
        assert run.stdout.read() == ""


def test_a_python_that_is_missing_or_too_old_is_said(tmp_path):
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    old = plant(tmp_path, {"old": '#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2\nexit 1\n'}) / "old"
    old.chmod(0o755)
    for python, said in [("python3-gone", "no python3-gone here"), (str(old), "Python 3.9.2 is too old")]:
        ran = subprocess.run([tmp_path / "tools/venv.sh", python], capture_output=True, text=True, check=False)
        assert (ran.returncode, said in ran.stderr) == (1, True)
        assert not (tmp_path / ".venv").exists()


def test_without_root_the_missing_packages_are_named(tmp_path):
    stubs = {"dpkg-query": "exit 1\n", "apt-get": "exit 0\n", "id": "echo 1000\n"}
    plant(tmp_path, {name: f"#!/bin/sh\n{body}" for name, body in stubs.items()})
    for name in stubs:
        (tmp_path / name).chmod(0o755)
    ran = subprocess.run(
        ["/bin/sh", ROOT / "tools/apt.sh", "test"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert "As root, once: apt install chromium" in ran.stderr
