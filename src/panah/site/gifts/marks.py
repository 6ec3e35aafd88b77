"""What a provider keeps of a gift for us, so that a fund that was restored from a backup knows the gift again.

A session and its payment carry the fund's origin, the gift's id and its receipt commitment. A gift that was taken
in from a mirror's log has the commitment alone: the mark gives its id back. One that no log holds is begun
anew under its own id and commitment, so that the giver's code finds it; what was paid is then told by facts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from panah.core.fund import State
from panah.rails.base import Mark
from panah.storage.batch import GIFT_COLUMNS, Batch, read_gift
from panah.storage.rows import GiftRow

if TYPE_CHECKING:
    import datetime as dt


def mark_of(row: GiftRow, origin: str) -> Mark:
    """Give what the provider is to keep of a gift."""
    return Mark(row.id, origin, row.rc, row.takes_rest)


def is_own(batch: Batch, mark: Mark | None) -> bool:
    """Tell whether a mark is of this fund: two funds may share an account."""
    return mark is not None and bool(mark.gift) and mark.fund == batch.rules.origin


def know_again(
    batch: Batch, rail: str, mark: Mark | None, *, make: bool, today: dt.date | None = None
) -> GiftRow | None:
    """Find the gift that a mark is of although nothing here has its id; with `make`, begin one that was lost (job)."""
    if mark is None or not is_own(batch, mark) or mark.asked is None:
        return None
    rows = batch.query(f"SELECT {GIFT_COLUMNS} FROM storage_gift WHERE rc = %s AND NOT twin", [mark.rc])
    if rows:
        found = read_gift(rows[0])
        if found.rail != rail:
            return None
        batch.rename_gift(found, mark.gift)
        return found
    day = mark.day or today
    if not make or day is None or batch.counter.state == State.CLOSED:
        return None
    made = GiftRow(mark.gift, rail, mark.asked.currency, mark.asked.minor, mark.takes_rest, mark.rc, None, day)
    batch.add_gift(made)
    return made
