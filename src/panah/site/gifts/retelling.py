"""Providers' facts that a restored fund has booked without knowing them: their leaves were taken in from the log.

A backup forgets the events that came after it, and the log never knew them (it would name payments). So each void
and each sum that came again waits here for its fact. When a provider tells it once more, it meets what waits and
changes nothing: sums are kept, whichever of two facts of one gift comes first.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from panah.storage.batch import Batch
    from panah.storage.rows import GiftRow

Waiting = Literal["gone-waits", "again-waits"]
_TOLD: Final = frozenset({"void", "dispute"})


def await_fact(batch: Batch, leaf: bytes, body: dict[str, Any], gift: str) -> None:
    """Let a void, or money that came again, wait for the fact that led to it (job)."""
    row = batch.gift(gift)
    if body.get("why") in _TOLD:
        kind: Waiting = "gone-waits"
    elif row is not None and row.twin and "rc" in body and "list" not in body:
        kind = "again-waits"
    else:
        return
    name = sha256(b"panah/1/adopted-fact\0" + leaf + batch.counter.next_entry.to_bytes(8, "big")).hexdigest()
    batch.add_event(f"adopted:{name}", gift, kind, body["amount"])


def meet_fact(batch: Batch, row: GiftRow, kind: Waiting, most: int) -> int:
    """Give how much of a fact about `row` the books have already, at most `most`; it waits no longer (job)."""
    found = batch.query(
        "SELECT e.id, e.amount FROM storage_raileventrow e JOIN storage_gift g ON g.id = e.gift"
        " WHERE e.outcome = %s AND g.rc = %s AND g.rail = %s ORDER BY e.amount = %s DESC, e.id",
        [kind, row.rc, row.rail, most],
    )
    left = most
    for name, amount in found:
        part = min(left, amount)
        if part == amount:
            batch.execute("DELETE FROM storage_raileventrow WHERE id = %s", [name])
        elif part:
            batch.execute("UPDATE storage_raileventrow SET amount = amount - %s WHERE id = %s", [part, name])
        left -= part
    return most - left
