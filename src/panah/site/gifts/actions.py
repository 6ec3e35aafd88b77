"""How a gift begins, and where a provider's word about it goes: `events.py` says what it does, `capturing.py` asks.

Each public function is one story and returns when its outcome is durable. The rules are
`core/goal.py` and `core/fund.py`; the lock and the transaction are the writer's (`storage/writer.py`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from panah.core import goal as rule
from panah.core.fund import Act, State, require
from panah.core.money import Money
from panah.core.rates import RateTable, value_at
from panah.errors import N_, RefusedError
from panah.rails.bank.reference import new_reference
from panah.rails.base import PullRail, RailEvent
from panah.rails.registry import HAND, PULL
from panah.site.gifts.banking import accepted_by
from panah.site.gifts.booking import capacity_of
from panah.site.gifts.calls import drop_unseen, gift_of_payment
from panah.site.gifts.capturing import carry_gift, record
from panah.site.gifts.events import LATER, Outcome
from panah.site.gifts.foreign import fix_rate, rate_on, rates_of, require_rate
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


# -- promise


def promise(fund: FundHome, request: GiftRequest, now: dt.datetime) -> Promised:
    """Write down that somebody is about to give. Repeating the same request gives the same answer.

    Raises `GoalError` with the amounts that fit, or `RefusedError`. Takes no capacity: nobody can fill
    a goal with promises.
    """
    job = partial(_promise, request=request, today=now.date(), rates=rates_of(fund.home))
    return writer_for(fund).submit(job, gifts=(request.id,), commitments=(request.rc,))


def _promise(batch: Batch, request: GiftRequest, today: dt.date, rates: RateTable) -> Promised:
    row = batch.gift(request.id)
    if row is not None and _chooses_again(batch, row, request):
        batch.drop_gift(row)
        row = None
    if row is None:
        _check_request(batch, request)
        _check_amount(batch, request, rates, today)
        push = request.rail in PUSH_RAILS
        row = GiftRow(
            request.id, request.rail, request.amount.currency, request.amount.minor, request.takes_rest,
            request.rc, new_reference() if push else None, today,
        )  # fmt: skip
        batch.add_gift(row)
        if not push:
            fix_rate(batch, row, rates, today)  # shown to the giver; fixed anew when the room is claimed
    elif row.rc != request.rc or not _is_same(row, request):
        raise RefusedError(
            N_("This form was already sent with another amount or way of paying."),
            hint=N_("Go back to the fund's page and start a new gift."),
        )
    return Promised(row.id, row.rail, Money(row.amount, row.currency), row.reference, row.made)


def _is_same(row: GiftRow, request: GiftRequest) -> bool:
    return (row.rail, Money(row.amount, row.currency)) == (request.rail, request.amount)


def _chooses_again(batch: Batch, row: GiftRow, request: GiftRequest) -> bool:
    """Tell whether the provider could not be reached, and the giver now chose another way or another sum."""
    changed = row.status == "promised" and row.rc == request.rc and not _is_same(row, request)
    remote = row.rail in PULL and not PULL[row.rail].local_capture
    return changed and remote and drop_unseen(batch, row.id)


def _check_request(batch: Batch, request: GiftRequest) -> None:
    counter, charter = batch.counter, batch.rules.charter
    require(State(counter.state), Act.GIVE)
    if counter.gifts_paused:
        raise RefusedError(N_("Gifts are paused for the moment."), hint=N_("Please come back a little later."))
    rails: Any = charter["rails"]
    if request.rail not in rails or request.rail in HAND:
        raise RefusedError(N_("This fund does not take gifts this way."), hint=N_("Choose another way of paying."))
    if request.rail in batch.rules.stopped:
        raise RefusedError(N_("This way of paying is stopped for now."), hint=N_("Choose another way of paying."))
    accepted = accepted_by(batch)
    if request.amount.currency not in accepted:
        raise RefusedError(N_("This fund takes gifts in %(currency)s."), currency=", ".join(accepted))
    if batch.is_taken(request.rc):
        raise RefusedError(
            N_("This receipt code belongs to another gift."),
            hint=N_("Go back to the fund's page and start a new gift."),
        )


def _check_amount(batch: Batch, request: GiftRequest, rates: RateTable, today: dt.date) -> None:
    # A transfer that arrives in three days can't be promised the very last part: what is past the goal
    # then follows the overflow rule, which the form says. So push rails take any amount from the minimum.
    value = _value(batch, request, rates, today)
    if request.rail in PUSH_RAILS:
        if value < batch.counter.minimum:
            raise rule.Refuse(rule.Why.SMALL, batch.counter.minimum).error()
        return
    own = str(batch.rules.charter["currency"])
    answer = rule.offer(capacity_of(batch), value, request.amount.currency == own)
    if not isinstance(answer, rule.Accept):
        # Foreign money can't fit a rest to the cent, so what fits is offered in the fund's own.
        answer = rule.offer(capacity_of(batch), value, True)
    if isinstance(answer, rule.Rest):
        options = tuple(Money(amount, own) for amount in answer.options)
        raise GoalError(N_("Less than that is left to the goal."), options, N_("Choose one of these amounts."))
    if isinstance(answer, rule.Refuse):
        error = answer.error()
        raise GoalError(error.template, (), error.hint_template)


def _value(batch: Batch, request: GiftRequest, rates: RateTable, today: dt.date) -> int:
    """Give what a gift would count; a transfer whose rate only its value day tells passes as the smallest gift."""
    amount, own = request.amount, str(batch.rules.charter["currency"])
    if amount.currency == own:
        return amount.minor
    if request.rail not in PUSH_RAILS:
        return value_at(amount.minor, amount.currency, require_rate(batch, rates, amount, today), own)
    rate = rate_on(batch, rates, amount.currency, today)
    return value_at(amount.minor, amount.currency, rate, own) if rate else batch.counter.minimum


# -- events of pull rails


def receive_event(fund: FundHome, rail: PullRail, event: RailEvent, now: dt.datetime) -> Outcome:
    """Carry out what a provider says. Each fact counts once: a repeat gets the first one's outcome.

    A capture or void that follows from it is asked for at once; without an answer, `capturing.py` goes on asking.
    Raises `RefusedError` for a gift that this fund never began.
    """
    if event.kind == "declined":
        return Outcome("ignored")
    named = _named(fund, rail, event)
    if named is None:
        return LATER
    if not named.gift:
        return Outcome("ignored")
    outcome = record(fund, rail, named, now)
    if not rail.local_capture and outcome.status in {"claimed", "refused"}:
        return carry_gift(fund, rail, named.gift, now) or outcome
    return outcome


def _named(fund: FundHome, rail: PullRail, event: RailEvent) -> RailEvent | None:
    """Give the event with its gift; without one when it is none of ours, None when that can't be known now."""
    if event.gift or not event.payment:
        return event
    gift = writer_for(fund).submit(partial(gift_of_payment, payment=event.payment))
    if gift:
        return replace(event, gift=gift)
    mark = rail.mark_of(event.payment)
    return None if mark is None else replace(event, gift=mark.gift, mark=mark)
