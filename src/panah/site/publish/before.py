"""What this process published before, so that a round costs what is new and not what is old.

Promise: a page is passed over only when it would be drawn from the very same values, and the file on the disk is
still the one that this process put there: what another process wrote over it, or somebody removed, is drawn again.
"""

from __future__ import annotations

from pathlib import Path

from panah.site.publish.exports import Exporter
from panah.verify.listing import Listed

Mark = tuple[int, int, int]


class Before:
    """One folder's memory; without it everything is made from the beginning."""

    def __init__(self, folder: Path) -> None:
        self.exporter = Exporter(folder)
        self._drawn: dict[Path, tuple[object, Mark]] = {}
        self.hashes: dict[Path, tuple[Mark, Listed]] = {}
        """Files that were hashed for the list, as they were then."""

    def stands(self, path: Path, values: object) -> bool:
        """Tell whether the file at `path` is the page of these values."""
        known = self._drawn.get(path)
        return known is not None and known[0] == values and known[1] == mark_of(path)

    def note(self, path: Path, values: object) -> None:
        """Remember that the file at `path` is now the page of these values."""
        mark = mark_of(path)
        if mark is not None:
            self._drawn[path] = (values, mark)


def mark_of(path: Path) -> Mark | None:
    """Give what tells one version of a file from another; None when there is none."""
    try:
        info = path.stat()
    except OSError:
        return None
    return (info.st_ino, info.st_mtime_ns, info.st_size)
