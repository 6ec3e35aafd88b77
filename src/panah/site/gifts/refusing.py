"""Requests for a refund that members answer with a no: the day and a kind of reason, for the giver to read.

One member is enough, without a signature: a refusal moves no money, says nothing in the log and takes nothing away. The
giver may ask again, and two members may agree to a return at any time, asked for or not. What two have to
decide stays with two: nothing goes back without their `gift-return`.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from django.db import connections

from panah.errors import N_, InputError, RefusedError
from panah.site.gifts.returning import Asked, requests
from panah.storage.writer import writer_for

if TYPE_CHECKING:
    from panah.storage.funds import FundHome

REFUSALS: Final = ("spent", "rules", "other")
"""Kinds of reasons, as the giver's page names them. A free text would bring names onto this server."""


def refuse(fund: FundHome, leaf: int, answer: str, now: dt.datetime) -> Asked:
    """Answer the request about the gift of this leaf with a no. Raises `RefusedError` when none waits."""
    if answer not in REFUSALS:
        raise InputError(N_("Say why with one of these words: %(words)s."), words=", ".join(REFUSALS))
    asked = next((one for one in requests(fund) if one.leaf == leaf), None)
    done = asked and writer_for(fund).submit(
        lambda batch: batch.execute(
            "UPDATE storage_refundrequest SET refused = %s, answer = %s WHERE gift = %s AND refused IS NULL",
            [now.date(), answer, asked.gift],
        )
    )
    if asked is None or not done:
        raise RefusedError(N_("No request about the gift of leaf %(leaf)s waits."), leaf=leaf)
    return asked


def refusal_of(fund: FundHome, gift: str) -> tuple[dt.date, str] | None:
    """Give the day on which a request about this gift was refused, and the kind of reason."""
    with connections[fund.alias].cursor() as cursor:
        cursor.execute(
            "SELECT refused, answer FROM storage_refundrequest WHERE gift = %s AND refused IS NOT NULL", [gift]
        )
        row = cursor.fetchone()
    if row is None:
        return None
    return (dt.date.fromisoformat(row[0]) if isinstance(row[0], str) else row[0]), str(row[1])
