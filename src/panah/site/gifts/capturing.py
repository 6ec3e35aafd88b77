"""Asking providers: captures, voids and ends of visits, made again until their outcome is known.

Promises: a call is made only after its intention is durable, and with the key of our own row; no answer changes nothing
but the time of the next try. A key older than `KEY_LIFE` is never sent again, because the provider may have forgotten
it: then its state is asked for, and what it shows is booked or let go. Safe to run at any time, in any number of
processes, after any crash.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from django.db import connections

from panah.core.money import Money
from panah.errors import PanahError
from panah.rails.base import GiftOrder, PullRail, RailEvent
from panah.site.gifts import calls
from panah.site.gifts.calls import Call, VisitRow
from panah.site.gifts.events import Outcome, carry_event, keys_of, release_claim, settle_claim
from panah.site.gifts.foreign import rates_of
from panah.storage.batch import Batch
from panah.storage.funds import FundHome
from panah.storage.rows import GiftRow
from panah.storage.writer import writer_for

KEY_LIFE: Final = 23 * 3600
"""Seconds. Stripe keeps keys for at least 24 hours; the hour is for clocks and slow lines."""
GRACE: Final = 180
"""Seconds after a visit's end in which its event may still be on the way."""
INTERVAL: Final = 60.0
_MOST: Final = 200
log = logging.getLogger("panah.site")

Rails = Callable[[str], PullRail | None]
"""Name of a rail → the fund's own, with its key; None when this machine can't call it."""


def record(fund: FundHome, rail: PullRail, event: RailEvent, now: dt.datetime) -> Outcome:
    """Carry out one fact, once, without asking the provider for anything."""
    job = partial(carry_event, rail=rail, event=event, today=now.date(), rates=rates_of(fund.home))
    return writer_for(fund).submit(job, gifts=(event.gift,), events=keys_of(rail, event))


# -- one call


def carry_gift(fund: FundHome, rail: PullRail, gift: str, now: dt.datetime) -> Outcome | None:
    """Make the calls that wait for one gift; give what the last one led to, None when nothing was due."""
    outcome = None
    for key in _waiting(fund, "gift = %s", gift):
        outcome = carry_call(fund, rail, key, now) or outcome
    return outcome


def carry_call(fund: FundHome, rail: PullRail, key: str, now: dt.datetime) -> Outcome | None:
    """Make one call and carry out its answer. None when it was not due, or there was no answer."""
    at = int(now.timestamp())
    found = writer_for(fund).submit(partial(_take, key=key, now=at))
    if found is None:
        return None
    call, row, visit = found
    order = calls.order_of(row, visit)
    if call.kind == "expire":
        return _end_visit(fund, rail, call, visit)
    if at - call.first >= KEY_LIFE:
        return _look_instead(fund, rail, call, order, visit, now)
    return (_capture if call.kind == "capture" else _void)(fund, rail, call, order, now)


def _take(batch: Batch, key: str, now: int) -> tuple[Call, GiftRow, VisitRow | None] | None:
    call = calls.take(batch, key, now)
    row = batch.gift(call.gift) if call else None
    return (call, row, calls.visit_of(batch, row.id)) if call and row else None


def _capture(fund: FundHome, rail: PullRail, call: Call, order: GiftOrder, now: dt.datetime) -> Outcome | None:
    capture = rail.capture(order, Money(call.amount, order.amount.currency), call.key)
    if capture.outcome == "unknown":
        return None
    captured = capture.amount.minor if capture.outcome == "captured" else 0
    return _after_capture(fund, order, captured, now)


def _after_capture(fund: FundHome, order: GiftOrder, captured: int, now: dt.datetime) -> Outcome:
    job = partial(_carry_capture, identity=order.id, captured=captured, today=now.date())
    return writer_for(fund).submit(job, gifts=(order.id,))


def _carry_capture(batch: Batch, identity: str, captured: int, today: dt.date) -> Outcome:
    row = batch.gift(identity)
    if row is None or row.status != "claimed":
        calls.finish(batch, identity, "capture")
        return Outcome("ignored")
    if captured:
        return settle_claim(batch, row, captured, today, today)
    outcome = release_claim(batch, row, today)
    calls.ask(batch, row, "void")  # what the provider would not capture may still be blocked at the giver's bank
    return outcome


def _void(fund: FundHome, rail: PullRail, call: Call, order: GiftOrder, now: dt.datetime) -> Outcome | None:
    outcome = rail.void(order, call.key)
    if outcome == "refused":  # another hand has taken the money: then it is here, and is booked
        return _look_instead(fund, rail, call, order, None, now, again=False)
    if outcome == "voided":
        writer_for(fund).submit(lambda batch: calls.finish(batch, order.id, "void"))
        return Outcome("refused")
    return None


def _end_visit(fund: FundHome, rail: PullRail, call: Call, visit: VisitRow | None) -> Outcome | None:
    # Repeating this with a fresh key would harm nobody, so an old key is no question here.
    if visit is None or visit.name == "" or rail.end_visit(visit.name, f"{call.key}:{call.tries}") == "ended":
        writer_for(fund).submit(partial(_after_end, gift=call.gift))
        return Outcome("ignored")
    return None


def _after_end(batch: Batch, gift: str) -> None:
    calls.finish(batch, gift, "expire")
    # `ends` stays: how the visit ended is told by an event, or asked for when none comes.
    batch.execute("UPDATE storage_visit SET open = %s WHERE gift = %s", [False, gift])


