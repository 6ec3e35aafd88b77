"""The circles that one desk knows, from the wraps that came, in the order of the stream.

Whether a wrap counts depends on who was inside before it. So a circle is put together anew from all its wraps when one
more comes, in the same order on every desk; ours that wait come last and find their place when they are numbered.
"""

from __future__ import annotations

from panah.errors import RefusedError
from panah.seal.circles import Circle, take


class Rings:
    """Circles by id. `refused`: wraps by people who had no say; `changed`: circles that were put together anew since
    somebody last emptied it.
    """

    def __init__(self) -> None:
        self._wraps: dict[str, dict[bytes, tuple[int, Circle, str]]] = {}
        self.circles: dict[str, Circle] = {}
        self.refused: dict[bytes, str] = {}
        self.changed: set[str] = set()

    def add(self, digest: bytes, seq: int, offered: Circle, by: str) -> None:
        """Take in a wrap."""
        self._wraps.setdefault(offered.id, {})[digest] = (seq, offered, by)
        self._put_together(offered.id)

    def renumber(self, back: dict[bytes, int]) -> None:
        """Our own wraps got their numbers."""
        for circle, wraps in self._wraps.items():
            moved = {digest: back[digest] for digest in wraps if digest in back}
            if moved:
                for digest, seq in moved.items():
                    wraps[digest] = (seq, *wraps[digest][1:])
                self._put_together(circle)

    def wraps(self, circle: str) -> list[bytes]:
        """Give the hashes of a circle's wraps."""
        return list(self._wraps.get(circle, ()))

    def made_at(self, circle: str) -> int:
        """Give the number of a circle's first wrap."""
        return min(seq for seq, _, _ in self._wraps[circle].values())

    def drop(self, circle: str) -> None:
        """Forget a circle, its secrets too."""
        self._wraps.pop(circle, None)
        self.circles.pop(circle, None)

    def _put_together(self, circle: str) -> None:
        known: Circle | None = None
        for digest, (_, offered, by) in sorted(self._wraps[circle].items(), key=lambda item: (item[1][0], item[0])):
            self.refused.pop(digest, None)
            try:
                known = take(known, offered, by)
            except RefusedError:
                self.refused[digest] = by
        if known is None:
            self.circles.pop(circle, None)
            return
        self.circles[circle] = known
        self.changed.add(circle)
