"""What waits for an ending, and what endings a gift has had: held gifts, statements that settle them, flags.

Promises: a statement that is prepared here is the one the charter's overflow rule asks for, and the one that
`site/funds/moves.py` will carry out; nothing here changes anything, and flags are kept nowhere.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import connections

from panah.core.flags import Flag, Seen, flags
from panah.core.fund import Act, State, allows
from panah.core.postings import amount_passed, value_back, worth
from panah.core.statement import begin
from panah.errors import N_, InputError, RefusedError
from panah.proof.canonical import decode
from panah.site.gifts.booking import parts_of
from panah.storage.batch import GIFT_COLUMNS, left_of, read_gift

if TYPE_CHECKING:
    from panah.storage.funds import FundHome
    from panah.storage.rows import FundRules, GiftRow

RETURNABLE: Final = frozenset({"bank", "card", "fake"})
"""Rails on which money finds the way back to where it came from."""


@dataclass(frozen=True, slots=True)
class HeldGift:
    """A gift with a part past the goal; `leaf` is None until the log has it."""

    row: GiftRow
    leaf: int | None

    @property
    def held(self) -> int:
        """Its held part, in the fund's currency."""
        return self.row.booked - self.row.counted


def held_gifts(fund: FundHome) -> list[HeldGift]:
    """Give all gifts with a held part, oldest value day first: the order in which freed room is given."""
    columns = ", ".join(f"g.{name.strip()}" for name in GIFT_COLUMNS.split(","))
    with connections[fund.alias].cursor() as cursor:
        cursor.execute(
            f"SELECT {columns}, e.leaf FROM storage_gift g"
            " LEFT JOIN storage_entry e ON e.gift_ref = g.id AND e.kind = 'gift'"
            " WHERE g.booked > g.counted ORDER BY g.value_day, g.id"
        )
        return [HeldGift(read_gift(row[:-1]), row[-1]) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Prepared:
    """Unsigned bodies that end what is held, and what could not be prepared with its reason."""

    bodies: list[dict[str, Any]]
    left: list[tuple[HeldGift, str]]


def prepare(fund: FundHome, rules: FundRules, state: State, today: dt.date, sibling: str = "") -> Prepared:
    """Write the statement that the charter's rule asks for, for each held gift. Raises in a state without overflow."""
    if not allows(state, Act.OVERFLOW):
        raise RefusedError(
            N_("What is held now may still count: the goal is not reached."),
            hint=N_("Held gifts are settled once the fund is met or winding."),
        )
    charter: Any = rules.charter
    rule = charter["overflow"]
    named = _choose_sibling(charter, sibling) if rule == "pass-on" else ""
    done = Prepared([], [])
    for gift in held_gifts(fund):
        if gift.leaf is None:
            done.left.append((gift, "not in the log yet: try again after its next step"))
            continue
        about = {"gift": gift.leaf, "day": today.isoformat()}
        if rule == "return" and gift.row.rail in RETURNABLE:
            amount, counted = _held_amount(gift)
            done.bodies.append(begin("gift-return", rules.origin, **about, amount=amount, counted=counted))
        elif rule == "pass-on":
            done.bodies.append(begin("overflow", rules.origin, **about, amount=gift.held, to="pass-on", sibling=named))
        elif rule == "reserve" or state is State.WINDING:
            done.bodies.append(begin("overflow", rules.origin, **about, amount=gift.held, to="reserve"))
        else:
            done.left.append((gift, "has no way back; it may go to the reserve once the fund is winding"))
    return done


def _held_amount(gift: HeldGift) -> tuple[int, int]:
    """Give how much of a gift's own currency its held part is, and what of it counts.

    In foreign money a held part may end between two cents: then the larger amount goes back, and so a cent that
    counted.
    """
    left = left_of(gift.row)
    amount = amount_passed(left, gift.held)
    if value_back(left, amount) < gift.held:
        amount += 1
    return amount, parts_of(gift.row, amount)[1]


def _choose_sibling(charter: dict[str, Any], wanted: str) -> str:
    names = [sibling["name"] for sibling in charter["siblings"]]
    if wanted in names:
        return wanted
    if len(names) == 1 and not wanted:
        return str(names[0])
    raise InputError(
        N_("The charter names these sibling funds: %(names)s."),
        hint=N_("Choose one with --sibling NAME."),
        names=", ".join(names) or "-",
    )  # fmt: skip


# -- one gift


@dataclass(frozen=True, slots=True)
class Ending:
    """Something that happened to a gift after it was booked, as its leaf says it; minor units."""

    kind: str  # gift-void, gift-return, count, pass-on, reserve
    day: dt.date
    amount: int
    why: str
    sibling: str
    leaf: int | None


def endings_of(fund: FundHome, gift: str) -> list[Ending]:
    """Give everything that happened to a gift after it was booked, in order; `leaf` once a signed head covers it."""
    with connections[fund.alias].cursor() as cursor:
        cursor.execute(
            "SELECT e.body, CASE WHEN e.leaf < h.size THEN e.leaf END FROM storage_entry e, storage_loghead h"
            " WHERE e.gift_ref = %s AND e.kind <> 'gift' ORDER BY e.id",
            [gift],
        )
        rows = cursor.fetchall()
    return [_ending(decode(bytes(body)), leaf) for body, leaf in rows]


def _ending(body: dict[str, Any], leaf: int | None) -> Ending:
    kind = str(body["t"])[len("panah/1/") :]
    amount = body["counted"] if kind == "count" else body["amount"]
    kind = body["to"] if kind == "overflow" else kind
    day = dt.date.fromisoformat(body["day"])
    return Ending(kind, day, amount, body.get("why", ""), body.get("sibling", ""), leaf)


# -- flags


def flagged(fund: FundHome, rules: FundRules) -> list[tuple[Flag, int | None]]:
    """Give the gifts that a person should look at, with their leaves. Computed anew each time, kept nowhere."""
    charter: Any = rules.charter
    with connections[fund.alias].cursor() as cursor:
        cursor.execute(
            "SELECT g.id, COALESCE(g.value_day, g.made), g.rail, g.booked, g.amount, g.status, g.currency, g.rate,"
            " e.leaf FROM storage_gift g LEFT JOIN storage_entry e ON e.gift_ref = g.id AND e.kind = 'gift'"
            " WHERE g.status IN ('booked', 'refused') ORDER BY g.made, e.leaf, g.id"
        )
        rows = cursor.fetchall()
    leaves = {row[0]: row[-1] for row in rows}
    own = charter["currency"]
    seen = []
    for gift, day, rail, booked, amount, status, currency, rate, _ in rows:
        tried = amount if currency == own else worth(amount, currency, rate, own) if rate else 0
        seen.append(Seen(gift, _day(day), rail, booked if status == "booked" else tried, status == "booked"))
    return [(flag, leaves[flag.seen.gift]) for flag in flags(seen, charter["goal"], charter["minimum"])]


def _day(value: Any) -> dt.date:
    return dt.date.fromisoformat(value) if isinstance(value, str) else value
