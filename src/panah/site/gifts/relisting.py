"""Bank lines that a restored fund has booked without knowing them: their leaves were taken in from the log.

A backup forgets the lines of lists that came after it, and the log never knew them (it would name transfers).
So each gift and each return that was taken in waits here for its line. Members send the lists once more;
a line of the same amount and day finds what waits for it, and is then known: nothing is booked twice.
"""

from __future__ import annotations

import base64
import datetime as dt
from hashlib import sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from panah.storage.batch import Batch

_BOOKED, _UNDONE = "adopted", "undone"


def await_line(batch: Batch, leaf: bytes, body: dict[str, Any], gift: str) -> None:
    """Let a gift or return that was taken in from the log wait for the line that led to it (job)."""
    is_gift = "rc" in body
    # What members entered by hand names their statement (`funds/record.py`); no bank tells of it.
    if not (body.get("list") and body["rail"] == "bank" if is_gift else body.get("why") == "returned"):
        return
    place = sha256(b"panah/1/adopted-line\0" + leaf + batch.counter.next_entry.to_bytes(8, "big")).digest()
    listed = base64.b64decode(body["list"]) if is_gift else b""
    batch.execute(
        "INSERT INTO storage_bankline (line, kind, gift, amount, day, listed) VALUES (%s, %s, %s, %s, %s, %s)",
        [place, _BOOKED if is_gift else _UNDONE, gift, body["amount"], dt.date.fromisoformat(body["day"]), listed],
    )


def meets_booked(batch: Batch, line: dict[str, Any], identity: bytes, listed: str) -> bool:
    """Tell whether a credit is what a taken-in gift waits for; it is known from then on (job)."""
    found = batch.query(
        "SELECT b.line, b.gift FROM storage_bankline b JOIN storage_gift g ON g.id = b.gift"
        " WHERE b.kind = %s AND b.amount = %s AND b.day = %s AND g.currency = %s"
        # The gift that its giver announced under this reference, else one of this very list, else any.
        " ORDER BY CASE WHEN g.reference = %s THEN 0 WHEN b.listed = %s THEN 1 ELSE 2 END, b.line",
        [_BOOKED, line["amount"], line["day"], line["cur"], line.get("ref", ""), base64.b64decode(listed)],
    )
    if not found:
        return False
    place, gift = bytes(found[0][0]), found[0][1]
    _know(batch, place, line, identity, listed)
    if reference := line.get("ref"):
        batch.execute(
            "UPDATE storage_gift SET reference = %s WHERE id = %s AND reference IS NULL"
            " AND NOT EXISTS (SELECT 1 FROM storage_gift WHERE reference = %s)",
            [reference, gift, reference],
        )
    return True


def meets_undone(batch: Batch, gift: str, line: dict[str, Any], identity: bytes, listed: str) -> bool:
    """Tell whether a return is one that was taken in; it is known from then on (job)."""
    found = batch.query(
        "SELECT u.line FROM storage_bankline u WHERE u.kind = %s AND u.amount = %s AND (u.gift = %s OR EXISTS ("
        # Of two transfers of one amount and day either may have met the other's line.
        " SELECT 1 FROM storage_bankline a, storage_bankline b WHERE a.gift = u.gift AND b.gift = %s"
        " AND a.kind IN ('credit', %s) AND b.kind = 'credit' AND a.amount = b.amount AND a.day = b.day))"
        " ORDER BY CASE WHEN u.gift = %s THEN 0 ELSE 1 END, u.line",
        [_UNDONE, line["amount"], gift, gift, _BOOKED, gift],
    )
    if found:
        _know(batch, bytes(found[0][0]), line, identity, listed)
    return bool(found)


def _know(batch: Batch, place: bytes, line: dict[str, Any], identity: bytes, listed: str) -> None:
    batch.execute(
        "UPDATE storage_bankline SET line = %s, kind = %s, listed = %s WHERE line = %s",
        [identity, line["kind"], base64.b64decode(listed), place],
    )
