"""Building and checking a long log, beside the least that could do it and beside `ledger bal`.

`python -m benches.verify --leaves 1000000`. All three read files that lie in the page cache.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benches.floors.audit import Frontier
from benches.ground import folder, need, spend
from benches.report import Line, arguments, in_turns, middle, ratio, run, show, verdict
from panah.proof import leaf
from panah.proof.checkpoint import Checkpoint
from panah.proof.tiles import plan_tiles
from panah.storage.durable import write_files
from tests.loglab import Lab, rc_of

STEP = 4096
"""As many leaves as the sequencer takes into one checkpoint at most."""

Bodies = list[dict[str, Any]]


def gift_bodies(first: int, count: int, origin: str) -> Bodies:
    """Invented gifts as they are before they are written: three years, two rails."""
    return [
        {
            "t": "panah/1/gift", "o": origin, "cur": "EUR", "amount": 500 + number % 9973,
            "counted": 500 + number % 9973,
            "day": f"20{22 + number // 400_000 % 3}-{1 + number // 33_000 % 12:02}-{1 + number // 1100 % 28:02}",
            "rail": "bank" if number % 3 else "fake", "rc": rc_of(number),
        }
        for number in range(first, first + count)
    ]  # fmt: skip


class Build:
    """Builds one log twice, step by step in turns: bare in memory, and ours as durable files."""

    def __init__(self, place: Path, leaves: int) -> None:
        place.mkdir()
        self.lab = Lab(place).found(goal=10**15)
        self.lines = place / "leaves.jsonl"
        self.leaves = leaves
        self.bare, self.encoding, self.ours, self.ours_wall = 0.0, 0.0, 0.0, 0.0
        self._frontier = Frontier()
        self._dumps = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
        self._root = b""

    def run(self) -> None:
        """Build both; their roots must be the same."""
        with self.lines.open("wb") as lines:
            self._both([json.loads(data) for data in self.lab.leaves], 0, lines)
            for first in range(2, self.leaves, STEP):
                bodies = gift_bodies(first, min(STEP, self.leaves - first), self.lab.origin)
                self._both(bodies, first, lines)
        if self._frontier.root() != self._root:
            raise RuntimeError("two roots for one log")
        signed = Checkpoint(self.lab.origin, self.leaves, self._root).sign(self.lab.key)
        self.lab.write("log/checkpoint", signed)

    def _both(self, bodies: Bodies, size: int, lines: Any) -> None:
        began = time.process_time()
        append, dumps = self._frontier.append, self._dumps
        for body in bodies:
            append(dumps(body).encode())
        middle_time, wall = time.process_time(), time.monotonic()
        encoded = [leaf.encode(body) for body in bodies]
        self.encoding += time.process_time() - middle_time
        self._root = self._extend(size, encoded)
        self.ours += time.process_time() - middle_time
        self.ours_wall += time.monotonic() - wall
        self.bare += middle_time - began
        lines.writelines(data + b"\n" for data in encoded)

    def _extend(self, size: int, encoded: Sequence[bytes]) -> bytes:
        root, files = plan_tiles(self.lab.read, size, encoded)
        write_files((self.lab.folder / "log" / path, data) for path, data in files)
        return root


def build_lines(build: Build) -> Iterator[Line]:
    """Tell about building."""
    count = build.leaves
    yield Line("bare json + hashlib frontier, in memory", count / build.bare, "leaves/s", note="of processor time")
    yield Line(
        "our log: checked, encoded, tiles, durable files", count / build.ours, "leaves/s", note="of processor time"
    )
    yield Line("  of which checking and encoding leaves", build.encoding / build.ours)
    yield Line("  by the clock, with every fsync", count / build.ours_wall, "leaves/s")
    yield Line("building / bare", build.bare / build.ours, limit=">= 0.3")


def check_lines(build: Build, place: Path, rounds: int) -> Iterator[Line]:
    """Check the log with ours, the floor and ledger."""
    panah = [sys.executable, "-m", "panah.cli.main"]
    journal = place / "books.journal"
    exported = spend([*panah, "export", str(build.lab.folder), "--format", "hledger", "--out", str(journal)])
    runs = in_turns(
        rounds,
        {
            "bare": lambda: spend([sys.executable, "-m", "benches.floors.audit", str(build.lines)]),
            "ours": lambda: spend([*panah, "verify", str(build.lab.folder)]),
            "ledger": lambda: spend(["ledger", "-f", str(journal), "bal"]),
        },
    )
    for one in runs["bare"]:
        if one.output.split()[0] != build._root.hex().encode():
            raise RuntimeError("the floor came to another root")
    cpu = {name: [one.cpu for one in spent] for name, spent in runs.items()}
    for name, what in (("bare", "bare: parse, hash, root, sum"), ("ours", "panah verify"), ("ledger", "ledger bal")):
        yield Line(what, middle(cpu[name]), "CPU s", note=f"{middle([one.wall for one in runs[name]]):.2f} s elapsed")
    yield Line("bare, memory", middle([one.megabytes for one in runs["bare"]]), "MB")
    yield Line("ledger bal, memory", middle([one.megabytes for one in runs["ledger"]]), "MB")
    yield Line("panah export, for the journal", exported.cpu, "CPU s", note=f"{exported.megabytes:.0f} MB")
    yield Line("panah verify / bare", ratio(cpu["ours"], cpu["bare"]), "of CPU", limit="<= 2.5")
    yield Line("panah verify, memory", max(one.megabytes for one in runs["ours"]), "MB", limit="<= 250")
    yield Line("panah verify / ledger bal", ratio(cpu["ours"], cpu["ledger"]), "of CPU", limit="<= 1")


def main(words: Sequence[str] | None = None) -> int:
    parser = arguments(__doc__ or "", rounds=5, seconds=0)
    parser.add_argument("--leaves", type=int, default=1_000_000, help="length of the log (default %(default)s)")
    asked = parser.parse_args(words)
    need("ledger")
    with folder() as place:
        build = Build(place / "fund", asked.leaves)
        build.run()
        lines = [*build_lines(build), *check_lines(build, place, asked.rounds)]
    show(f"A log of {asked.leaves:,} leaves", lines)
    return verdict(lines, asked.check)


if __name__ == "__main__":
    run(main)
