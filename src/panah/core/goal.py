"""Stop at the goal, exactly: who may still give how much, and what happens to money past the goal.

Promises: nothing here ever lets counted + claimed pass the goal; money that arrived is never lost
(counted + held = amount); what a giver is offered leaves either nothing or at least the minimum, so
that a fund can't get stuck at a rest that nobody may give. Pure rules on minor units of the fund's
currency: the lock that makes them hold for 32 givers at once is `storage/lock.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from panah.core.fund import State
from panah.errors import N_, RefusedError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Capacity:
    """How full a fund is: `counted` is booked towards the goal, `claimed` is taken by captures under way."""

    goal: int
    counted: int
    claimed: int
    minimum: int
    state: State = State.OPEN

    def __post_init__(self) -> None:
        numbers = (self.goal, self.counted, self.claimed, self.minimum)
        if any(type(number) is not int for number in numbers) or min(numbers) < 0:
            raise ValueError("Capacity takes whole minor units, none below zero.")
        if self.goal < 1 or self.minimum < 1:
            raise ValueError("Goal and minimum are above zero.")
        if self.counted + self.claimed > self.goal:
            raise ValueError("More is counted and claimed than the goal.")

    @property
    def rest(self) -> int:
        """What nobody has taken yet; free capacity in any state."""
        return self.goal - self.counted - self.claimed

    @property
    def is_reached(self) -> bool:
        """Whether the goal is counted in full: the fund is then `met`, for ever."""
        return self.counted == self.goal


class Why(StrEnum):
    """Why an amount was refused."""

    SHUT = "shut"  # the fund takes no gifts in this state
    FULL = "full"  # the goal is reached, or the last of it is being paid right now
    SMALL = "small"  # below the minimum
    LARGE = "large"  # more than this rail may still take


@dataclass(frozen=True, slots=True)
class Accept:
    """The amount is fine as it is."""

    amount: int


@dataclass(frozen=True, slots=True)
class Rest:
    """The giver chooses: all that is left, or an amount that leaves exactly the minimum to others."""

    everything: int | None
    less: int | None

    @property
    def options(self) -> tuple[int, ...]:
        """The amounts to show, the larger one first."""
        return tuple(amount for amount in (self.everything, self.less) if amount is not None)


@dataclass(frozen=True, slots=True)
class Refuse:
    """The amount can't be taken; `limit` is the bound it missed (minor units; 0 = nothing is possible)."""

    why: Why
    limit: int

    def error(self) -> RefusedError:
        """Say it in a sentence; the caller shows `limit` as money."""
        return RefusedError(_SENTENCES[self.why], hint=_HINTS[self.why])


_SENTENCES = {
    Why.SHUT: N_("This fund takes no gifts now."),
    Why.FULL: N_("Nothing is left to give: the goal is reached or its last part is being paid right now."),
    Why.SMALL: N_("This is less than the smallest gift."),
    Why.LARGE: N_("This is more than this way of paying can still take."),
}
_HINTS = {
    Why.SHUT: N_("The page of the fund says where help is needed instead."),
    Why.FULL: N_("The page of the fund says where help is needed instead."),
    Why.SMALL: N_("Choose a larger amount."),
    Why.LARGE: N_("Choose a smaller amount or another way of paying."),
}


def offer(capacity: Capacity, amount: int, takes_rest: bool) -> Accept | Rest | Refuse:
    """Answer a giver who wants to give `amount`.

    `takes_rest` says whether the rail can take exactly what is left (in the fund's currency, above its
    own smallest charge); a transfer that arrives days later can't promise that.
    """
    rest, minimum = capacity.rest, capacity.minimum
    if capacity.state is not State.OPEN:
        return Refuse(Why.SHUT, 0)
    if rest == 0:
        return Refuse(Why.FULL, 0)
    everything = rest if takes_rest else None
    if minimum <= amount <= rest - minimum or (amount == rest and (takes_rest or amount >= minimum)):
        answer: Accept | Rest | Refuse = Accept(amount)
    elif amount < minimum <= rest:
        answer = Refuse(Why.SMALL, minimum)
    else:  # it leaves too little, or asks for more than there is
        less = rest - minimum if rest > amount and rest - minimum >= minimum else None
        answer = Rest(everything, less)
        if not answer.options:
            answer = Refuse(Why.LARGE, rest if rest >= minimum else 0)
    return answer


def claim(capacity: Capacity, amount: int, *, take_rest: bool) -> int:
    """Give how much of a paid-for `amount` may be captured now; 0 = no room, void it.

    Others may have given since the giver saw the offer. With `take_rest` the giver ticked "take what
    is left". The minimum is not asked again: the giver has already paid.
    """
    if amount < 1:
        raise ValueError("A claim takes an amount above zero.")
    if capacity.state is not State.OPEN:
        return 0
    if amount <= capacity.rest:
        return amount
    return capacity.rest if take_rest else 0


def split(capacity: Capacity, amount: int) -> tuple[int, int]:
    """Split money that arrived by itself into (counted, held).

    After `met` everything new is held: what refunds have freed belongs to older held gifts (`free`).
    """
    if amount < 1:
        raise ValueError("Money that arrived is above zero.")
    counted = min(capacity.rest, amount) if capacity.state is State.OPEN else 0
    return counted, amount - counted


@dataclass(frozen=True, slots=True)
class Held:
    """The part of a gift that waits past the goal."""

    gift: str
    day: dt.date
    amount: int


def free(capacity: Capacity, held: Iterable[Held]) -> list[tuple[str, int]]:
    """Give (gift, newly counted) for free capacity: oldest value day first, the last one in part.

    In `open` (a capture gave its claim back) and `met` (a refund); a fund that ends counts no more.
    """
    if capacity.state not in {State.OPEN, State.MET}:
        return []
    rest, filled = capacity.rest, []
    for entry in sorted(held, key=lambda entry: (entry.day, entry.gift)):
        if rest == 0:
            break
        part = min(rest, entry.amount)
        if part > 0:
            filled.append((entry.gift, part))
            rest -= part
    return filled
