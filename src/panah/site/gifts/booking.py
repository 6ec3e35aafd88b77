"""How money enters and leaves a gift: steps that the stories in `actions.py` and `banking.py` share.

Each runs inside a job of the writer, changes the gift, the counter and the journal together, and
checks nothing that its caller has not checked.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from panah.core import goal as rule
from panah.core.fund import State
from panah.proof.note import encode_base64
from panah.storage.batch import GIFT_COLUMNS, Batch, left_of, read_gift
from panah.storage.rows import GiftRow

LOG_WITHIN: Final = dt.timedelta(days=2)
"""The booked note promises a leaf by the UTC day + 2 (design §6)."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Money that is here: `counted` of `amount` is inside the goal; `listed` hashes the bank list."""

    amount: int
    counted: int
    day: dt.date
    listed: str = ""


def book(batch: Batch, row: GiftRow, arrival: Arrival, today: dt.date) -> None:
    """Write money into the books; the fund is met when the goal is counted in full."""
    counter = batch.counter
    row.status, row.booked, row.counted = "booked", arrival.amount, arrival.counted
    row.value_day, row.log_by = arrival.day, today + LOG_WITHIN
    batch.change_gift(row)
    counter.counted += arrival.counted
    counter.held += arrival.amount - arrival.counted
    body: dict[str, Any] = {
        "t": "panah/1/gift",
        "o": batch.rules.origin,
        "cur": row.currency,
        "amount": arrival.amount,
        "counted": arrival.counted,
        "day": arrival.day.isoformat(),
        "rail": row.rail,
        "rc": encode_base64(row.rc),
    }
    if arrival.listed:
        body["list"] = arrival.listed
    batch.add_entry(body, gift_ref=row.id)
    reach_goal(batch)


def reach_goal(batch: Batch) -> None:
    """Turn `open` into `met` once the goal is counted in full."""
    if batch.counter.counted == batch.counter.goal and batch.counter.state == State.OPEN:
        batch.counter.state = State.MET.value


def undo(batch: Batch, row: GiftRow, amount: int, today: dt.date, why: str) -> None:
    """Take `amount` of a booked gift out again (void, dispute, returned transfer): held part first."""
    before = left_of(row)
    counted = take_out(batch, row, amount)
    body = {
        "t": "panah/1/gift-void",
        "o": batch.rules.origin,
        "gift": 0,
        "amount": amount,
        "counted": counted,
        "day": today.isoformat(),
        "why": why,
    }
    batch.add_entry(body, gift_ref=row.id, before=before)


def take_out(batch: Batch, row: GiftRow, amount: int) -> int:
    """Lower a gift and the counter by `amount`, the held part first; give how much was counted."""
    held = min(amount, row.booked - row.counted)
    counted = amount - held
    row.booked -= amount
    row.counted -= counted
    if row.booked == 0:
        row.status = "ended"
    batch.change_gift(row)
    batch.counter.counted -= counted
    batch.counter.held -= held
    return counted


def count_waiting(batch: Batch, today: dt.date) -> None:
    """Let held gifts count where capacity became free: oldest value day first."""
    c = batch.counter
    if c.held == 0 or c.rest() == 0:
        return
    rows = {
        row.id: row
        for row in map(
            read_gift,
            batch.query(
                f"SELECT {GIFT_COLUMNS} FROM storage_gift WHERE booked > counted ORDER BY value_day, id LIMIT 1000"
            ),
        )
    }
    waiting = [rule.Held(row.id, row.value_day or row.made, row.booked - row.counted) for row in rows.values()]
    capacity = rule.Capacity(c.goal, c.counted, c.claimed, c.minimum, State(c.state))
    for identity, part in rule.free(capacity, waiting):
        row = rows[identity]
        before = left_of(row)
        row.counted += part
        c.counted += part
        c.held -= part
        batch.change_gift(row)
        body = {
            "t": "panah/1/count",
            "o": batch.rules.origin,
            "gift": 0,
            "counted": part,
            "day": today.isoformat(),
        }
        batch.add_entry(body, gift_ref=identity, before=before)
    reach_goal(batch)
