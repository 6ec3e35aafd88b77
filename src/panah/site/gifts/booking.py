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
from panah.core.postings import amount_passed, value_back, worth
from panah.proof.note import encode_base64
from panah.site.funds.terms import raise_goal
from panah.site.gifts.calls import end_visits
from panah.storage.batch import GIFT_COLUMNS, Batch, left_of, read_gift
from panah.storage.rows import GiftRow

LOG_WITHIN: Final = dt.timedelta(days=2)
"""The booked note promises a leaf by the UTC day + 2 (design §6)."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Money that is here: `amount` in the gift's own currency; of its worth in the fund's, `counted` is inside the
    goal. `listed` hashes the statement that told of it.
    """

    amount: int
    counted: int
    day: dt.date
    listed: str = ""


def capacity_of(batch: Batch) -> rule.Capacity:
    """Give how full the fund is."""
    c = batch.counter
    return rule.Capacity(c.goal, c.counted, c.claimed, c.minimum, State(c.state))


def book(batch: Batch, row: GiftRow, arrival: Arrival, today: dt.date) -> None:
    """Write money into the books; the fund is met when the goal is counted in full."""
    counter = batch.counter
    value = worth_of(batch, row, arrival.amount)
    row.status, row.booked, row.counted, row.remains = "booked", value, arrival.counted, arrival.amount
    row.value_day, row.log_by = arrival.day, today + LOG_WITHIN
    batch.change_gift(row)
    counter.counted += arrival.counted
    counter.held += value - arrival.counted
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
    if row.rate:
        body |= {"rate": row.rate, "source": row.source}
    batch.add_entry(body, gift_ref=row.id)
    reach_goal(batch)


def worth_of(batch: Batch, row: GiftRow, amount: int) -> int:
    """Value some of a gift's own currency in the fund's, at the rate that was fixed for it."""
    return worth(amount, row.currency, row.rate, str(batch.rules.charter["currency"])) if row.rate else amount


def reach_goal(batch: Batch) -> None:
    """Turn `open` into `met` once the goal is counted in full; whoever is at a provider's page is let go."""
    if batch.counter.counted != batch.counter.goal or batch.counter.state != State.OPEN:
        return
    day = raise_goal(batch)
    if day and batch.counter.counted < batch.counter.goal:
        count_waiting(batch, day)
        return
    batch.counter.state = State.MET.value
    end_visits(batch)


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
    """Lower a gift and the counter by `amount` of its own currency, the held part first; give how much was counted."""
    value, counted = parts_of(row, amount)
    held = value - counted
    row.remains -= amount
    row.booked -= value
    row.counted -= counted
    if row.booked == row.remains == 0:
        row.status = "ended"
    batch.change_gift(row)
    batch.counter.counted -= counted
    batch.counter.held -= held
    return counted


def parts_of(row: GiftRow, amount: int) -> tuple[int, int]:
    """Give what `amount` of a gift's own currency is worth when it is taken out, and how much of that counts."""
    value = value_back(left_of(row), amount)
    return value, value - min(value, row.booked - row.counted)


def hand_on(batch: Batch, row: GiftRow, value: int) -> None:
    """Lower a gift's held part by `value` of the fund's currency: it is passed on, or reserved."""
    row.remains -= amount_passed(left_of(row), value)
    row.booked -= value
    if row.booked == row.remains == 0:
        row.status = "ended"
    batch.change_gift(row)
    batch.counter.held -= value


def count_waiting(batch: Batch, today: dt.date) -> None:
    """Let held gifts count where capacity became free: oldest value day first.

    Not while leaves are taken in from a log: of two gifts of one day the log has chosen, by ids that are lost.
    """
    c = batch.counter
    if c.held == 0 or c.rest() == 0 or batch.follows_log:
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
    for identity, part in rule.free(capacity_of(batch), waiting):
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
