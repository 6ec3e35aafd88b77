"""What a fund should be after each step, in forty lines of plain sums: the model that the real one is held against."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field


@dataclass
class Gift:
    """Money that arrived: what is left of it."""

    id: str
    rail: str
    day: dt.date
    counted: int
    held: int

    @property
    def left(self) -> int:
        return self.counted + self.held


@dataclass
class Model:
    """Minor units of one currency."""

    goal: int
    state: str = "open"
    announced: tuple[int, dt.date] | None = None  # a higher goal, and its first day
    seen: dt.date = dt.date.min  # the latest day that any leaf names
    gifts: dict[str, Gift] = field(default_factory=dict)
    gross: int = 0
    returned: int = 0
    passed_on: int = 0
    stuck: dict[str, int] = field(default_factory=lambda: {"fake": 0, "bank": 0})
    lost: dict[str, int] = field(default_factory=lambda: {"fake": 0, "bank": 0})

    @property
    def counted(self) -> int:
        return sum(gift.counted for gift in self.gifts.values())

    @property
    def held(self) -> int:
        return sum(gift.held for gift in self.gifts.values())

    def on_rail(self, rail: str) -> int:
        """What the books have on a rail's own account."""
        return self.arrived[rail] - self.stuck[rail] - self.lost[rail]

    arrived: dict[str, int] = field(default_factory=lambda: {"fake": 0, "bank": 0})  # less what went back

    def arrive(self, identity: str, rail: str, day: dt.date, amount: int) -> None:
        counted = min(self.goal - self.counted, amount) if self.state == "open" else 0
        self.gifts[identity] = Gift(identity, rail, day, counted, amount - counted)
        self.gross += amount
        self.arrived[rail] += amount
        self._reach(day)

    def go_back(self, identity: str, amount: int, day: dt.date) -> None:
        self.seen = max(self.seen, day)
        gift = self.gifts[identity]
        held = min(amount, gift.held)
        gift.held -= held
        gift.counted -= amount - held
        self.returned += amount
        self.arrived[gift.rail] -= amount
        self.count_waiting()

    def pass_on(self, identity: str, amount: int) -> None:
        self.gifts[identity].held -= amount
        self.passed_on += amount

    def raise_goal(self) -> None:
        self.goal, self.announced = self.announced[0], None
        self.count_waiting()

    def count_waiting(self) -> None:
        """Oldest value day first; a fund that ends counts nothing any more."""
        if self.state not in {"open", "met"}:
            return
        for gift in sorted(self.gifts.values(), key=lambda gift: (gift.day, gift.id)):
            part = min(self.goal - self.counted, gift.held)
            gift.counted += part
            gift.held -= part
        self._reach(self.seen)

    def _reach(self, day: dt.date) -> None:
        self.seen = max(self.seen, day)
        if self.state != "open" or self.counted < self.goal:
            return
        if self.announced and self.announced[1] <= self.seen:
            self.raise_goal()  # a leaf of that day is there already: the old goal is none any more
        else:
            self.state, self.announced = "met", None
