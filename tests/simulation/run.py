"""Run one seed, or many: `python -m tests.simulation.run SEED` replays a failure and prints what happened.

`python -m tests.simulation.run --seeds 5000 [--from 0]` goes on until one fails.
"""

from __future__ import annotations

import argparse
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

import tests.django_ready  # noqa: F401 - before anything that has tables
from tests.simulation.laws import Laws
from tests.simulation.machine import Crash, drop_templates, machine, simulated, template
from tests.simulation.members import Team

_WEIGHTS = {
    "give_fake": 6, "give_card": 8, "give_bank": 6, "rush": 2, "deliver": 14, "taken_back": 3, "trouble": 3,
    "bank_list": 5, "bank_return": 2, "time": 5, "sequence": 8, "statement": 6, "other_process": 3, "backup": 2,
    "restore": 2,
}  # fmt: skip
CRASHES = 0.25
"""Of all steps, so many are cut off at a drawn write step, if they come so far."""


class FoundError(AssertionError):
    """A seed under which a promise does not hold; `log` says what happened."""

    def __init__(self, sentence: str, log: list[str]) -> None:
        super().__init__(sentence)
        self.log = log


@dataclass(frozen=True)
class Story:
    """What a seed came to."""

    seed: int
    log: list[str]
    crashes: int
    leaves: int
    restored: int

    @property
    def trace(self) -> str:
        return sha256("\n".join(self.log).encode()).hexdigest()


def tell(seed: int, fault: Callable[[Team], None] | None = None) -> Story:
    """Live through one seed. Raises `FoundError` with the command that replays it. `fault` breaks something first."""
    chance = random.Random(f"panah {seed}")
    overflow = chance.choice(["return", "pass-on", "reserve"])
    template(overflow)  # founded once for many seeds, so with chance of its own
    crashes = 0
    with simulated(random.Random(f"noise {seed}")), machine(overflow) as box:
        team = Team(box, chance)
        laws = Laws(team)
        if fault is not None:
            fault(team)
        try:
            for number in range(chance.randrange(30, 61)):
                crashes += _step(team, number)
                laws.hold()
            team.finish()
            laws.end()
        except (Exception, Crash) as error:
            replay = f"replay: .venv/bin/python -m tests.simulation.run {seed}"
            raise FoundError(f"seed {seed}: {type(error).__name__}: {error}\n{replay}", team.log) from error
        return Story(seed, team.log, crashes, len(laws.leaves), team.restored)


def _step(team: Team, number: int) -> int:
    name = team.chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
    team.note(number, team.machine.active, name)
    if team.chance.random() < CRASHES:
        team.machine.fuse = team.chance.randrange(1, 12)
    try:
        getattr(team, f"step_{name}")()
    except Crash:
        team.note("crash")
        team.machine.die()
        # Starting up is the normal code, and may be cut off too.
        return 1
    finally:
        team.machine.fuse = 0
    return 0


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("seed", type=int, nargs="?")
    parser.add_argument("--seeds", type=int, default=0)
    parser.add_argument("--from", type=int, default=0, dest="first")
    parser.add_argument("--all", action="store_true", help="go on after a failure, and list them")
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)  # refused jobs are part of the story
    try:
        if given.seed is not None:
            try:
                story = tell(given.seed)
            except FoundError as error:
                print("\n".join(error.log))
                raise
            print("\n".join(story.log), f"\nseed {given.seed} holds; trace {story.trace}")
            return
        for seed in range(given.first, given.first + given.seeds):
            try:
                tell(seed)
            except FoundError as error:
                if not given.all:
                    raise
                print(str(error).splitlines()[0], flush=True)
        print(f"{given.seeds} seeds from {given.first}")
    finally:
        drop_templates()


if __name__ == "__main__":
    main()
