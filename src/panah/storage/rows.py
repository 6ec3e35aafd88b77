"""The rows that hot paths hold in memory for one transaction, as plain records."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass

from panah.core.recovery import earliest


@dataclass(slots=True)
class CounterRow:
    """The locked counter (`models.Counter`), minor units of the fund's currency."""

    state: str
    goal: int
    minimum: int
    counted: int
    claimed: int
    held: int
    next_entry: int
    next_leaf: int
    gifts_paused: bool
    intake_paused: bool
    rules: int
    face: int
    bank_upto: dt.date | None

    def rest(self) -> int:
        """Give the capacity that is neither counted nor claimed."""
        return self.goal - self.counted - self.claimed


def new_gift_id(today: dt.date) -> str:
    """Mint the id of a gift before anything is paid: repeating a form then repeats nothing. 32 hex digits.

    Six of them say the day, so that the gifts of a day lie together in every index and the thousandth costs what the
    millionth does; the other 104 bits nobody can guess.
    """
    return f"{today.toordinal():06x}{secrets.token_hex(13)}"


@dataclass(slots=True)
class GiftRow:
    """A gift (`models.Gift`). `amount` and `remains` in its own currency's minor units, the rest in the fund's.

    `rate` and `source` are empty for a gift in the fund's own currency; then all amounts are of one kind.
    """

    id: str
    rail: str
    currency: str
    amount: int
    takes_rest: bool
    rc: bytes
    reference: str | None
    made: dt.date
    status: str = "promised"
    claimed: int = 0
    booked: int = 0
    counted: int = 0
    value_day: dt.date | None = None
    log_by: dt.date | None = None
    twin: bool = False
    rate: str = ""
    source: str = ""
    remains: int = 0

    @property
    def to_take(self) -> int:
        """What to capture of a claimed gift, in its own currency: foreign money is claimed whole."""
        return self.amount if self.rate else self.claimed


@dataclass(frozen=True, slots=True)
class FundRules:
    """The rules in force (`models.Fund`), read once per change."""

    slug: str
    origin: str
    charter: dict[str, object]
    roster: dict[str, object]
    leaf0: bytes
    vkey: str
    stopped: frozenset[str] = frozenset()
    """Rails by which no new gift may begin."""
    notice: tuple[int | None, dict[str, object]] | None = None
    """A notice of outside holders that runs: its leaf, once it has one, and its body."""

    @property
    def new_roster_from(self) -> dt.date | None:
        """Give the first day of the roster that is announced."""
        return earliest(self.notice[1]) if self.notice else None
