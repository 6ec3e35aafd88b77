"""The shape of what comes in: bodies of known length, capped before they are read, and few of them at a time.

A phone on a bad line takes minutes for what it sends, and holds a thread meanwhile. So at most `READERS` bodies are
read at once; whoever comes then is told to come again, and giving goes on. A body that stalls for long is given up.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from panah.proof.relaywire import answer

KIND: Final = "application/octet-stream"
READERS: Final = 6
"""Half of the server's threads (`cli/site_serve.py`)."""
WAIT: Final = 0.25
SLOWEST: Final = 4096
"""Bytes a second; slower bodies are given up after a minute."""
PATIENCE: Final = 60.0
_PIECE: Final = 64 * 1024

Environ = dict[str, Any]


class Refusal(Exception):  # noqa: N818 - an answer, not a fault
    """What is not taken: the HTTP status, and the word of it."""

    def __init__(self, word: str, status: int = 200) -> None:
        super().__init__(word)
        self.status, self.body = status, answer(word)


def check_length(environ: Environ, limit: int) -> int:
    """Give the body's length. Raises `Refusal` before a byte of it is read."""
    length = environ.get("CONTENT_LENGTH") or ""
    if not length.isascii() or not length.isdecimal():
        raise Refusal("unreadable", 411)
    if len(length) > 9 or int(length) > limit:
        raise Refusal("unreadable", 413)
    if environ.get("CONTENT_TYPE") != KIND:
        raise Refusal("unreadable", 415)
    return int(length)


def read_body(environ: Environ, limit: int) -> bytes:
    """Read a request's body. Raises `Refusal`."""
    length = check_length(environ, limit)
    source, parts, left = environ["wsgi.input"], [], length
    with _reading():
        until = time.monotonic() + PATIENCE + length / SLOWEST
        while left:
            part = source.read(min(left, _PIECE))
            if not part or time.monotonic() > until:
                raise Refusal("unreadable", 408)
            parts.append(part)
            left -= len(part)
    return b"".join(parts)


_readers: Final = threading.BoundedSemaphore(READERS)


@contextmanager
def _reading() -> Iterator[None]:
    if not _readers.acquire(timeout=WAIT):
        raise Refusal("busy", 503)
    try:
        yield
    finally:
        _readers.release()
