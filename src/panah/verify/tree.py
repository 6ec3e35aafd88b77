"""The Merkle tree rebuilt from entries, and every tile held against it.

Promises: if the root of the rebuilt tree is the checkpoint's, every entry, tile and bundle is what was signed;
if not, the file that differs is named. Memory: two heads for each 256 leaves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from panah.errors import N_
from panah.proof.merkle import HASH_SIZE, fold, pair_up, root_of
from panah.proof.tiles import MAX_TILE, WIDTH, entries_path, tile_path
from panah.verify.sources import cut_tile

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from panah.verify.findings import Findings
    from panah.verify.sources import Source

LOG: Final = "log/"


def _head(hashes: Sequence[bytes]) -> bytes:
    while len(hashes) > 1 and not len(hashes) & 1:
        hashes = pair_up(hashes)
    return hashes[0] if len(hashes) == 1 else root_of(hashes)


def _root(heads: Sequence[bytes], size: int) -> bytes:
    """Root over the heads of full bundles and, last, the head of the partial one."""
    if size % WIDTH == 0 or len(heads) < 2:
        return root_of(heads)
    # The tree of a partial bundle is the right edge of the whole, so its head joins last, as the smallest.
    edge: list[bytes] = []
    count, begin = len(heads) - 1, 0
    while begin < count:
        width = 1 << ((count - begin).bit_length() - 1)
        edge.append(root_of(heads[begin : begin + width]))
        begin += width
    return fold([*edge, heads[-1]])


class Tree:
    """Takes bundle after bundle, then `finish` names what differs."""

    def __init__(self, size: int, marks: Iterable[int] = ()) -> None:
        self.size = size
        self.marks = {mark for mark in marks if 0 <= mark <= size}  # older sizes whose root will be asked for
        self._by_entries: list[bytes] = []
        self._by_tiles: list[bytes] = []
        self._differing: dict[int, int] = {}  # bundle → first leaf where bundle and level-0 tile differ
        self._cut: dict[int, list[bytes]] = {}
        self._missing = False

    def take(self, hashes: list[bytes], tile: bytes | None) -> None:
        """Take the leaf hashes of the next bundle and its level-0 tile."""
        number = len(self._by_entries)
        head = other = _head(hashes)
        if tile is not None and tile != b"".join(hashes):
            rows = [tile[at : at + HASH_SIZE] for at in range(0, len(tile), HASH_SIZE)]
            fits = len(tile) == len(hashes) * HASH_SIZE
            other = _head(rows) if fits else b""
            pairs = zip(hashes, rows, strict=False)
            first = next((at for at, (own, told) in enumerate(pairs) if own != told), 0)
            self._differing[number] = number * WIDTH + first
        self._by_entries.append(head)
        self._by_tiles.append(other)
        for mark in self.marks:
            if mark // WIDTH == number:
                self._cut[mark] = hashes[: mark % WIDTH]

    def take_unreadable(self, tile: bytes) -> None:
        """Take a bundle that could not be parsed: its tile stands for it, so that the rest can be checked."""
        rows = [tile[at : at + HASH_SIZE] for at in range(0, len(tile), HASH_SIZE)]
        self.take(rows, tile)

    def root_at(self, mark: int) -> bytes:
        """Give the root of the first `mark` leaves (one of `marks`)."""
        heads = self._by_entries[: mark // WIDTH]
        if mark % WIDTH:
            heads = [*heads, _head(self._cut[mark])]
        return _root(heads, mark)

    def finish(self, root: bytes, source: Source, findings: Findings) -> bool:
        """Hold the rebuilt tree against the signed root and the higher tiles; tells whether the root is right."""
        upper = self._read_upper(source, findings)
        truth = list(self._by_entries)
        if _root(truth, self.size) == root:
            for number in self._differing:
                self._blame_tile(number, findings)
        elif self._differing:
            truth = self._judge(root, upper, findings)
        holds = _root(truth, self.size) == root
        if not holds:
            findings.fail(N_("The root in the checkpoint is not the root of the entries."), file="log/checkpoint")
        if holds:
            self._compare_upper(truth, upper, findings)
        return holds and truth == self._by_entries

    def _width(self, number: int) -> int:
        return min(WIDTH, self.size - number * WIDTH)

    def _blame_tile(self, number: int, findings: Findings) -> None:
        path = LOG + tile_path(0, number, self._width(number))
        findings.fail(N_("This tile does not hold the hashes of its entries."), file=path, leaf=self._differing[number])

    def _blame_bundle(self, number: int, findings: Findings) -> None:
        path = LOG + entries_path(number, self._width(number))
        findings.fail(N_("This entry is not the one that was signed."), file=path, leaf=self._differing[number])

    def _judge(self, root: bytes, upper: dict[tuple[int, int], bytes], findings: Findings) -> list[bytes]:
        """Where bundle and tile differ, ask the level above, or else the root, which of them was signed."""
        truth = list(self._by_entries)
        for number in self._differing:
            above = upper.get((1, number // WIDTH), b"")
            published = above[number % WIDTH * HASH_SIZE : (number % WIDTH + 1) * HASH_SIZE]
            if published == self._by_tiles[number]:
                truth[number] = published
        unsure = [n for n in self._differing if truth[n] != self._by_tiles[n]]
        if _root(truth, self.size) != root:
            trial = [self._by_tiles[n] if n in unsure else head for n, head in enumerate(truth)]
            truth = trial if _root(trial, self.size) == root else truth
        right = _root(truth, self.size) == root
        for number in self._differing:
            if truth[number] == self._by_tiles[number]:
                self._blame_bundle(number, findings)
            else:
                self._blame_tile(number, findings)
                if not right:
                    self._blame_bundle(number, findings)
        return truth

    # -- tiles above level 0 --------------------------------------------------------------------------------
    def _upper_paths(self) -> list[tuple[int, int, int]]:
        paths, level, size = [], 1, self.size // WIDTH
        while size:
            paths += [(level, at // WIDTH, min(WIDTH, size - at)) for at in range(0, size, WIDTH)]
            level, size = level + 1, size // WIDTH
        return paths

    def _read_upper(self, source: Source, findings: Findings) -> dict[tuple[int, int], bytes]:
        tiles = {}
        for level, index, width in self._upper_paths():
            path = LOG + tile_path(level, index, width)
            data: bytes | None
            try:
                data = source.read(path, MAX_TILE)
            except FileNotFoundError:
                data = cut_tile(source, level, index, width) if width < WIDTH else None
            if data is None:
                findings.fail(N_("This file of the log is missing."), file=path)
            else:
                tiles[level, index] = data
        return tiles

    def _compare_upper(self, truth: list[bytes], upper: dict[tuple[int, int], bytes], findings: Findings) -> None:
        row = truth[: self.size // WIDTH]
        level = 1
        while row:
            for at in range(0, len(row), WIDTH):
                part = row[at : at + WIDTH]
                told = upper.get((level, at // WIDTH))
                if told is not None and told != b"".join(part):
                    path = LOG + tile_path(level, at // WIDTH, len(part))
                    findings.fail(N_("This tile does not hold the hashes of the tiles below it."), file=path)
            row = [_head(row[at : at + WIDTH]) for at in range(0, len(row) - WIDTH + 1, WIDTH)]
            level += 1
