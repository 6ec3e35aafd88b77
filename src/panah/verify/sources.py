"""Where published files are read from: a folder, or an address on the web.

Promises: nothing is read outside the fund's own folder, nothing longer than its limit, and nothing waits for
ever. `FileNotFoundError` means the file is not there; `InputError` that it could not be asked for.
"""

from __future__ import annotations

import errno
import os
import re
import urllib.error
import urllib.parse
import urllib.request
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol

from panah.errors import N_, InputError, ProofError
from panah.proof.merkle import HASH_SIZE
from panah.proof.tiles import (
    MAX_BUNDLE,
    MAX_TILE,
    WIDTH,
    encode_bundle,
    entries_path,
    parse_bundle,
    tile_path,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TIMEOUT: Final = 30
"""Seconds for one answer: an onion service may take ten."""

AHEAD: Final = 8
"""Files asked for in advance; small, so that a hostile site can't fill the memory."""

MAX_FILE: Final = 64 * 1024 * 1024
BLOCK: Final = 1024 * 1024


_PAGE = re.compile(r"(https?://[^/]+(?:/.*)?)/[a-z]{2,3}(?:-[A-Z]{2})?(?:/.*)?", re.ASCII)


class Source(Protocol):
    """One fund's published files."""

    name: str

    def read(self, path: str, limit: int = MAX_FILE) -> bytes:
        """Read one file by its path below the fund's folder."""

    def read_many(self, paths: Iterable[str], limit: int) -> Iterator[bytes | None]:
        """Read files in this order; None for one that is not there."""

    def read_blocks(self, path: str) -> Iterator[bytes]:
        """Read one long file block by block."""


def open_source(place: str) -> Source:
    """Open `https://…`, `http://…` or a folder. Raises `InputError`."""
    if place.startswith(("http://", "https://")):
        return Web(place)
    if "://" in place:
        raise InputError(
            N_("Panah can't read %(place)s."),
            hint=N_("Give an address that begins with https:// or http://, or a folder."),
            place=place,
        )
    folder = Path(place)
    if not folder.is_dir():
        raise InputError(
            N_("There is no folder %(place)s."),
            hint=N_("Give the address of a fund's page, or a folder with its published files."),
            place=place,
        )
    if not (folder / "log").exists() and (folder / "public" / "log").is_dir():
        return Folder(folder / "public")  # a mirror's folder (verify/mirror.py)
    return Folder(folder)


def find_fund(place: str) -> Source:
    """Open the fund that a page belongs to: people copy the address of the page they look at.

    `https://fund.example/en/books/` leads to `https://fund.example/`; what stands there first, wins. Nothing
    but a language and what follows it is ever cut off, so that no other fund of the site is taken instead.
    """
    source = open_source(place)
    page = _PAGE.fullmatch(place)
    if page is None:
        return source
    try:
        source.read("log/checkpoint", MAX_FILE)
    except FileNotFoundError:
        return open_source(page[1])
    return source


def _missing(path: str) -> FileNotFoundError:
    return FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)


def _too_long(path: str, limit: int) -> InputError:
    return InputError(N_("%(path)s is longer than %(limit)s bytes."), path=path, limit=limit)


def cut_tile(source: Source, level: int, index: int, width: int) -> bytes | None:
    """Cut a partial tile from the full one that replaced it (C2SP tlog-tiles, Partial Tiles)."""
    try:
        return source.read("log/" + tile_path(level, index), MAX_TILE)[: width * HASH_SIZE]
    except FileNotFoundError:
        return None


def cut_bundle(source: Source, index: int, width: int) -> bytes | None:
    """Cut a partial bundle from the full one that replaced it."""
    try:
        full = source.read("log/" + entries_path(index), MAX_BUNDLE)
        return encode_bundle(parse_bundle(full, WIDTH)[:width])
    except (FileNotFoundError, ProofError):
        return None


