"""What a published page may show: plain values, so that rendering needs no database.

`site/books/queries.py` fills a `FundView` in one read; `render.py` turns it into files.
Everything under `logged` comes from leaves; `counted` and `state` are the database's newest word.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from panah.core.announced import Announced
from panah.core.charter import Charter
from panah.core.fund import State


@dataclass(frozen=True, slots=True)
class DayRow:
    """Gifts of one day on one rail, minor units of the fund's currency."""

    day: str
    rail: str
    gifts: int
    amount: int
    counted: int
    held: int


@dataclass(frozen=True, slots=True)
class LoggedBooks:
    """Totals of the public log at `size` leaves."""

    size: int
    gross: int
    counted: int
    held: int
    returned: int
    passed_on: int
    fees: int
    gifts: int
    days: tuple[DayRow, ...]
    in_other_money: tuple[tuple[str, int], ...] = ()  # (currency, minor units) of what arrived, beside the own
    frozen: tuple[tuple[str, str, int], ...] = ()  # (rail, currency, minor): counted, and not spendable
    lost: tuple[tuple[str, int], ...] = ()  # (currency, minor)


@dataclass(frozen=True, slots=True)
class UpdateView:
    """A dated text; `texts` maps a language tag to (title, Markdown body)."""

    id: str
    day: str
    salt: str
    texts: dict[str, tuple[str, str]]
    images: tuple[tuple[str, dict[str, str]], ...] = ()  # (sha256 hex, alt text by language)
    withdrawn: bool = False
    withdrawn_images: frozenset[str] = frozenset()  # sha256 hex of single pictures taken down


@dataclass(frozen=True, slots=True)
class FundView:
    """One fund as the public sees it."""

    slug: str
    charter: Charter
    state: State
    counted: int
    held: int
    logged: LoggedBooks
    fingerprint: str
    vkey: str
    today: dt.date
    bank_upto: dt.date | None = None
    gifts_paused: bool = False
    intake_paused: bool = False
    stopped: frozenset[str] = frozenset()  # rails by which no new gift may begin
    switches: bytes = b'{"paused":[]}'  # the signed statements behind what is paused or stopped
    notice: dt.date | None = None  # first day of a roster that outside holders announced
    announced: tuple[Announced, ...] = ()  # amendments of the log whose notice runs
    address: str = ""  # the origin's own address, for mirrors and feeds; empty = relative
    updates: tuple[UpdateView, ...] = field(default=())
    story: UpdateView | None = None
    team: tuple[tuple[int, bytes], ...] = ()  # (index, leaf) of those that tell whose keys count, from leaf 0 on
    door: str = ""  # where people write without script; empty: nowhere
    answer_days: int = 7  # after how long first answers come
    read_image: Callable[[str], bytes] | None = None
    """Gives a picture's bytes by its sha256; asked only for pictures that the folder does not have yet."""

    @property
    def origin(self) -> str:
        """The log's name, which survives the loss of a domain."""
        return self.charter.origin
