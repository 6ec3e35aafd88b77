"""Copies one state of a fund's published files into an empty folder: links what is there, reads the rest.

Promises: a file has the hash and length that the list says, or the copy ends; only plain new files are made, all
below the folder, compressed copies included; the log is copied by the names that its size gives, nothing else.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
from itertools import tee
from pathlib import Path
from typing import TYPE_CHECKING, Final

from panah.errors import N_, InputError
from panah.proof.checkpoint import Checkpoint
from panah.proof.note import read_unverified
from panah.proof.tiles import MAX_BUNDLE, WIDTH, parse_path, paths_of
from panah.verify.listing import MAX_TOTAL, SIDECARS
from panah.verify.sources import cut_bundle, cut_tile

try:
    import brotli
except ImportError:  # the default install: readers then get gzip
    brotli = None  # type: ignore[assignment,unused-ignore]

if TYPE_CHECKING:
    from collections.abc import Mapping

    from panah.verify.listing import Listed
    from panah.verify.sources import Source

_TEXT: Final = frozenset({".html", ".json", ".atom", ".txt", ".js", ".css", ".svg", ".csv", ".journal", ".beancount"})
_SMALL: Final = 256 * 1024
"""Up to here files are read whole, several at a time."""
_LOG: Final = "log/"


class Copy:
    """One copy; `old` is the state before, whose files may be linked."""

    def __init__(self, source: Source, state: Path, old: Path | None) -> None:
        self._source, self._state, self._old = source, state, old
        self._left = MAX_TOTAL

    # -- pages, updates, pictures, exports ----------------------------------------------------------------------
    def take_files(self, listed: Mapping[str, Listed], have: Mapping[str, Listed]) -> None:
        """Take all listed files; `have` is what the old state is known to hold. Raises `InputError`."""
        missing = [path for path, one in listed.items() if have.get(path) != one or not self._link_with_copies(path)]
        small = [path for path in missing if listed[path].size <= _SMALL]
        for path, data in zip(small, self._source.read_many(small, _SMALL), strict=True):
            if data is None or hashlib.sha256(data).hexdigest() != listed[path].sha256:
                raise _moved(path)
            self._compress(self.put(path, data))
        for path in missing:
            if listed[path].size > _SMALL:
                self._take_large(path, listed[path])

    def _take_large(self, path: str, one: Listed) -> None:
        target = self._place(path)
        length, told = 0, hashlib.sha256()
        with target.open("xb") as file:
            try:
                for block in self._source.read_blocks(path):
                    length += len(block)
                    if length > one.size:
                        break
                    told.update(block)
                    file.write(block)
            except FileNotFoundError:
                raise _moved(path) from None
        if length != one.size or told.hexdigest() != one.sha256:
            raise _moved(path)
        self._compress(target)

    def _compress(self, path: Path) -> None:
        """Put compressed copies beside a text, as publishing does."""
        if path.suffix not in _TEXT:
            return
        small = path.stat().st_size <= _SMALL
        packed = path.with_name(path.name + ".gz")
        with (
            path.open("rb") as file,
            packed.open("xb") as raw,
            gzip.GzipFile("", "wb", 9 if small else 6, raw, mtime=0) as stream,
        ):
            shutil.copyfileobj(file, stream)
        if small and brotli is not None:
            data = path.read_bytes()
            path.with_name(path.name + ".br").write_bytes(brotli.compress(data, mode=brotli.MODE_TEXT))

    # -- the log ------------------------------------------------------------------------------------------------
    def take_log(self, signed: bytes, *, with_log: bool) -> None:
        """Take the tiles that a checkpoint needs, and it; `with_log`: tiles of the old state may be linked."""
        size = Checkpoint.parse(read_unverified(signed)).size
        # One by one, as they come: before its first file is there, a size is only a claim.
        wanted = (path for path in paths_of(size) if not (with_log and self._link(_LOG + path)))
        paths, asked = tee(wanted)
        data: bytes | None
        for path, data in zip(paths, self._source.read_many((_LOG + p for p in asked), MAX_BUNDLE), strict=False):
            whole = self._cut(path) if data is None else data
            if whole is None:
                raise _moved(_LOG + path)
            self._left -= len(whole)
            if self._left < 0:
                raise InputError(N_("%(path)s is longer than %(limit)s bytes."), path=_LOG, limit=MAX_TOTAL)
            self.put(_LOG + path, whole)
        if with_log:
            self._keep_partials()
        self.put(_LOG + "checkpoint", signed)

    def _cut(self, path: str) -> bytes | None:
        """The log may have grown past a partial file meanwhile."""
        level, index, width = parse_path(path)
        if width == WIDTH:
            return None
        return cut_bundle(self._source, index, width) if level is None else cut_tile(self._source, level, index, width)

    def _keep_partials(self) -> None:
        """Keep partial tiles until the full one is there: somebody may be reading the shorter log."""
        folder = self._old / "log" if self._old else None
        for part in folder.rglob("*.p/*") if folder else ():
            path = _LOG + part.relative_to(folder).as_posix() if folder else ""
            if not (self._state / Path(path).parent.with_suffix("")).exists():
                self._link(path)

    # -- files --------------------------------------------------------------------------------------------------
    def put(self, path: str, data: bytes) -> Path:
        """Write a new file."""
        target = self._place(path)
        with target.open("xb") as file:
            file.write(data)
        return target

    def _place(self, path: str) -> Path:
        target = self._state / path
        target.parent.mkdir(parents=True, exist_ok=True)
        return target

    def _link(self, path: str) -> bool:
        """Give a file of the old state its name in the new one too; its bytes are never changed in place."""
        if self._old is None:
            return False
        target = self._place(path)
        if target.exists():
            return True
        try:
            os.link(self._old / path, target)
        except OSError:
            return False
        return True

    def _link_with_copies(self, path: str) -> bool:
        if not self._link(path):
            return False
        for ending in SIDECARS if Path(path).suffix in _TEXT else ():
            self._link(path + ending)
        return True


def _moved(path: str) -> InputError:
    return InputError(
        N_("%(path)s is not what the list of published files says; the site may be publishing just now."),
        hint=N_("The last good state stays. The next look tries again."), path=path,
    )  # fmt: skip