class Folder:
    """Published files in a folder; a folder that is itself the log (`checkpoint`, `tile/`) also does."""

    def __init__(self, folder: Path) -> None:
        self.name = str(folder)
        self._root = folder.resolve()
        self._is_log = not (folder / "log").exists() and (folder / "checkpoint").exists()

    def _place(self, path: str) -> Path:
        if self._is_log:
            head, _, rest = path.partition("/")
            if head != "log":
                raise _missing(path)
            path = rest
        place = self._root / path
        # A code leaf names paths: they must not lead out of the fund's folder, not by a link either.
        if not place.resolve().is_relative_to(self._root):
            raise _missing(path)
        return place

    def _open(self, path: str) -> BinaryIO:
        try:
            return self._place(path).open("rb")
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise _missing(path) from None
        except (OSError, ValueError) as error:
            raise InputError(N_("%(path)s can't be read."), path=path) from error

    def read(self, path: str, limit: int = MAX_FILE) -> bytes:
        """Read one file."""
        with self._open(path) as file:
            data = file.read(limit + 1)
        if len(data) > limit:
            raise _too_long(path, limit)
        return data

    def read_many(self, paths: Iterable[str], limit: int) -> Iterator[bytes | None]:
        """Read files one after another."""
        for path in paths:
            try:
                yield self.read(path, limit)
            except FileNotFoundError:
                yield None

    def read_blocks(self, path: str) -> Iterator[bytes]:
        """Read one long file block by block."""
        with self._open(path) as file:
            while block := file.read(BLOCK):
                yield block


class Web:
    """Published files below an address; what comes is asked for a little ahead."""

    def __init__(self, address: str) -> None:
        parts = urllib.parse.urlsplit(address)
        if not parts.hostname or parts.query or parts.fragment:
            raise InputError(N_("Panah can't read %(place)s."), place=address)
        self.name = address
        self._base = address.rstrip("/") + "/"

    def _open(self, path: str) -> HTTPResponse:
        address = self._base + urllib.parse.quote(path)
        request = urllib.request.Request(address, headers={"User-Agent": "panah-verify"})  # noqa: S310 - http(s)
        try:
            answer: HTTPResponse = urllib.request.urlopen(request, timeout=TIMEOUT)  # noqa: S310 - same
        except urllib.error.HTTPError as error:
            error.close()
            if error.code in {404, 410}:
                raise _missing(path) from None
            raise InputError(
                N_("%(path)s can't be read: the site answers %(status)s."), path=path, status=error.code
            ) from None
        except (OSError, ValueError) as error:
            raise self._unreachable(address) from error
        return answer

    def _unreachable(self, address: str) -> InputError:
        return InputError(
            N_("%(address)s can't be reached."),
            hint=N_("Check the address and the connection, or verify a downloaded folder."),
            address=address,
        )

    def read(self, path: str, limit: int = MAX_FILE) -> bytes:
        """Read one file over HTTP; redirects are followed, as to https."""
        with self._open(path) as answer:
            try:
                data = answer.read(limit + 1)
            except (OSError, HTTPException) as error:
                raise self._unreachable(self._base + path) from error
            is_cut = bool(answer.length) and len(data) <= limit  # the line went dead before the end
        if is_cut:
            raise self._unreachable(self._base + path)
        if len(data) > limit:
            raise _too_long(path, limit)
        return data

    def read_blocks(self, path: str) -> Iterator[bytes]:
        """Read one long file block by block."""
        with self._open(path) as answer:
            try:
                while block := answer.read(BLOCK):
                    yield block
            except (OSError, HTTPException) as error:
                raise self._unreachable(self._base + path) from error

    def read_many(self, paths: Iterable[str], limit: int) -> Iterator[bytes | None]:
        """Read files in order, a few at a time."""
        waiting: deque[Future[bytes]] = deque()
        with ThreadPoolExecutor(AHEAD // 2) as threads:
            try:
                for path in paths:
                    waiting.append(threads.submit(self.read, path, limit))
                    if len(waiting) == AHEAD:
                        yield _result(waiting.popleft())
                while waiting:
                    yield _result(waiting.popleft())
            finally:
                for future in waiting:
                    future.cancel()


def _result(future: Future[bytes]) -> bytes | None:
    try:
        return future.result()
    except FileNotFoundError:
        return None
