"""The working set of a transaction in which people's envelopes come in: one look at the rules, one write of the counts.

Jobs of one transaction share it (`Batch.part`), so an envelope costs one question (is it here already?) and its row.
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from panah.core.intake import KEEP_DAYS, KEEP_SPREAD, Quota
from panah.proof.relaywire import NOTHING, Deposit, cost_of
from panah.site.relay.queries import open_until, read_answers
from panah.storage.bulk import Insert

if TYPE_CHECKING:
    from panah.site.relay.queries import Limits, Way
    from panah.storage.batch import Batch

ROWS: Final = Insert("storage_envelope", {
    "lookup": "bytea", "deletion": "bytea", "day": "date", "bucket": "integer", "expires": "date",
    "vouched": "boolean", "blob": "bytea",
})  # fmt: skip


def last_day(today: dt.date) -> dt.date:
    """Draw the day on which something goes that came today."""
    return today + dt.timedelta(days=KEEP_DAYS + secrets.randbelow(KEEP_SPREAD))


@dataclass(slots=True)
class _Day:
    """What is used of each quota, without and with a voucher."""

    day: dt.date
    used: dict[Way, list[int]]
    changed: bool = False


class Deposits:
    """A `storage.batch.Part`."""

    def __init__(self) -> None:
        self._rows: list[tuple[object, ...]] = []
        self._fresh: set[tuple[bytes, bytes]] = set()
        self._day: _Day | None = None
        self._until: dict[dt.date, dt.date | None] = {}

    def take(
        self, batch: Batch, deposit: Deposit, bucket: int, digest: bytes, way: Way, allowed: Limits, today: dt.date
    ) -> str:
        """Take an envelope in, or give the word why not. `digest` is the envelope's SHA-256."""
        name = (deposit.sent, digest)
        if name in self._fresh or _is_here(batch, deposit):
            return "taken"
        if self._closed(batch, today):
            return "closed"
        day, cost = self._today(batch, today), cost_of(len(deposit.envelope))
        vouched = _is_voucher(batch, deposit.voucher, today)
        if not Quota(allowed.of(way), *day.used[way]).has_room(cost, vouched=vouched):
            return f"full {(today + dt.timedelta(days=1)).isoformat()}"
        day.used[way][vouched] += cost
        day.changed = True
        self._fresh.add(name)
        one = deposit
        self._rows.append((one.sent, one.deletion, today, bucket, last_day(today), vouched, one.envelope))
        if vouched:
            batch.execute("DELETE FROM storage_voucher WHERE id = %s", [_name(deposit.voucher)])
        return "taken"

    def write(self, batch: Batch) -> None:
        """Send rows and counts."""
        rows, self._rows = self._rows, []
        batch.write(ROWS, rows)
        if self._day is not None and self._day.changed:
            self._day.changed = False
            batch.cursor.execute(
                "UPDATE storage_intakeday SET script = %s, script_vouched = %s, door = %s, door_vouched = %s"
                " WHERE day = %s",
                [*self._day.used["script"], *self._day.used["door"], self._day.day],
            )

    def _closed(self, batch: Batch, today: dt.date) -> bool:
        if today not in self._until:
            c = batch.counter
            answers = read_answers(batch.cursor)
            self._until[today] = open_until(c.state, c.intake_paused, batch.rules.roster, answers, today)
        return self._until[today] is None

    def _today(self, batch: Batch, today: dt.date) -> _Day:
        if self._day is None or self._day.day != today:
            self.write(batch)  # midnight may pass within a transaction
            salt_of(batch, today)
            batch.cursor.execute(
                "SELECT script, script_vouched, door, door_vouched FROM storage_intakeday WHERE day = %s", [today]
            )
            script, script_vouched, door, door_vouched = batch.cursor.fetchone()
            self._day = _Day(today, {"script": [script, script_vouched], "door": [door, door_vouched]})
        return self._day


def salt_of(batch: Batch, day: dt.date) -> bytes:
    """Give the salt of a day's work; the first who asks draws it (job)."""
    batch.cursor.execute("SELECT salt FROM storage_intakeday WHERE day = %s", [day])
    row = batch.cursor.fetchone()
    if row is not None:
        return bytes(row[0])
    salt = secrets.token_bytes(32)
    batch.cursor.execute(
        "INSERT INTO storage_intakeday (day, salt, script, script_vouched, door, door_vouched)"
        " VALUES (%s, %s, 0, 0, 0, 0)",
        [day, salt],
    )
    return salt


def _is_here(batch: Batch, deposit: Deposit) -> bool:
    batch.cursor.execute(
        "SELECT 1 FROM storage_envelope WHERE lookup = %s AND vouched IS NOT NULL AND blob = %s",
        [deposit.sent, deposit.envelope],
    )
    return batch.cursor.fetchone() is not None


def _is_voucher(batch: Batch, voucher: bytes, today: dt.date) -> bool:
    if voucher == NOTHING:
        return False
    return bool(batch.query("SELECT 1 FROM storage_voucher WHERE id = %s AND until >= %s", [_name(voucher), today]))


def _name(voucher: bytes) -> bytes:
    return sha256(voucher).digest()
