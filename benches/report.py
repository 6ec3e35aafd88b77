"""Figures side by side: medians of rounds that took turns, targets, and a table a person can read."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

from benches.ground import MissingError

T = TypeVar("T")


@dataclass(frozen=True)
class Line:
    """One figure. `limit` is empty for what is only told; else `>=` or `<=` and the number."""

    what: str
    value: float
    unit: str = ""
    limit: str = ""
    note: str = ""

    @property
    def holds(self) -> bool | None:
        if not self.limit:
            return None
        sign, number = self.limit.split()
        return self.value >= float(number) if sign == ">=" else self.value <= float(number)


def in_turns(rounds: int, runs: Mapping[str, Callable[[], T]]) -> dict[str, list[T]]:
    """Run each once per round, in turns, so that a busy minute of the machine falls on all alike."""
    results: dict[str, list[T]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            results[name].append(run())
    return results


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median over the rounds of ours by theirs in the same round."""
    return median(own / other for own, other in zip(ours, theirs, strict=True))


def middle(values: Sequence[float]) -> float:
    return median(values)


def show(title: str, lines: Sequence[Line]) -> None:
    """Print a table."""
    print(f"\n{title}")
    for line in lines:
        mark = {None: " ", True: "✓", False: "✗"}[line.holds]
        target = f"target {line.limit}" if line.limit else ""
        number = f"{line.value:,.0f}" if abs(line.value) >= 1000 else f"{line.value:.4g}"
        print(f" {mark} {line.what:<58} {number:>10} {line.unit:<10} {target:<16} {line.note}".rstrip())
    sys.stdout.flush()


def arguments(about: str, *, rounds: int, seconds: float) -> argparse.ArgumentParser:
    """What every bench can be asked."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--check", action="store_true", help="exit 1 when a target is missed")
    parser.add_argument("--rounds", type=int, default=rounds, help="rounds in turns (default %(default)s)")
    parser.add_argument("--seconds", type=float, default=seconds, help="length of one load (default %(default)s)")
    return parser


def verdict(lines: Sequence[Line], check: bool) -> int:
    """Give the exit code."""
    missed = [line.what for line in lines if line.holds is False]
    if missed:
        print(f"\nmissed: {'; '.join(missed)}")
    return 1 if missed and check else 0


def run(main: Callable[[], int]) -> None:
    """Start a bench as a program."""
    try:
        sys.exit(main())
    except MissingError as error:
        sys.exit(f"bench: {error}")
