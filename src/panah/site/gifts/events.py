"""What a provider's facts do to a gift: authorised, settled, ended, gone back, come back.

Promises: each fact counts once, whoever tells it and in whatever order; what comes before the fact that it is
about is answered "later" and leaves nothing behind (the provider tells it again); money that is here is booked, whether
it was wanted or not. Each function runs inside a job of the writer.
"""

# ruff: noqa: ARG001 - the handlers of events share one signature
from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from panah.core import goal as rule
from panah.core.fund import Act, State, require
from panah.core.rates import RateTable
from panah.errors import N_, RefusedError
from panah.rails.base import PullRail, RailEvent
from panah.site.gifts.booking import Arrival, book, capacity_of, count_waiting, undo, worth_of
from panah.site.gifts.calls import ask, finish, learn_payment, note_end, note_payment
from panah.site.gifts.foreign import fix_rate, is_of_today, split_worth
from panah.site.gifts.marks import is_own, know_again
from panah.site.gifts.retelling import meet_fact
from panah.site.gifts.returning import confirm
from panah.storage.batch import GIFT_COLUMNS, Batch, read_gift
from panah.storage.rows import GiftRow, new_gift_id


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an event led to: `booked`, `refused` (voided: nothing is taken), `claimed` (a capture's outcome
    is not known yet), `undone`, `ignored`, `later` (not yet: tell it again). Amounts in minor units.
    """

    status: str
    counted: int = 0
    held: int = 0
    taken: int = 0  # what it took out of the gift: this much can come back


LATER = Outcome("later")
ELSEWHERE = Outcome("ignored")
"""About a gift that began with this provider and went on with another."""

_MOVES: Final = frozenset({"authorised", "settled", "refunded", "disputed", "reinstated"})
"""Facts behind which there is, or was, money of a giver."""
_BOOKED: Final = frozenset({"booked", "ended"})


def keys_of(rail: PullRail, event: RailEvent) -> list[str]:
    """Give the names of the event and of the one it undoes, as `submit` wants them."""
    return [f"{rail.name}:{name}" for name in (event.id, event.undoes) if name]


def carry_event(batch: Batch, rail: PullRail, event: RailEvent, today: dt.date, rates: RateTable) -> Outcome:
    """Carry a fact out, once; `event.gift` is known. Raises `RefusedError` for a gift that this fund never began."""
    key = keys_of(rail, event)[0]
    earlier = batch.outcome_of(key)
    row = batch.gift(event.gift) or know_again(batch, rail.name, event.mark, make=event.kind in _MOVES)
    if row is None and is_own(batch, event.mark) and event.kind not in _MOVES:
        return Outcome("ignored")  # begun after the backup of a restored fund, and nothing came of it
    if row is None:
        raise RefusedError(N_("This fund knows no such gift."))
    if earlier is not None:
        now_known = earlier == "claimed" and row.status in {"booked", "refused"}
        return Outcome(row.status if now_known else earlier, row.counted, row.booked - row.counted)
    outcome = _carry_new(batch, rail, row, event, today, rates)
    if outcome is not LATER and outcome is not ELSEWHERE:
        batch.add_event(key, row.id, outcome.status, outcome.taken)
    return outcome


def _carry_new(
    batch: Batch, rail: PullRail, row: GiftRow, event: RailEvent, today: dt.date, rates: RateTable
) -> Outcome:
    if row.rail != rail.name:
        if event.kind in {"failed", "voided"}:
            return ELSEWHERE
        raise RefusedError(N_("This fund knows no such gift."))
    if event.amount.currency != row.currency:
        raise RefusedError(N_("The event's currency is not the gift's."))
    if event.kind == "authorised" and row.status == "promised":
        fix_rate(batch, row, rates, today)  # from here on nothing moves: claim, leaf and receipt have one rate
    if event.kind == "settled" and not row.rate and not fix_rate(batch, row, rates, row.made):
        return LATER  # a restored fund whose rates are too old: what the gift is worth is not known yet
    if row.status in _BOOKED and not rail.local_capture:
        learn_payment(batch, row, event.payment)  # taken in from the log, which never knew it
    return _EVENTS[event.kind](batch, rail, row, event, today)


def _as_it_is(row: GiftRow) -> Outcome:
    return Outcome("ignored", row.counted, row.booked - row.counted)


def _authorised(batch: Batch, rail: PullRail, row: GiftRow, event: RailEvent, today: dt.date) -> Outcome:
    remote = not rail.local_capture
    if row.status != "promised" and not (remote and row.status == "refused"):
        return _as_it_is(row)
    if remote:
        note_payment(batch, row, event.payment)
    amount, counted = _room_for(batch, row, min(event.amount.minor, row.amount), today)
    if amount < max(1, rail.least(row.currency)):
        row.status = "refused"
        batch.change_gift(row)
        if remote:
            ask(batch, row, "void")
        return Outcome("refused")
    if not remote:
        book(batch, row, Arrival(amount, counted, event.day), today)
        return Outcome("booked", counted, 0)
    # Intention first: the claim is durable before the provider is asked, and stays until the answer is known.
    row.status, row.claimed = "claimed", counted
    batch.counter.claimed += counted
    batch.change_gift(row)
    ask(batch, row, "capture", amount)
    return Outcome("claimed")


def _room_for(batch: Batch, row: GiftRow, amount: int, today: dt.date) -> tuple[int, int]:
    """Give (what to take, in the gift's currency; what of it counts, in the fund's); zeros when there is no room."""
    if row.status != "promised" or batch.counter.gifts_paused or row.rail in batch.rules.stopped:
        return 0, 0
    # Foreign money is taken whole or not at all: a part of it would be counted at a rate that rounds.
    part, value = row.takes_rest and not row.rate, worth_of(batch, row, amount)
    if not value or not is_of_today(row, today) or (row.rate and amount < row.amount):
        return 0, 0
    counted = rule.claim(capacity_of(batch), value, take_rest=part)
    if not counted:
        return 0, 0
    return (amount if row.rate else counted), counted


def _settled(batch: Batch, rail: PullRail, row: GiftRow, event: RailEvent, today: dt.date) -> Outcome:
    # Money that is here whether we wanted it or not: booked first, then the overflow rule.
    if row.status not in {"promised", "refused", "claimed"}:
        finish(batch, row.id, "capture", "void", "expire")  # a backup may still ask for what the log has booked
        return _as_it_is(row)
    require(State(batch.counter.state), Act.BOOK)
    if not rail.local_capture:
        note_payment(batch, row, event.payment)
    if row.status == "claimed":
        return settle_claim(batch, row, event.amount.minor, event.day, today)
    counted, _ = split_worth(batch, row, event.amount.minor)
    book(batch, row, Arrival(event.amount.minor, counted, event.day), today)
    finish(batch, row.id, "void", "expire")
    return _after_booking(batch, row, today)


def _after_booking(batch: Batch, row: GiftRow, today: dt.date) -> Outcome:
    """Let what came after `met` fill room that refunds have left, in its turn; give how it stands then."""
    count_waiting(batch, today)
    row = batch.gift(row.id) or row
    return Outcome("booked", row.counted, row.booked - row.counted)


def settle_claim(batch: Batch, row: GiftRow, amount: int, day: dt.date, today: dt.date) -> Outcome:
    """Book what was captured of a claimed gift. What another hand captured beyond or below the claim is booked too."""
    claimed, value = _release(batch, row), worth_of(batch, row, amount)
    counted, held = split_worth(batch, row, amount)
    book(batch, row, Arrival(amount, counted, day), today)
    finish(batch, row.id, "capture", "void", "expire")
    if value < claimed:
        count_waiting(batch, today)
    return Outcome("booked", counted, held)


def release_claim(batch: Batch, row: GiftRow, today: dt.date) -> Outcome:
    """Give the room of a claimed gift back: it is certain that nothing was taken."""
    _release(batch, row)
    row.status = "refused"
    batch.change_gift(row)
    finish(batch, row.id, "capture")
    count_waiting(batch, today)
    return Outcome("refused")


def _release(batch: Batch, row: GiftRow) -> int:
    claimed, row.claimed = row.claimed, 0
    batch.counter.claimed -= claimed
    return claimed


def _failed(batch: Batch, rail: PullRail, row: GiftRow, event: RailEvent, today: dt.date) -> Outcome:
    if not rail.local_capture:
        note_end(batch, row.id)
    if row.status != "promised":
        return _as_it_is(row)
    row.status = "refused"
    batch.change_gift(row)
    return Outcome("refused")


def _voided(batch: Batch, rail: PullRail, row: GiftRow, event: RailEvent, today: dt.date) -> Outcome:
    if not rail.local_capture:
        finish(batch, row.id, "void")
        if row.status == "claimed":
            return release_claim(batch, row, today)
    return _failed(batch, rail, row, event, today)


def _undone(batch: Batch, rail: PullRail, row: GiftRow, event: RailEvent, today: dt.date) -> Outcome:
    if confirm(batch, event.call, today):
        return Outcome("ignored", taken=event.amount.minor)  # two members signed it: the books have it already
    if row.status not in {"booked", "ended"}:
        return LATER if not rail.local_capture else Outcome("ignored")
    require(State(batch.counter.state), Act.REFUND)
    left, why = event.amount.minor, "dispute" if event.kind == "disputed" else "void"
    left -= meet_fact(batch, row, "gone-waits", left)
    for part in [row, *_came_again(batch, row)]:
        amount = min(left, part.remains)
        if amount:
            undo(batch, part, amount, today, why=why)
            left -= amount
    if left == event.amount.minor:
        return Outcome("ignored")
    count_waiting(batch, today)
    return Outcome("undone", row.counted, row.booked - row.counted, event.amount.minor - left)


def _came_again(batch: Batch, row: GiftRow) -> list[GiftRow]:
    """Give what came back to this gift after a refund or dispute and still is here."""
    found = batch.query(
        f"SELECT {GIFT_COLUMNS} FROM storage_gift WHERE rc = %s AND rail = %s AND twin AND remains > 0"
        " ORDER BY value_day, id",
        [row.rc, row.rail],
    )
    return [batch.gift(one.id) or one for one in map(read_gift, found) if one.id != row.id]


def _reinstated(batch: Batch, rail: PullRail, row: GiftRow, event: RailEvent, today: dt.date) -> Outcome:
    undone = keys_of(rail, event)[1]
    if batch.outcome_of(undone) is None:
        # Came before the fact that it takes back: together they change nothing, and each is remembered.
        # Unless the log of a restored fund has it gone already.
        gone = meet_fact(batch, row, "gone-waits", event.amount.minor)
        batch.add_event(undone, row.id, "undone" if gone else "ignored", gone)
    amount = min(event.amount.minor, batch.taken_by(undone))
    amount -= meet_fact(batch, row, "again-waits", amount)
    if amount == 0:
        return _as_it_is(row)
    require(State(batch.counter.state), Act.BOOK)
    # The log only grows: what left by one leaf comes back by another, a gift that the same code finds. It counts
    # as money that arrives now does: what its leaving made room for may be taken.
    made = GiftRow(
        new_gift_id(today), row.rail, row.currency, amount, True, row.rc, None, today,
        twin=True, rate=row.rate, source=row.source,
    )  # fmt: skip
    batch.add_gift(made)
    counted, _ = split_worth(batch, made, amount)
    book(batch, made, Arrival(amount, counted, event.day), today)
    return _after_booking(batch, made, today)


_EVENTS = {
    "authorised": _authorised,
    "settled": _settled,
    "failed": _failed,
    "voided": _voided,
    "refunded": _undone,
    "disputed": _undone,
    "reinstated": _reinstated,
}
