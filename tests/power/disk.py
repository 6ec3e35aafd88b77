"""A disk that keeps only what was synced: plays the recorder's log and shows what a power cut may leave.

Stricter than any file system in use: a file's bytes are kept by a sync of that file, a name (made, moved,
removed) only by a sync of its folder. Everything else is drawn: kept, lost, torn at 512-byte sectors, and
in any combination, which is what reordering comes to.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

SECTOR = 512
_HEAD = struct.Struct("<cQqII")


@dataclass(frozen=True, slots=True)
class Op:
    """One call: `C`reate `O`pen `W`rite `T`runcate `S`ync `R`ename `U`nlink `M`kdir rm`D`ir `A`cknowledge."""

    kind: str
    inode: int
    number: int
    first: bytes
    second: bytes

    @property
    def path(self) -> str:
        return self.first.decode()

    @property
    def target(self) -> str:
        return self.second.decode()


def read_log(path: Path) -> Iterator[Op]:
    """Read what the recorder wrote."""
    data, at = path.read_bytes(), 0
    while at < len(data):
        kind, inode, number, first, second = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        yield Op(kind.decode(), inode, number, data[at : at + first], data[at + first : at + first + second])
        at += first + second


@dataclass(slots=True)
class File:
    """Bytes as the process sees them, as they are on the disk, and what lies between."""

    now: bytearray
    kept: bytearray
    waiting: list[tuple[int, bytes | None]] = field(default_factory=list)  # (offset, bytes) or (size, None)

    def change(self, at: int, data: bytes | None) -> None:
        _put(self.now, at, data)
        self.waiting.append((at, data))

    def sync(self) -> None:
        for at, data in self.waiting:
            _put(self.kept, at, data)
        self.waiting.clear()

    def after_cut(self, chance: random.Random, keep: float) -> bytes:
        left = bytearray(self.kept)
        for at, data in self.waiting:
            for place, part in _sectors(at, data):
                if chance.random() < keep:
                    _put(left, place, part)
        return bytes(left)


def _put(where: bytearray, at: int, data: bytes | None) -> None:
    if data is None:
        del where[at:]
    if len(where) < at:
        where.extend(bytes(at - len(where)))
    if data is not None:
        where[at : at + len(data)] = data


def _sectors(at: int, data: bytes | None) -> Iterator[tuple[int, bytes | None]]:
    if data is None:
        yield at, None
        return
    begin = 0
    while begin < len(data):
        end = min(len(data), (at + begin) // SECTOR * SECTOR + SECTOR - at)
        yield at + begin, data[begin:end]
        begin = end


Names = dict[str, File | None]
"""Path → its file; None for a folder."""


class Disk:
    """A folder, as the process sees it and as it is on the disk."""

    def __init__(self, root: Path) -> None:
        """Begin with everything that is under `root` now, taken as synced."""
        self.root = str(root)
        self.now: Names = {self.root: None}
        self.waiting: list[Op] = []  # changes of names, each until a folder of it is synced
        self.folders: dict[int, str] = {root.stat().st_ino: self.root}
        self.files: dict[int, File] = {}
        self.made: dict[int, File] = {}  # id of the waiting creation → its file
        for path in sorted(root.rglob("*")):
            inode = path.stat().st_ino
            if path.is_dir():
                self.now[str(path)], self.folders[inode] = None, str(path)
            else:
                data = path.read_bytes()
                self.now[str(path)] = self.files[inode] = File(bytearray(data), bytearray(data))
        self.kept: Names = dict(self.now)

    def play(self, op: Op) -> None:
        """Carry out one call."""
        if op.kind == "W":
            self.files[op.inode].change(op.number, op.first)
        elif op.kind == "T":
            self.files[op.inode].change(op.number, None)
        elif op.kind == "S":
            self._sync(op.inode)
        elif op.kind == "O" and op.number:
            self.folders[op.inode] = op.path.rstrip("/")
        elif op.kind in "CRUMD":
            if op.kind == "C":
                self.files[op.inode] = self.made[id(op)] = File(bytearray(), bytearray())
            self._name(self.now, op)
            self.waiting.append(op)

    def _name(self, names: Names, op: Op) -> None:
        if op.kind == "C":
            names[op.path] = self.made[id(op)]
        elif op.kind == "M":
            names[op.path] = None
        elif op.kind == "R" and op.path in names:
            names[op.target] = names.pop(op.path)
        elif op.kind in "UD":
            names.pop(op.path, None)

    def _sync(self, inode: int) -> None:
        folder = self.folders.get(inode)
        if folder is None or inode in self.files:
            self.files[inode].sync()
            return
        later = []
        for op in self.waiting:
            if folder in {_folder(op.path), _folder(op.target)}:
                self._name(self.kept, op)
            else:
                later.append(op)
        self.waiting = later

    def seen(self) -> dict[str, bytes]:
        """Give the files as the process sees them, by path under the root."""
        return {path[len(self.root) + 1 :]: bytes(file.now) for path, file in self.now.items() if file is not None}

    def cut(self, seed: str) -> dict[str, bytes | None]:
        """Take the power away: give what is on the disk, by path under the root; None for a folder."""
        chance = random.Random(seed)
        # The extremes are drawn often: nothing that waited is kept, or all of it but a sector.
        bytes_kept, names_kept = chance.choice([0, 0, 0.3, 0.7, 0.95, 1]), chance.choice([0, 0, 0.5, 1])
        names = dict(self.kept)
        for op in self.waiting:
            if chance.random() < names_kept:
                self._name(names, op)
        found: dict[str, bytes | None] = {}
        for path in sorted(names):
            above, file = _folder(path), names[path]
            # A folder whose own name was lost took everything in it along.
            if path != self.root and (above == self.root or above[len(self.root) + 1 :] in found):
                found[path[len(self.root) + 1 :]] = None if file is None else file.after_cut(chance, bytes_kept)
        return found


def _folder(path: str) -> str:
    return str(PurePosixPath(path).parent) if path else ""


def write_out(found: dict[str, bytes | None], home: Path) -> None:
    """Put what the cut left into a new folder."""
    home.mkdir(parents=True)
    for name, data in found.items():
        if data is None:
            (home / name).mkdir()
        else:
            (home / name).write_bytes(data)
