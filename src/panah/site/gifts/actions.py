"""Every way a gift changes: promised, paid, refused, booked from a bank list, undone, counted later.

Each public function is one story and returns when its outcome is durable. The rules are
`core/goal.py` and `core/fund.py`; the lock and the transaction are the writer's (`storage/writer.py`).
"""

# ruff: noqa: ARG001 - the handlers of events share one signature
from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import Any

from panah.core import goal as rule
from panah.core.fund import Act, State, require
from panah.core.money import Money
from panah.errors import N_, RefusedError
from panah.rails.bank.reference import new_reference
from panah.rails.base import GiftOrder, PullRail, RailEvent
from panah.site.gifts import returning
from panah.site.gifts.booking import Arrival, book, count_waiting, undo
from panah.storage.batch import Batch
from panah.storage.funds import FundHome
from panah.storage.rows import GiftRow
from panah.storage.writer import writer_for

PUSH_RAILS = frozenset({"bank", "monero", "bitcoin", "cash"})


class GoalError(RefusedError):
    """The amount does not fit what is left; `options` are the amounts that do (maybe none)."""

    code = "goal"

    def __init__(self, sentence: str, options: tuple[Money, ...], hint: str = "") -> None:
        super().__init__(sentence, hint=hint)
        self.options = options


@dataclass(frozen=True, slots=True)
class GiftRequest:
    """What a giver sent from the form. `id` was minted before paying; `rc` is the receipt commitment."""

    id: str
    rail: str
    amount: Money
    takes_rest: bool
    rc: bytes
    lang: str


