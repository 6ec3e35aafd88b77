"""The log as files: hash tiles and entry bundles of C2SP tlog-tiles.

Promises: exact C2SP paths and bytes; what is planned for a new size is everything that a reader of that size
needs beyond what the old size had, so a crash between files leaves the old log whole. Refuses bundles that do
not hold exactly the entries their path tells.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Final

from panah.errors import N_, ProofError
from panah.proof.merkle import HASH_SIZE, NodeAt, fold, pair_up, range_heads, root_at

WIDTH: Final = 256
"""Hashes in a full tile, entries in a full bundle."""

HEIGHT: Final = 8
MAX_ENTRY: Final = 2**16 - 1
"""Entries carry a uint16 length (C2SP tlog-tiles, Log entries)."""

MAX_BUNDLE: Final = WIDTH * (MAX_ENTRY + 2)
MAX_TILE: Final = WIDTH * HASH_SIZE

Read = Callable[[str], bytes]
"""Read one file of the log by its path below `log/`."""

_PATH = re.compile(r"tile/(entries|0|[1-5]?[0-9]|6[0-3])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


def _place(index: int, width: int) -> str:
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03}")
    return "/".join(reversed(groups)) + ("" if width == WIDTH else f".p/{width}")


def tile_path(level: int, index: int, width: int = WIDTH) -> str:
    """Name the tile `tile/<L>/<N>[.p/<W>]`."""
    return f"tile/{level}/{_place(index, width)}"


def entries_path(index: int, width: int = WIDTH) -> str:
    """Name the entry bundle `tile/entries/<N>[.p/<W>]`."""
    return f"tile/entries/{_place(index, width)}"


def parse_path(path: str) -> tuple[int | None, int, int]:
    """Read a path as (level or None for entries, index, width); exactly one spelling for each tile."""
    found = _PATH.fullmatch(path)
    if found:
        level = None if found[1] == "entries" else int(found[1])
        index = int(found[2].replace("x", "").replace("/", ""))
        width = int(found[3]) if found[3] else WIDTH
        if path == (entries_path(index, width) if level is None else tile_path(level, index, width)):
            return level, index, width
    raise ProofError(N_("%(path)s is not the name of a tile."), path=path[:80])


def partial_widths(size: int) -> Iterator[tuple[int, int, int]]:
    """Give (level, index, width) of each partial hash tile that a log of `size` has."""
    level = 0
    while size:
        if width := size % WIDTH:
            yield level, size // WIDTH, width
        size //= WIDTH
        level += 1


def paths_of(size: int) -> Iterator[str]:
    """Name every file that a log of `size` leaves consists of, beside its checkpoint."""
    for begin in range(0, size, WIDTH):
        yield entries_path(begin // WIDTH, min(WIDTH, size - begin))
    level = 0
    while size:
        for begin in range(0, size, WIDTH):
            yield tile_path(level, begin // WIDTH, min(WIDTH, size - begin))
        size //= WIDTH
        level += 1


def encode_bundle(entries: Iterable[bytes]) -> bytes:
    """Write entries with big-endian uint16 lengths before them."""
    parts: list[bytes] = []
    for entry in entries:
        if len(entry) > MAX_ENTRY:
            raise ProofError(N_("This is longer than %(limit)s bytes."), limit=MAX_ENTRY)
        parts += (len(entry).to_bytes(2, "big"), entry)
    return b"".join(parts)


def parse_bundle(data: bytes, width: int) -> list[bytes]:
    """Read exactly `width` entries; a byte too few or too many is refused."""
    entries = []
    at = 0
    for _ in range(width):
        begin = at + 2
        at = begin + (data[begin - 2] << 8 | data[begin - 1]) if begin <= len(data) else len(data) + 1
        if at > len(data):
            break
        entries.append(data[begin:at])
    if at != len(data):
        raise ProofError(N_("The entry bundle does not hold exactly %(width)s entries."), width=width)
    return entries


def parse_tile(data: bytes, width: int) -> list[bytes]:
    """Read exactly `width` hashes."""
    if len(data) != width * HASH_SIZE:
        raise ProofError(N_("The tile does not hold exactly %(width)s hashes."), width=width)
    return [data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)]


class TileWriter:
    """Grows a log in memory of one tile per level, and gives each file as it becomes complete.

    `read` is asked only for the partial tiles and the partial bundle at the right edge of the old size.
    """

    def __init__(self, old_size: int = 0, read: Read | None = None) -> None:
        self.size = old_size
        self._old = old_size
        self._rows: list[list[bytes]] = []  # per level: the hashes of its rightmost, unfinished tile
        self._bundle: list[bytes] = []
        if old_size and read is None:
            raise ValueError("Growing an existing log needs its files.")
        for level, index, width in partial_widths(old_size):
            assert read is not None
            self._row(level).extend(parse_tile(read(tile_path(level, index, width)), width))
        if read is not None and (width := old_size % WIDTH):
            self._bundle = parse_bundle(read(entries_path(old_size // WIDTH, width)), width)

    def _row(self, level: int) -> list[bytes]:
        while len(self._rows) <= level:
            self._rows.append([])
        return self._rows[level]

    def append(self, leaves: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
        """Add leaves (their bytes); yields every bundle and tile that got full. Run it to its end."""
        at = 0
        while at < len(leaves):
            some = leaves[at : at + WIDTH - len(self._bundle)]
            at += len(some)
            self._bundle += some
            self._row(0).extend([sha256(b"\0" + leaf).digest() for leaf in some])
            self.size += len(some)
            if len(self._bundle) == WIDTH:
                yield entries_path(self.size // WIDTH - 1), encode_bundle(self._bundle)
                self._bundle = []
                yield from self._full(0)

    def _full(self, level: int) -> Iterator[tuple[str, bytes]]:
        row = self._rows[level]
        if len(row) < WIDTH:
            return
        yield tile_path(level, (self.size >> (HEIGHT * (level + 1))) - 1), b"".join(row)
        self._rows[level] = []
        above = row
        while len(above) > 1:
            above = pair_up(above)
        self._row(level + 1).append(above[0])
        yield from self._full(level + 1)

    def partials(self) -> Iterator[tuple[str, bytes]]:
        """Give the partial bundle and tiles of the present size that the old size did not have already."""
        before = set(partial_widths(self._old))
        if self._bundle and self.size != self._old:
            yield entries_path(self.size // WIDTH, len(self._bundle)), encode_bundle(self._bundle)
        for place in partial_widths(self.size):
            if place not in before:
                yield tile_path(*place), b"".join(self._rows[place[0]])

    def root(self) -> bytes:
        """Give the tree head of the present size."""
        heads: list[bytes] = []
        for row in reversed(self._rows):
            heads += _row_heads(row)
        return fold(heads)


def _row_heads(row: Sequence[bytes]) -> list[bytes]:
    """Complete subtrees over one unfinished tile, largest first."""

    def node_at(level: int, index: int) -> bytes:
        part = row[index << level : (index + 1) << level]
        while len(part) > 1:
            part = pair_up(part)
        return part[0]

    return range_heads(0, len(row), node_at)


def plan_tiles(read: Read, old_size: int, leaves: Sequence[bytes]) -> tuple[bytes, list[tuple[str, bytes]]]:
    """Plan one step of a log: the new root, and every file to write before its checkpoint is signed.

    Files are new or equal to what lies there already, so a step that was cut off is simply done again.
    """
    writer = TileWriter(old_size, read)
    files = list(writer.append(leaves))
    files += writer.partials()
    return writer.root(), files


def nodes_of(read: Read, size: int, kept_tiles: int = 64) -> NodeAt:
    """Read subtree heads of a log of `size` from its tiles (for proofs); a missing partial tile is cut
    from the full one that may have replaced it.
    """

    @functools.lru_cache(maxsize=kept_tiles)
    def tile(level: int, index: int) -> list[bytes]:
        width = min(WIDTH, (size >> (HEIGHT * level)) - index * WIDTH)
        try:
            return parse_tile(read(tile_path(level, index, width)), width)
        except FileNotFoundError:
            if width == WIDTH:
                raise
            return parse_tile(read(tile_path(level, index)), WIDTH)[:width]

    def node_at(level: int, index: int) -> bytes:
        if (index + 1) << level > size:
            raise ProofError(N_("The log of %(size)s leaves has no such subtree."), size=size)
        row_level, inner = divmod(level, HEIGHT)
        begin = index << inner
        part = tile(row_level, begin // WIDTH)[begin % WIDTH : begin % WIDTH + (1 << inner)]
        while len(part) > 1:
            part = pair_up(part)
        return part[0]

    return node_at


def root_from_tiles(read: Read, size: int) -> bytes:
    """Give the tree head of a log of `size` from its tiles."""
    return root_at(size, nodes_of(read, size))
