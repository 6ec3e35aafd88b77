"""The least that checks a log: parse each line, hash it, keep the root, add up the amounts. One process, no rules.

`python -m benches.floors.audit leaves.jsonl` prints the root and the balance.
"""

from __future__ import annotations

import sys
from hashlib import sha256

import orjson


class Frontier:
    """Roots of the complete subtrees, largest first (RFC 6962 §2.1)."""

    def __init__(self) -> None:
        self.size = 0
        self._heads: list[bytes] = []

    def append(self, data: bytes) -> None:
        """Take the next leaf's bytes."""
        head, size, heads = sha256(b"\0" + data).digest(), self.size, self._heads
        while size & 1:
            head = sha256(b"\1" + heads.pop() + head).digest()
            size >>= 1
        heads.append(head)
        self.size += 1

    def root(self) -> bytes:
        """Fold the heads."""
        head = self._heads[-1]
        for left in reversed(self._heads[:-1]):
            head = sha256(b"\1" + left + head).digest()
        return head


def main() -> None:
    frontier = Frontier()
    append = frontier.append
    amount = counted = 0
    with open(sys.argv[1], "rb") as lines:  # noqa: PTH123 - the floor is bare
        for line in lines:
            data = line[:-1]
            leaf = orjson.loads(data)
            append(data)
            if leaf["t"] == "panah/1/gift":
                amount += leaf["amount"]
                counted += leaf["counted"]
    print(frontier.root().hex(), amount, counted)


if __name__ == "__main__":
    main()