@dataclass(frozen=True, slots=True)
class Promised:
    """A gift that may now be paid."""

    id: str
    rail: str
    amount: Money
    reference: str | None
    made: dt.date


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an event led to: `booked`, `refused` (voided: nothing is taken), `claimed` (a capture's outcome
    is not known yet), `undone`, `ignored`. Amounts in minor units.
    """

    status: str
    counted: int = 0
    held: int = 0


# -- promise


def promise(fund: FundHome, request: GiftRequest, now: dt.datetime) -> Promised:
    """Write down that somebody is about to give. Repeating the same request gives the same answer.

    Raises `GoalError` with the amounts that fit, or `RefusedError`. Takes no capacity: nobody can fill
    a goal with promises.
    """
    job = partial(_promise, request=request, today=now.date())
    return writer_for(fund).submit(job, gifts=(request.id,), commitments=(request.rc,))


def _promise(batch: Batch, request: GiftRequest, today: dt.date) -> Promised:
    row = batch.gift(request.id)
    if row is None:
        _check_request(batch, request)
        push = request.rail in PUSH_RAILS
        row = GiftRow(
            request.id, request.rail, request.amount.currency, request.amount.minor, request.takes_rest,
            request.rc, new_reference() if push else None, today,
        )  # fmt: skip
        batch.add_gift(row)
    elif (row.rc, row.rail, row.amount) != (request.rc, request.rail, request.amount.minor):
        raise RefusedError(
            N_("This form was already sent with another amount or way of paying."),
            hint=N_("Go back to the fund's page and start a new gift."),
        )
    return Promised(row.id, row.rail, Money(row.amount, row.currency), row.reference, row.made)


def _check_request(batch: Batch, request: GiftRequest) -> None:
    counter, charter = batch.counter, batch.rules.charter
    require(State(counter.state), Act.GIVE)
    if counter.gifts_paused:
        raise RefusedError(N_("Gifts are paused for the moment."), hint=N_("Please come back a little later."))
    rails: Any = charter["rails"]
    if request.rail not in rails:
        raise RefusedError(N_("This fund does not take gifts this way."), hint=N_("Choose another way of paying."))
    if request.rail in batch.rules.stopped:
        raise RefusedError(N_("This way of paying is stopped for now."), hint=N_("Choose another way of paying."))
    if request.amount.currency != charter["currency"]:
        raise RefusedError(N_("This fund takes gifts in %(currency)s."), currency=charter["currency"])
    if batch.is_taken(request.rc):
        raise RefusedError(
            N_("This receipt code belongs to another gift."),
            hint=N_("Go back to the fund's page and start a new gift."),
        )
    # A transfer that arrives in three days can't be promised the very last part: what is past the goal
    # then follows the overflow rule, which the form says. So push rails take any amount from the minimum.
    if request.rail in PUSH_RAILS:
        if request.amount.minor < counter.minimum:
            raise rule.Refuse(rule.Why.SMALL, counter.minimum).error()
        return
    answer = rule.offer(_capacity(batch), request.amount.minor, True)
    if isinstance(answer, rule.Rest):
        options = tuple(Money(amount, request.amount.currency) for amount in answer.options)
        raise GoalError(N_("Less than that is left to the goal."), options, N_("Choose one of these amounts."))
    if isinstance(answer, rule.Refuse):
        error = answer.error()
        raise GoalError(error.template, (), error.hint_template)


def _capacity(batch: Batch) -> rule.Capacity:
    c = batch.counter
    return rule.Capacity(c.goal, c.counted, c.claimed, c.minimum, State(c.state))


# -- events of pull rails


def receive_event(fund: FundHome, rail: PullRail, event: RailEvent, now: dt.datetime) -> Outcome:
    """Carry out what a provider says. Each event counts once: a repeat gets the first one's outcome.

    Raises `RefusedError` for a gift that this fund never began.
    """
    key = f"{rail.name}:{event.id}"
    job = partial(_event, rail=rail, event=event, key=key, today=now.date())
    outcome = writer_for(fund).submit(job, gifts=(event.gift,), events=(key,))
    if outcome.status == "claimed":
        return _capture(fund, rail, event, now)
    return outcome


def _event(batch: Batch, rail: PullRail, event: RailEvent, key: str, today: dt.date) -> Outcome:
    earlier = batch.outcome_of(key)
    row = batch.gift(event.gift)
    if row is None or row.rail != rail.name:
        raise RefusedError(N_("This fund knows no such gift."))
    if earlier is not None:
        return Outcome(earlier, row.counted, row.booked - row.counted)
    if event.amount.currency != row.currency:
        raise RefusedError(N_("The event's currency is not the gift's."))
    outcome = _EVENTS[event.kind](batch, rail, row, event, today)
    batch.add_event(key, row.id, outcome.status)
    return outcome


def _authorised(batch: Batch, rail: PullRail, row: GiftRow, event: RailEvent, today: dt.date) -> Outcome:
    if row.status != "promised":
        return Outcome("ignored", row.counted, row.booked - row.counted)
    amount = 0
    if not batch.counter.gifts_paused and row.rail not in batch.rules.stopped:
        amount = rule.claim(_capacity(batch), min(event.amount.minor, row.amount), take_rest=row.takes_rest)
    if amount == 0:
        row.status = "refused"
        batch.change_gift(row)
        return Outcome("refused")
    if rail.local_capture:
        book(batch, row, Arrival(amount, amount, event.day), today)
        return Outcome("booked", amount, 0)
    # Intention first: the claim is durable before the provider is asked, and stays until the answer is known.
    row.status, row.claimed = "claimed", amount
    batch.counter.claimed += amount
    batch.change_gift(row)
    return Outcome("claimed")


def _settled(batch: Batch, rail: PullRail, row: GiftRow, event: RailEvent, today: dt.date) -> Outcome:
    # Money that is here whether we wanted it or not: booked first, then the overflow rule.
    if row.status not in {"promised", "refused"}:
        return Outcome("ignored", row.counted, row.booked - row.counted)
    counted, held = rule.split(_capacity(batch), event.amount.minor)
    book(batch, row, Arrival(event.amount.minor, counted, event.day), today)
    return Outcome("booked", counted, held)


def _failed(batch: Batch, rail: PullRail, row: GiftRow, event: RailEvent, today: dt.date) -> Outcome:
    if row.status != "promised":
        return Outcome("ignored", row.counted, row.booked - row.counted)
    row.status = "refused"
    batch.change_gift(row)
    return Outcome("refused")


def _undone(batch: Batch, rail: PullRail, row: GiftRow, event: RailEvent, today: dt.date) -> Outcome:
    if event.kind == "refunded" and returning.confirm(batch, event.call, today):
        return Outcome("ignored", row.counted, row.booked - row.counted)  # its leaf is the members' gift-return
    if row.status != "booked":
        return Outcome("ignored")
    amount = min(event.amount.minor, row.booked)
    undo(batch, row, amount, today, why="dispute" if event.kind == "disputed" else "void")
    count_waiting(batch, today)
    return Outcome("undone", row.counted, row.booked - row.counted)


_EVENTS = {
    "authorised": _authorised,
    "settled": _settled,
    "failed": _failed,
    "voided": _failed,
    "refunded": _undone,
    "disputed": _undone,
}


def _capture(fund: FundHome, rail: PullRail, event: RailEvent, now: dt.datetime) -> Outcome:
    """Ask the provider to capture what was claimed, then book or release it; unknown keeps the claim."""
    row = writer_for(fund).submit(lambda batch: batch.gift(event.gift), gifts=(event.gift,))
    if row is None or row.status != "claimed":
        return Outcome("ignored")
    order = GiftOrder(id=row.id, amount=Money(row.amount, row.currency), reference=row.reference or "", lang="")
    capture = rail.capture(order, Money(row.claimed, row.currency), f"{row.id}:capture")
    if capture.outcome == "unknown":
        return Outcome("claimed")
    job = partial(
        _after_capture,
        identity=row.id,
        captured=capture.outcome == "captured",
        day=event.day,
        today=now.date(),
    )
    return writer_for(fund).submit(job, gifts=(row.id,))


def _after_capture(batch: Batch, identity: str, captured: bool, day: dt.date, today: dt.date) -> Outcome:
    row = batch.gift(identity)
    if row is None or row.status != "claimed":
        return Outcome("ignored")
    amount, row.claimed = row.claimed, 0
    batch.counter.claimed -= amount
    if captured:
        book(batch, row, Arrival(amount, amount, day), today)
        return Outcome("booked", amount, 0)
    row.status = "refused"
    batch.change_gift(row)
    count_waiting(batch, today)
    return Outcome("refused")
