"""What the supervisor and a worker say to each other, one JSON line at a time over two pipes.

The supervisor never holds a passphrase, a key or a request: all it knows is which folder, which socket and which
browser. So ending the worker ends all secrets of the desk, and the supervisor can live on and start the next one.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Final

LOCKED: Final = 0
"""A worker's exit code when it was locked, or tried a wrong passphrase: the next one starts."""
QUIT: Final = 3
"""The person is done: the supervisor ends too."""

READY: Final = "ready"
"""The worker answers now."""
STARTED: Final = "started"
"""The start link was used, and is worth nothing from now on."""
SPEAKS: Final = "speaks "
"""Followed by the language that the person chose."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What a worker is told when it starts.

    `socket`: the number of the inherited listening socket; `session`: the value of this browser's cookie; `start`: what
    the start link holds, empty after it was used; `idle`: minutes until it locks by itself; `said`: a word about how
    the last worker ended.
    """

    socket: int
    folder: str
    session: str = field(repr=False)
    start: str = field(repr=False)
    idle: int
    lang: str
    said: str = ""

    def to_line(self) -> bytes:
        """Spell the orders."""
        return json.dumps(asdict(self)).encode() + b"\n"


def read_orders(line: bytes) -> Orders:
    """Read the orders."""
    return Orders(**json.loads(line))
