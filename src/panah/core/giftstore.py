"""What is left of every gift, small enough that a phone-sized machine replays a million of them.

Promises: nine bytes for a usual gift; gifts with a held part or in a foreign currency cost a dict entry more.
"""

from __future__ import annotations

from array import array

from panah.core.postings import Gift
from panah.errors import N_, RefusedError


class DayTotal:
    """Gifts that arrived on one day by one rail, as booked; later returns stand apart. Fund currency."""

    __slots__ = ("amount", "counted", "gifts")

    def __init__(self) -> None:
        self.gifts = self.amount = self.counted = 0


class GiftStore:
    """What is left of every gift, by leaf index: nine bytes each, and a dict for the few unlike the rest."""

    def __init__(self) -> None:
        self.counted = array("q")  # -1: this leaf is no gift
        self.rail = array("B")
        self.rails: list[str] = []
        self.held: dict[int, int] = {}
        self.foreign: dict[int, tuple[str, int]] = {}

    def rail_number(self, rail: str) -> int:
        """Number a rail."""
        if rail not in self.rails:
            self.rails.append(rail)
        return self.rails.index(rail)

    def find(self, index: int, currency: str) -> Gift:
        """Give what is left of the gift at a leaf. Raises `RefusedError` if there is none."""
        if not 0 <= index < len(self.counted) or self.counted[index] < 0:
            raise RefusedError(N_("Leaf %(gift)s is not a gift."), gift=index)
        counted, held = self.counted[index], self.held.get(index, 0)
        cur, amount = self.foreign.get(index, (currency, counted + held))
        return Gift(self.rails[self.rail[index]], cur, amount, counted, held)

    def leave(self, index: int, gift: Gift, currency: str) -> None:
        """Write down what is left now."""
        self.counted[index] = gift.counted
        self.held[index] = gift.held
        if not gift.held:
            del self.held[index]
        if gift.currency != currency:
            self.foreign[index] = (gift.currency, gift.amount)
