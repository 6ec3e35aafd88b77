"""How many seeds a run lives through: 1,000, or as many as PANAH_SEEDS says; two files share them for two workers."""

from __future__ import annotations

import os

from tests.simulation.run import FoundError, tell

SEEDS = int(os.environ.get("PANAH_SEEDS", "1000"))
CHUNK = 50


def chunks(half: int) -> list[range]:
    """Give one half of the seeds, in pieces."""
    middle = SEEDS // 2
    bounds = (0, middle) if half == 0 else (middle, SEEDS)
    return [range(begin, min(begin + CHUNK, bounds[1])) for begin in range(*bounds, CHUNK)]


def live_through(seeds: range) -> tuple[int, int, int]:
    """Live through seeds; give how many crashes, leaves and restores they saw. Raises for the first that fails."""
    stories = [tell(seed) for seed in seeds]
    return sum(s.crashes for s in stories), sum(s.leaves for s in stories), sum(s.restored for s in stories)


def first_found(fault, most: int = 40) -> int:
    """Give how many seeds it takes until a planted fault is found; `most` + 1 when it is not."""
    for number in range(1, most + 1):
        try:
            tell(number, fault)
        except FoundError:
            return number
    return most + 1
