"""The order of writes, syncs and words: nothing is said before what it says is on the disk.

Reads the recorder's log and strace's output alike, as a list of `Step`s. `breaches` names every place where
something was told too early.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pytest

from tests.power.disk import Op

CALLS = "openat,write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,mkdir,unlink,ftruncate"
_LINE = re.compile(r"(\d+) +(\w+)\((.*)")
_REST = re.compile(r"(\d+) +<\.\.\. (\w+) resumed>(.*)")
_FILE = re.compile(r"\d+<(/[^>]*)>")
_NAME = re.compile(r'"(/[^"]*)"')


@dataclass(frozen=True, slots=True)
class Step:
    """`create`, `write`, `sync`, `rename`, or `tell` (then `path` is what was told)."""

    kind: str
    path: str
    target: str = ""


def from_recorder(ops: Iterable[Op]) -> Iterator[Step]:
    """Read the recorder's log."""
    paths: dict[int, str] = {}
    for op in ops:
        if op.kind in "CO":
            paths[op.inode] = op.path.rstrip("/")
            if op.kind == "C":
                yield Step("create", op.path)
        elif op.kind in "WTS":
            yield Step("sync" if op.kind == "S" else "write", paths[op.inode])
        elif op.kind == "R":
            yield Step("rename", op.path, op.target)
            paths = {inode: op.target if path == op.path else path for inode, path in paths.items()}
        elif op.kind == "M":
            yield Step("create", op.path)
        elif op.kind == "A":
            yield Step("tell", op.first.decode())


def from_strace(text: str) -> Iterator[Step]:
    """Read `strace -f -y`: a call that was cut in two by another's counts at its end when it is a sync."""
    begun: dict[str, str] = {}
    for line in text.splitlines():
        if found := _REST.match(line):
            pid, call, rest = found.groups()
            yield from _step(call, begun.pop(pid, "") + rest)
        elif found := _LINE.match(line):
            pid, call, rest = found.groups()
            if rest.endswith("<unfinished ...>"):
                begun[pid] = rest.removesuffix("<unfinished ...>")
            else:
                yield from _step(call, rest)


def _step(call: str, rest: str) -> Iterator[Step]:
    if re.search(r"= -1 E\w+", rest):
        return
    file, names = _FILE.match(rest), _NAME.findall(rest)
    if call.startswith("rename"):
        yield Step("rename", names[0], names[1])
    elif call == "mkdir" or (call == "openat" and "O_CREAT" in rest and names):
        yield Step("create", names[0])  # also where the file was there: then nothing waits for its folder
    elif call == "write" and rest.startswith("1<"):
        yield Step("tell", rest.split('"')[1])
    elif file and call in {"write", "pwrite64", "ftruncate"}:
        yield Step("write", file[1])
    elif file and call in {"fsync", "fdatasync"}:
        yield Step("sync", file[1])


def breaches(steps: Iterable[Step], root: Path) -> tuple[list[str], int]:
    """Give what was told or published too early, and how often anything was."""
    found: list[str] = []
    told = 0
    dirty: set[str] = set()  # files with bytes that are not synced
    unnamed: dict[str, str] = {}  # path → folder whose sync makes its name durable
    for step in steps:
        if step.kind != "tell" and not step.path.startswith(str(root)):
            continue
        if step.kind == "write":
            dirty.add(step.path)
        elif step.kind == "create":
            unnamed[step.path] = str(PurePosixPath(step.path).parent)
        elif step.kind == "sync":
            dirty.discard(step.path)
            unnamed = {path: folder for path, folder in unnamed.items() if folder != step.path}
        elif step.kind == "rename":
            if step.path in dirty:
                found.append(f"{step.target} got its name before its bytes were synced")
            if step.target.endswith("/log/checkpoint"):
                told += 1
                early = [path for path in [*dirty, *unnamed] if _matters(path) and path != step.path]
                found += [f"a checkpoint was published before {path} was on the disk" for path in early]
            unnamed.pop(step.path, None)
            unnamed[step.target] = str(PurePosixPath(step.target).parent)
        elif step.kind == "tell" and step.path.startswith("ack "):
            told += 1
            early = [path for path in [*dirty, *unnamed] if _matters(path)]
            found += [f"a gift was acknowledged before {path} was on the disk" for path in early]
    return found, told


def _matters(path: str) -> bool:
    # SQLite makes its index of the WAL (-shm) anew after a crash. What it moves from the WAL into the database is
    # still in the WAL until that is synced.
    return not path.endswith(("-shm", ".sqlite3", "/.serving"))


def can_trace() -> str:
    """Tell why strace can't be used here; empty when it can."""
    if not shutil.which("strace"):
        return "no strace here"
    tried = subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, check=False)
    return "" if tried.returncode == 0 else "this machine lets nobody trace (ptrace)"


def need_trace() -> None:
    """Skip where nobody may trace."""
    if reason := can_trace():
        pytest.skip(reason)
