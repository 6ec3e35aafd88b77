"""Calls to a provider that are to be made, and visits of givers there: the steps that stories share.

Each step runs inside a job of the writer, so that an intention is durable together with what it follows from: a claim
with its capture, a refusal with its void, the goal with the end of all visits. Who makes the calls is `capturing.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from panah.core.money import Money
from panah.rails.base import GiftOrder

if TYPE_CHECKING:
    from panah.storage.batch import Batch
    from panah.storage.rows import GiftRow

Kind = Literal["capture", "void", "expire"]
PAUSES: Final = (20, 60, 120, 300)
"""Seconds until a call without an answer is made again; then `LONGEST_PAUSE`."""
LONGEST_PAUSE: Final = 600

_CALL: Final = "key, gift, rail, kind, amount, first, tries"
VISIT_COLUMNS: Final = "gift, rail, lang, ends, name, payment, open"


@dataclass(frozen=True, slots=True)
class Call:
    """A call that is to be made now (`models.RailCall`); `first` is the Unix time of its first try."""

    key: str
    gift: str
    rail: str
    kind: Kind
    amount: int
    first: int
    tries: int


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A giver at the provider's page (`models.Visit`)."""

    gift: str
    rail: str
    lang: str
    ends: int | None
    name: str
    payment: str
    open: bool


# -- calls


def ask(batch: Batch, row: GiftRow, kind: Kind, amount: int = 0) -> None:
    """Write down that a call is to be made, with a key that no earlier call of this kind had.

    While one of this kind waits, another would ask for the same thing twice.
    """
    earlier = batch.query("SELECT state FROM storage_railcall WHERE gift = %s AND kind = %s", [row.id, kind])
    if any(state == "waiting" for (state,) in earlier):
        return
    key = f"{row.id}:{kind}" + (f":{len(earlier) + 1}" if earlier else "")
    batch.execute(
        "INSERT INTO storage_railcall (key, gift, rail, kind, amount, state, due, tries)"
        " VALUES (%s, %s, %s, %s, %s, 'waiting', 0, 0)",
        [key, row.id, row.rail, kind, amount],
    )


def take(batch: Batch, key: str, now: int) -> Call | None:
    """Take a call on, so that it is known when its key was first used; None when it is done or not due."""
    taken = batch.execute(
        "UPDATE storage_railcall SET first = COALESCE(first, %s), tries = tries + 1, due = %s"
        " WHERE key = %s AND state = 'waiting' AND due <= %s",
        [now, now + PAUSES[0], key, now],
    )
    if not taken:
        return None
    found = Call(*batch.query(f"SELECT {_CALL} FROM storage_railcall WHERE key = %s", [key])[0])
    if found.tries > 1:
        pause = PAUSES[found.tries - 1] if found.tries <= len(PAUSES) else LONGEST_PAUSE
        batch.execute("UPDATE storage_railcall SET due = %s WHERE key = %s", [now + pause, key])
    return found


def finish(batch: Batch, gift: str, *kinds: Kind) -> None:
    """Note that nothing is left to ask for: the outcome is known, and the times are forgotten."""
    for kind in kinds:
        batch.execute(
            "UPDATE storage_railcall SET state = 'done', first = NULL, due = 0"
            " WHERE gift = %s AND kind = %s AND state = 'waiting'",
            [gift, kind],
        )


# -- visits


def visit_of(batch: Batch, gift: str) -> VisitRow | None:
    """Give a gift's visit at the provider."""
    return _visit(batch, "gift", gift)


def gift_of_payment(batch: Batch, payment: str) -> str:
    """Give the gift that a payment is for; empty when no event has told its name yet."""
    found = _visit(batch, "payment", payment)
    return found.gift if found else ""


def _visit(batch: Batch, column: str, value: str) -> VisitRow | None:
    rows = batch.query(f"SELECT {VISIT_COLUMNS} FROM storage_visit WHERE {column} = %s", [value])
    return read_visit(rows[0]) if rows else None


def read_visit(values: tuple[Any, ...]) -> VisitRow:
    """Build a visit from the columns `VISIT_COLUMNS`, as either database gives them."""
    gift, rail, lang, ends, name, payment, may_pay = values
    return VisitRow(gift, rail, lang, ends, name, payment, bool(may_pay))


def note_payment(batch: Batch, row: GiftRow, payment: str) -> None:
    """Keep the provider's name of a payment: the visit led to it, so nobody pays there any more."""
    if not payment:
        return
    if not batch.execute(
        "UPDATE storage_visit SET payment = %s, ends = NULL, open = %s WHERE gift = %s", [payment, False, row.id]
    ):
        # A backup from before the visit was put back: the payment is real all the same.
        batch.execute(
            "INSERT INTO storage_visit (gift, rail, lang, ends, name, payment, open)"
            " VALUES (%s, %s, '', NULL, '', %s, %s)",
            [row.id, row.rail, payment, False],
        )


def learn_payment(batch: Batch, row: GiftRow, payment: str) -> None:
    """Keep the name of a payment for a gift whose visit nobody here remembers."""
    visit = visit_of(batch, row.id) if payment else None
    if payment and (visit is None or not visit.payment):
        note_payment(batch, row, payment)


def note_end(batch: Batch, gift: str) -> None:
    """Note that a visit is over and known to be."""
    batch.execute("UPDATE storage_visit SET ends = NULL, open = %s WHERE gift = %s", [False, gift])


def drop_unseen(batch: Batch, gift: str) -> bool:
    """Forget a visit whose address the provider never gave; tell whether it is certain that nobody can pay there."""
    batch.execute("DELETE FROM storage_visit WHERE gift = %s AND name = '' AND payment = ''", [gift])
    return visit_of(batch, gift) is None


def end_visits(batch: Batch, rail: str = "") -> None:
    """Write down that every visit at a provider is to end: the goal is reached, or a rail is stopped."""
    rows: list[tuple[Any, ...]] = batch.query(
        "SELECT gift, rail FROM storage_visit WHERE ends IS NOT NULL AND open AND name <> ''"
    )
    for gift, on in rows:
        row = batch.gift(gift)
        if row is not None and rail in {"", on}:
            ask(batch, row, "expire")


def visit_for(batch: Batch, row: GiftRow) -> VisitRow | None:
    """Give the visit by which a gift's money came; what came again after a dispute came by the first one's."""
    found = visit_of(batch, row.id)
    if found is None and row.twin:
        rows = batch.query("SELECT id FROM storage_gift WHERE rc = %s AND NOT twin", [row.rc])
        found = visit_of(batch, rows[0][0]) if rows else None
    return found


def order_of(row: GiftRow, visit: VisitRow | None) -> GiftOrder:
    """Give what a provider is told of a gift that it knows."""
    lang, payment = (visit.lang, visit.payment) if visit else ("", "")
    return GiftOrder(row.id, Money(row.amount, row.currency), row.reference or "", lang, payment)
