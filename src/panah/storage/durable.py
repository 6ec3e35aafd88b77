"""Files that survive power loss: written beside, synced, renamed, and their folder synced.

Promise: when a function here returns, the bytes are under their name after any crash; before that,
the old bytes (or none) are. Order matters: a name is never made before its bytes are on the disk.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Make `folder` and its parents, each name durable in its own parent."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def write_file(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Put `data` under `path`, durable on return."""
    write_files([(path, data)], mode)


def write_files(files: Iterable[tuple[Path, bytes]], mode: int = 0o644) -> None:
    """Put many files, all durable on return; each folder is synced once.

    A file that already holds the same bytes is left alone: tiles are immutable, and recovery repeats writes.
    """
    folders: set[Path] = set()
    for path, data in files:
        if path.is_file() and path.read_bytes() == data:
            folders.add(path.parent)  # its name may not be durable yet if a crash came between
            continue
        make_folder(path.parent)
        _write_one(path, data, mode)
        folders.add(path.parent)
    for folder in sorted(folders):
        sync_folder(folder)


def _write_one(path: Path, data: bytes, mode: int) -> None:
    # A random name: two hosts may write one shared folder, and their processes may have one number.
    beside = path.with_name(f".{path.name}.{secrets.token_hex(6)}.new")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        try:
            with os.fdopen(handle, "wb", closefd=False) as stream:
                stream.write(data)
            os.fsync(handle)
        finally:
            os.close(handle)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)  # a disk that is full must not be filled with halves
        raise
