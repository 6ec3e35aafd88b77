"""A giver on the way to a provider's page: written down first, asked for then, kept until it is known how it ended.

Promises: a gift has one visit, whose words are kept before the provider is asked, so a repeated form leads to the same
page; a provider that fails costs the giver nothing but another choice; a visit that began while the goal was
being reached is ended at once.
"""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from panah.core.fund import Act, State, require
from panah.core.money import Money
from panah.errors import N_, InputError, RefusedError
from panah.rails.base import GiftOrder, PullRail, Visit
from panah.rails.card.rail import VISIT_SECONDS
from panah.site.gifts import calls
from panah.site.gifts.calls import VisitRow
from panah.site.gifts.marks import mark_of
from panah.storage.batch import Batch
from panah.storage.funds import FundHome
from panah.storage.rows import GiftRow
from panah.storage.writer import writer_for

AT_ONCE: Final = 4
"""Givers whose way to a provider one process asks for at a time: half of the fewest threads that one has. A provider
that hangs for half a minute must not take the pages with it, nor the other ways of paying."""
PATIENCE: Final = 1.0
"""Seconds that one more giver waits for a turn: a good provider answers in less, so a rush only queues."""
ways = threading.BoundedSemaphore(AT_ONCE)

_RENEWED: Final = VISIT_SECONDS - 30
"""Seconds that a visit without an address must still have: Stripe takes nothing under 30 minutes."""


class ProviderError(RefusedError):
    """The provider can't be used now; nothing was taken, and other ways of paying are open."""

    code = "provider"
    sentence = N_("The card page can't be reached at the moment. Nothing was taken.")
    hint = N_("Choose another way of paying, or try again in a few minutes.")


@dataclass(frozen=True, slots=True)
class WayBack:
    """Where the provider sends the giver back to, and what the page there is called."""

    address: str
    title: str
    lang: str


def begin_visit(fund: FundHome, rail: PullRail | None, gift: str, back: WayBack, now: dt.datetime) -> str:
    """Give the address of the provider's page for a promised gift; the same again while it may be paid.

    Raises `ProviderError`, or `RefusedError` when the gift can't be paid any more.
    """
    if rail is None or not back.address.startswith(("https://", "http://")):
        raise ProviderError
    job = partial(_open, gift=gift, lang=back.lang, now=int(now.timestamp()))
    row, visit, origin = writer_for(fund).submit(job, gifts=(gift,))
    order = GiftOrder(row.id, Money(row.amount, row.currency), "", visit.lang, mark=mark_of(row, origin))
    if not ways.acquire(timeout=PATIENCE):
        raise ProviderError
    try:
        begun = rail.begin(order, Visit(back.address, back.title, visit.ends or 0), f"{gift}:begin:{visit.ends}")
    except InputError as error:
        raise RefusedError(error.template, hint=error.hint_template, **error.data) from error
    finally:
        ways.release()
    if not begun.ready:
        raise ProviderError
    writer_for(fund).submit(partial(_keep, gift=gift, name=begun.visit), gifts=(gift,))
    return begun.address


def _open(batch: Batch, gift: str, lang: str, now: int) -> tuple[GiftRow, VisitRow, str]:
    row = batch.gift(gift)
    if row is None:
        raise RefusedError(N_("This fund knows no such gift."))
    _check(batch, row)
    visit = calls.visit_of(batch, gift)
    if visit is None:
        ends = now + VISIT_SECONDS
        batch.execute(
            "INSERT INTO storage_visit (gift, rail, lang, ends, name, payment, open)"
            " VALUES (%s, %s, %s, %s, '', '', %s)",
            [gift, row.rail, lang, ends, True],
        )
        visit = VisitRow(gift, row.rail, lang, ends, "", "", True)
    elif not visit.name and visit.open and visit.ends is not None and visit.ends - now < _RENEWED:
        # Asked for, cut off, tried again: its address reached nobody, and what is left of its time is less than a
        # provider takes.
        visit = replace(visit, ends=now + VISIT_SECONDS)
        batch.execute("UPDATE storage_visit SET ends = %s WHERE gift = %s", [visit.ends, gift])
    if row.status != "promised" or not visit.open or visit.ends is None or visit.ends <= now:
        raise RefusedError(
            N_("The time to pay this gift is over."), hint=N_("Go back to the fund's page and start a new gift.")
        )
    return row, visit, batch.rules.origin


def _check(batch: Batch, row: GiftRow) -> None:
    require(State(batch.counter.state), Act.GIVE)
    if batch.counter.gifts_paused or row.rail in batch.rules.stopped:
        raise RefusedError(N_("Gifts are paused for the moment."), hint=N_("Please come back a little later."))


def _keep(batch: Batch, gift: str, name: str) -> None:
    row = batch.gift(gift)
    batch.execute("UPDATE storage_visit SET name = %s WHERE gift = %s AND open", [name, gift])
    if row is not None and (batch.counter.state != State.OPEN or row.rail in batch.rules.stopped):
        calls.ask(batch, row, "expire")  # the goal was reached while the provider was answering


def may_pay(fund: FundHome, gift: str, now: dt.datetime) -> bool:
    """Tell whether a giver who came back may still go to the provider's page."""
    visit = writer_for(fund).submit(partial(calls.visit_of, gift=gift))
    return visit is not None and visit.open and visit.ends is not None and visit.ends > int(now.timestamp())
