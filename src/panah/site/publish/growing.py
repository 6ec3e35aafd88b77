"""A published text file that only grows, with its `.gz`: what is new costs, what was there is copied as it is.

Promises: a reader gets the old file or the new one, never a part (temporary name, then rename); the two are checked
against what this process knows of them before they are continued, by length and by CRC.

The `.gz` is one member (RFC 1952): browsers ignore what comes after the first. Deflate can go on where it stopped: each
piece ends on a byte (Z_SYNC_FLUSH, RFC 1951 §3.2.4) and the next may point back into the 32 KiB before it, which it
gets as its dictionary. The end of the file (JSON's bracket) is a last block of its own: it can be cut off again.
There is no `.br`: Brotli can't be continued that way.
"""

from __future__ import annotations

import os
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Final

_HEAD: Final = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"  # deflate, no name, no time: the same text gives the same bytes
_LEVEL: Final = 6
_WINDOW: Final = 32 * 1024
_PIECE: Final = 1024 * 1024


class Grown:
    """One file: what this process knows of it, and its next version while that is made."""

    def __init__(self, path: Path, head: bytes, tail: bytes) -> None:
        self.path, self._packed_path = path, path.with_name(path.name + ".gz")
        self._tail = tail
        self._length, self._crc, self._window = 0, 0, b""
        self._head = head
        self.note(head)
        self._end = _deflate(tail, b"", zlib.Z_FINISH)

    def note(self, data: bytes) -> None:
        """Take as known that the file goes on with `data`."""
        self._length += len(data)
        self._crc = zlib.crc32(data, self._crc)
        self._window = (self._window + data)[-_WINDOW:]

    def stands(self) -> bool:
        """Tell whether both files on the disk are what is known, with the tail after it."""
        try:
            whole = self.path.stat().st_size
            with self._packed_path.open("rb") as packed:
                packed.seek(-len(self._last()), os.SEEK_END)
                return whole == self._length + len(self._tail) and packed.read() == self._last()
        except OSError:
            return False

    def _last(self) -> bytes:
        length, crc = self._length + len(self._tail), zlib.crc32(self._tail, self._crc)
        return self._end + crc.to_bytes(4, "little") + (length & 0xFFFFFFFF).to_bytes(4, "little")

    @contextmanager
    def opened(self, *, anew: bool) -> Iterator[None]:
        """Begin the next version: with a copy of what `stands`, or anew. Nothing is left of one that was not placed."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            self._plain, self._packed = (_new_file(stack, self.path.parent) for _ in range(2))
            if anew:
                self._plain.write(self._head)
                self._packed.write(_HEAD + _deflate(self._head, b"", zlib.Z_SYNC_FLUSH))
            else:
                _copy(self.path, self._plain, self._length)
                _copy(self._packed_path, self._packed, self._packed_path.stat().st_size - len(self._last()))
            yield

    def write(self, data: bytes) -> None:
        """Go on with `data`."""
        self._plain.write(data)
        self._packed.write(_deflate(data, self._window, zlib.Z_SYNC_FLUSH))
        self.note(data)

    def place(self) -> None:
        """Put the next version where readers find it, compressed first."""
        self._plain.write(self._tail)
        self._packed.write(self._last())
        self.path.with_name(self.path.name + ".br").unlink(missing_ok=True)
        for file, path in ((self._packed, self._packed_path), (self._plain, self.path)):
            file.close()
            Path(file.name).chmod(0o644)  # made 0600, but another web server may serve this
            Path(file.name).replace(path)


def _new_file(stack: ExitStack, folder: Path) -> IO[bytes]:
    handle, name = tempfile.mkstemp(prefix=".new-", dir=folder)
    stack.callback(Path(name).unlink, missing_ok=True)
    os.close(handle)
    return stack.enter_context(Path(name).open("wb"))


def _copy(path: Path, into: IO[bytes], length: int) -> None:
    with path.open("rb") as file:
        while length:
            piece = file.read(min(length, _PIECE))
            if not piece:
                raise OSError(f"{path.name} became shorter")
            into.write(piece)
            length -= len(piece)


def _deflate(data: bytes, window: bytes, end: int) -> bytes:
    if window:
        stream = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS, zdict=window)
    else:  # an empty dictionary is refused
        stream = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return stream.compress(data) + stream.flush(end)
