"""Published files on disk: replaced whole, only when their bytes changed, with `.br` and `.gz` beside text.

Promises: a reader never sees half a file (temporary name in the same folder, then rename); an
unchanged file keeps its inode; what is removed goes together with its sidecars, sidecars first, so
that no compressed copy outlives its text; `generation` changes last, after everything it announces.
Nothing here is fsynced: every file can be made again from the database and the log.
"""

from __future__ import annotations

import contextlib
import gzip
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import brotli

SIDECARS: Final = (".br", ".gz")
GENERATION: Final = "generation"
_TEXT: Final = frozenset({".html", ".json", ".atom", ".txt", ".js", ".css", ".svg", ".csv", ".journal", ".beancount"})
_SMALL: Final = 256 * 1024  # above this the best compression costs more time than the readers win


def is_text(path: Path) -> bool:
    """Tell whether a file is worth compressing; pictures and tiles are not."""
    return path.suffix in _TEXT


def replace(path: Path, data: bytes) -> None:
    """Put `data` at `path` in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # The dot keeps the half-written file out of every web server's reach.
    handle, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            os.fchmod(file.fileno(), 0o644)  # mkstemp makes 0600, but another web server may serve this
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write(path: Path, data: bytes) -> bool:
    """Write a file and its sidecars when its bytes changed; tell whether they did."""
    text = is_text(path)
    with contextlib.suppress(OSError):
        same = path.stat().st_size == len(data) and path.read_bytes() == data
        if same and (not text or all(_sidecar(path, ending).exists() for ending in SIDECARS)):
            return False
    if text:
        small = len(data) <= _SMALL
        replace(_sidecar(path, ".br"), _brotli(data, 11 if small else 5))
        # mtime=0: the same text gives the same bytes on every machine.
        replace(_sidecar(path, ".gz"), gzip.compress(data, 9 if small else 6, mtime=0))
    replace(path, data)
    return True


def _brotli(data: bytes, quality: int) -> bytes:
    # A window no larger than the text: the tables for the usual 4 MiB are 40 MB, which malloc then keeps.
    window = min(22, max(10, len(data).bit_length() + 1))
    packed: bytes = brotli.compress(data, mode=brotli.MODE_TEXT, quality=quality, lgwin=window)
    return packed


def remove(path: Path) -> bool:
    """Remove a file and its sidecars; tell whether anything was there."""
    found = False
    for name in (*(_sidecar(path, ending) for ending in SIDECARS), path):
        with contextlib.suppress(FileNotFoundError):
            name.unlink()
            found = True
    return found


def sweep(folder: Path, keep: Iterable[Path]) -> list[Path]:
    """Remove every file under `folder` that is neither in `keep` nor a sidecar of one; then empty folders."""
    kept = {str(path) for path in keep}
    kept |= {name + ending for name in kept for ending in SIDECARS}
    gone = []
    for root, _, names in os.walk(folder, topdown=False):
        for name in names:
            path = Path(root, name)
            # A dot file is somebody's write in progress: its own writer renames or removes it.
            if str(path) not in kept and not name.startswith("."):
                path.unlink(missing_ok=True)
                gone.append(path)
        with contextlib.suppress(OSError):  # not empty: something in it is kept
            Path(root).rmdir()
    return gone


def bump(folder: Path) -> None:
    """Tell every process that serves `folder` that its pages changed."""
    path = folder / GENERATION
    try:
        number = int(path.read_text("ascii"))
    except (OSError, ValueError):
        number = 0
    replace(path, b"%d\n" % (number + 1))


def _sidecar(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)