def _look_instead(
    fund: FundHome, rail: PullRail, call: Call, order: GiftOrder, visit: VisitRow | None, now: dt.datetime,
    *, again: bool = True,
) -> Outcome | None:  # fmt: skip
    """Carry out what the provider shows; when it shows that nothing came of the call, ask anew with a new key."""
    facts = rail.look(order, visit.name if visit else "")
    if facts is None:
        return None
    outcome = None
    for fact in facts:
        if fact.kind != "authorised":
            outcome = record(fund, rail, fact, now)
    if outcome is None and again and any(fact.kind == "authorised" for fact in facts):
        writer_for(fund).submit(partial(_ask_anew, call=call), gifts=(order.id,))
        return carry_gift(fund, rail, order.id, now)
    return outcome


def _ask_anew(batch: Batch, call: Call) -> None:
    row = batch.gift(call.gift)
    calls.finish(batch, call.gift, call.kind)
    if row is not None and (call.kind == "void" or row.status == "claimed"):
        calls.ask(batch, row, call.kind, call.amount)


# -- all that is due


def take_up(fund: FundHome) -> None:
    """Make every call due that waits: who starts up can't know which of them a dead process was making.

    Sent once more under its own key, a call that is still under way elsewhere does nothing twice.
    """
    writer_for(fund).submit(lambda batch: batch.execute("UPDATE storage_railcall SET due = 0 WHERE state = 'waiting'"))


def carry_due(fund: FundHome, rails: Rails, now: dt.datetime) -> int:
    """Make every call that is due; give how many have an outcome now."""
    done = 0
    for key in _waiting(fund, "due <= %s", int(now.timestamp())):
        rail = rails(_rail_of(fund, key))
        if rail is not None:
            done += carry_call(fund, rail, key, now) is not None
    return done


def find_lost(fund: FundHome, rails: Rails, now: dt.datetime) -> int:
    """Ask about visits that are over although no event has told how; give how many are settled now.

    Events get lost: a site that is down for days, a webhook that was never set up. A card must not stay
    blocked, and a gift not stay unbooked, because nobody told us.
    """
    at, settled = int(now.timestamp()), 0
    sql = f"SELECT {calls.VISIT_COLUMNS} FROM storage_visit WHERE ends < %s ORDER BY ends LIMIT %s"
    for visit in map(calls.read_visit, _read(fund, sql, at - GRACE, _MOST)):
        rail = rails(visit.rail)
        row = writer_for(fund).submit(partial(_gift, gift=visit.gift), gifts=(visit.gift,))
        if rail is None or row is None:
            continue
        settled += _settle_visit(fund, rail, row, visit, now)
    return settled


def _gift(batch: Batch, gift: str) -> GiftRow | None:
    return batch.gift(gift)


def _settle_visit(fund: FundHome, rail: PullRail, row: GiftRow, visit: VisitRow, now: dt.datetime) -> bool:
    if visit.name == "":  # the provider never gave an address, so nobody could pay
        writer_for(fund).submit(partial(calls.note_end, gift=row.id))
        return True
    facts = rail.look(calls.order_of(row, visit), visit.name)
    if facts is None:
        return False
    for fact in facts:
        record(fund, rail, fact, now)
    if facts:
        writer_for(fund).submit(partial(calls.note_end, gift=row.id))
        carry_gift(fund, rail, row.id, now)
        return True
    later = int(now.timestamp()) + LATER_LOOK
    writer_for(fund).submit(
        lambda batch: batch.execute("UPDATE storage_visit SET ends = %s WHERE gift = %s", [later, row.id])
    )
    return False


LATER_LOOK: Final = 900
"""Seconds until a visit that should be over, and is not, is asked about again."""


def _waiting(fund: FundHome, where: str, value: Any) -> list[str]:
    sql = f"SELECT key FROM storage_railcall WHERE state = 'waiting' AND {where} ORDER BY due, key LIMIT %s"
    return [key for (key,) in _read(fund, sql, value, _MOST)]


def _rail_of(fund: FundHome, key: str) -> str:
    return str(_read(fund, "SELECT rail FROM storage_railcall WHERE key = %s", key)[0][0])


def _read(fund: FundHome, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connections[fund.alias].cursor() as cursor:
        cursor.execute(sql, list(values))
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


class Caller:
    """Makes what is due at start-up, every minute, and when it is woken. One per fund and process."""

    def __init__(self, fund: FundHome, rails: Rails, clock: Callable[[], dt.datetime], also: Callable[[], Any]) -> None:
        self._fund, self._rails, self._clock, self._also = fund, rails, clock, also
        self._wake = threading.Event()
        self._ending = False
        self._wake.set()  # start-up: what a crash cut off is due now
        self._thread = threading.Thread(target=self._run, name=f"caller {fund.slug}", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Make what is due now (the goal is reached); returns at once."""
        self._wake.set()

    def stop(self) -> None:
        """End after the call that is being made."""
        self._ending = True
        self._wake.set()
        self._thread.join()

    def _run(self) -> None:
        self._try(partial(take_up, self._fund))
        while True:
            self._wake.wait(INTERVAL)
            self._wake.clear()
            if self._ending:
                break
            for step in (carry_due, find_lost):
                self._try(partial(step, self._fund, self._rails, self._clock()))
            self._try(self._also)
        connections[self._fund.alias].close()

    @staticmethod
    def _try(step: Callable[[], Any]) -> None:
        try:
            step()
        except Exception as error:  # noqa: BLE001 - the next round tries again; nothing was acknowledged
            log.error("asking a provider failed: %s", _name(error))


def _name(error: Exception) -> str:
    return error.code if isinstance(error, PanahError) else type(error).__name__
