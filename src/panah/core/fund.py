"""The life of a fund: five states, and one table of what each of them allows.

Promises: every part of Panah that asks "may this happen now?" asks `TABLE`; `met` never reopens; money
that arrives by itself (bank, coins, webhooks) is booked in every state in which the fund still keeps
books. It refuses nothing that only protects people: a switch can be pulled and a text taken down in
any state in which there is something to protect.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from panah.errors import N_, RefusedError


class State(StrEnum):
    """Where a fund stands; the order of the lines is the order of a life."""

    DRAFT = "draft"
    OPEN = "open"
    MET = "met"
    WINDING = "winding"
    CLOSED = "closed"


class Act(StrEnum):
    """What somebody may want to do with a fund."""

    GIVE = "give"  # begin a new gift
    BOOK = "book"  # write down money that arrived
    HOLD = "hold"  # write down money past the goal, to follow the overflow rule
    COUNT = "count"  # let a held gift count, where capacity became free
    REFUND = "refund"  # a void, a dispute, a returned gift
    OVERFLOW = "overflow"  # hand a held gift on, or put it into the reserve
    FEE = "fee"
    SETTLE = "settle"  # payouts and exchange between the fund's own accounts
    FREEZE = "freeze"  # money that is stuck on a rail, and what becomes of it
    ASK = "ask"  # /ask and /offer
    PAUSE = "pause"  # pull or lift a switch
    AMEND = "amend"
    ROSTER = "roster"
    KEY = "key"
    CODE = "code"
    UPDATE = "update"
    WITHDRAW = "withdraw"  # take a text down, or put it back
    OPEN = "open"
    WIND = "wind"
    CLOSE = "close"


_LETTERS: Final = dict(zip("domwc", State, strict=True))

# After `close` the books stand still, but readers still need updates and takedowns, and those need a
# roster that is not expired and a log key that is not lost: so roster, key and code go on.
_GRID: Final[dict[Act, str]] = {
    # draft, open, met, winding, closed
    Act.GIVE:     ".o...",
    Act.BOOK:     ".omw.",
    Act.HOLD:     ".omw.",
    Act.COUNT:    ".om..",
    Act.REFUND:   ".omw.",
    Act.OVERFLOW: "..mw.",
    Act.FEE:      ".omw.",
    Act.SETTLE:   ".omw.",
    Act.FREEZE:   ".omw.",
    Act.ASK:      ".om..",
    Act.PAUSE:    "domw.",
    Act.AMEND:    "do...",
    Act.ROSTER:   "domwc",
    Act.KEY:      "domwc",
    Act.CODE:     "domwc",
    Act.UPDATE:   "domwc",
    Act.WITHDRAW: "domwc",
    Act.OPEN:     "d....",
    Act.WIND:     ".om..",
    Act.CLOSE:    "...w.",
}  # fmt: skip

TABLE: Final[dict[State, frozenset[Act]]] = {
    state: frozenset(act for act, row in _GRID.items() if letter in row) for letter, state in _LETTERS.items()
}
"""State → what it allows. The only place where this is said."""

LEAF_ACTS: Final[dict[str, Act]] = {
    "amend": Act.AMEND, "roster": Act.ROSTER, "notice": Act.ROSTER, "gift": Act.BOOK, "gift-void": Act.REFUND,
    "count": Act.COUNT, "gift-return": Act.REFUND, "overflow": Act.OVERFLOW, "fee": Act.FEE, "settle": Act.SETTLE,
    "freeze": Act.FREEZE, "thaw": Act.FREEZE, "update": Act.UPDATE, "key": Act.KEY, "code": Act.CODE,
    "close": Act.CLOSE,
}  # fmt: skip
"""Type of leaf → the act it records. `charter` makes the fund and `life` moves it (`move`)."""

STEPS: Final[dict[State, frozenset[State]]] = {
    State.DRAFT: frozenset({State.OPEN}),
    State.OPEN: frozenset({State.MET, State.WINDING}),
    State.MET: frozenset({State.WINDING}),
    State.WINDING: frozenset({State.CLOSED}),
    State.CLOSED: frozenset(),
}

_NO_GIFTS: Final[dict[State, str]] = {
    State.DRAFT: N_("This fund is not open yet."),
    State.MET: N_("The goal is reached: this fund takes no more gifts."),
    State.WINDING: N_("This fund is ending: it takes no more gifts."),
    State.CLOSED: N_("This fund is closed: it takes no more gifts."),
}


def allows(state: State, act: Act | str) -> bool:
    """Tell whether a fund in `state` allows `act`."""
    return Act(act) in TABLE[State(state)]


def require(state: State, act: Act | str) -> None:
    """Raise `RefusedError` unless a fund in `state` allows `act`."""
    if allows(state, act):
        return
    if act == Act.GIVE:
        raise RefusedError(_NO_GIFTS[State(state)], hint=N_("The page of the fund says where help is needed instead."))
    raise RefusedError(
        N_("The fund is in the state %(state)s, which does not allow this: %(act)s."),
        hint=N_("docs/spec/charter.md lists what each state allows."),
        state=str(state), act=str(act),
    )  # fmt: skip


def move(state: State, to: State) -> State:
    """Give the next state. Raises `RefusedError` for a step that a fund's life does not have."""
    if to not in STEPS[State(state)]:
        raise RefusedError(
            N_("A fund goes from draft to open to met to winding to closed, not from %(state)s to %(to)s."),
            hint=N_("A fund that has met its goal never opens again: open a next one instead."),
            state=str(state), to=str(to),
        )  # fmt: skip
    return State(to)
