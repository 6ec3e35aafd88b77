"""Asking providers what a restored fund can't know: what was paid, captured and sent back since its backup.

An event that was taken once is never sent again, so the provider's own lists are read, and every fact in them is
carried out as its event would be: what the backup or a mirror's log has already changes nothing. Until each provider
has answered in full, or somebody has answered for going on without it, the log signs nothing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from django.db import connections

from panah.core.fund import Act, State, allows
from panah.errors import N_, RefusedError
from panah.rails.registry import PULL
from panah.site.gifts import calls
from panah.site.gifts.actions import receive_event
from panah.site.gifts.capturing import carry_gift
from panah.site.gifts.marks import is_own, know_again
from panah.storage.writer import writer_for

if TYPE_CHECKING:
    from panah.rails.base import OpenVisit, PullRail, RailEvent
    from panah.site.gifts.capturing import Rails
    from panah.storage.batch import Batch
    from panah.storage.funds import FundHome

MARGIN: Final = 86400
"""Seconds before a backup from which on is asked: clocks differ, and what is known already changes nothing."""


@dataclass(slots=True)
class Replayed:
    """What a provider's lists led to. `unknown` facts name gifts of another fund, or of none; `later` could not be
    carried out yet, so the provider is to be asked once more.
    """

    facts: int = 0
    booked: int = 0
    refused: int = 0
    undone: int = 0
    unknown: int = 0
    later: int = 0
    open: int = 0


def await_replay(fund: FundHome, since: dt.datetime) -> list[str]:
    """Write down that each provider of the fund is to be asked what happened since; give their names."""
    return writer_for(fund).submit(partial(_await, since=int(since.timestamp()) - MARGIN))


def _await(batch: Batch, since: int) -> list[str]:
    rails: Any = batch.rules.charter["rails"]
    remote = [name for name in rails if name in PULL and not PULL[name].local_capture]
    earlier = dict(batch.query("SELECT rail, since FROM storage_replay"))  # the backup had itself been restored
    for name in remote:
        batch.execute("DELETE FROM storage_replay WHERE rail = %s", [name])
        least = min(since, earlier.get(name, since))
        batch.execute("INSERT INTO storage_replay (rail, since) VALUES (%s, %s)", [name, least])
    return remote


def waiting(fund: FundHome) -> dict[str, int]:
    """Give the providers that are still to be asked, with the Unix times from which on."""
    with connections[fund.alias].cursor() as cursor:
        cursor.execute("SELECT rail, since FROM storage_replay ORDER BY rail")
        return {str(rail): int(since) for rail, since in cursor.fetchall()}


def replay_due(fund: FundHome, rails: Rails, now: dt.datetime) -> dict[str, Replayed | None]:
    """Ask every provider that is to be asked; None where there is no key or no full answer. Safe to repeat."""
    told: dict[str, Replayed | None] = {}
    for name, since in waiting(fund).items():
        rail = rails(name)
        told[name] = replay(fund, rail, since, now) if rail is not None else None
        done = told[name]
        if done is not None and not done.later:
            _forget(fund, name)
    return told


def go_on_without(fund: FundHome, name: str) -> None:
    """Let the log go on although a provider could not be asked. Raises `RefusedError` when it need not be."""
    if name not in waiting(fund):
        raise RefusedError(N_("Nothing waits for the provider of %(rail)s."), rail=name)
    _forget(fund, name)


def _forget(fund: FundHome, name: str) -> None:
    writer_for(fund).submit(lambda batch: batch.execute("DELETE FROM storage_replay WHERE rail = %s", [name]))


def replay(fund: FundHome, rail: PullRail, since: int, now: dt.datetime) -> Replayed | None:
    """Carry out everything that a provider knows since a Unix time; None when it does not tell all of it."""
    history = rail.history(since)
    if history is None:
        return None
    done = Replayed()
    for fact in history.facts:
        _count(done, _carry(fund, rail, fact, now))
    for visit in history.visits:
        if writer_for(fund).submit(partial(_take_up, rail=rail.name, visit=visit), gifts=(visit.mark.gift,)):
            carry_gift(fund, rail, visit.mark.gift, now)
            done.open += 1
    return done


def _carry(fund: FundHome, rail: PullRail, fact: RailEvent, now: dt.datetime) -> str:
    try:
        return receive_event(fund, rail, fact, now).status
    except RefusedError:
        return "unknown"


def _count(done: Replayed, status: str) -> None:
    done.facts += 1
    if status in {"booked", "refused", "undone", "unknown", "later"}:
        setattr(done, status, getattr(done, status) + 1)


def _take_up(batch: Batch, rail: str, visit: OpenVisit) -> bool:
    """Remember a visit that began after the backup; it is ended where no gift may be paid now. Tell if it is ours."""
    if not is_own(batch, visit.mark):
        return False
    gift = visit.mark.gift
    row = batch.gift(gift) or know_again(batch, rail, visit.mark, make=True)
    if row is None or row.rail != rail:
        return False
    if calls.visit_of(batch, gift) is None:
        batch.execute(
            "INSERT INTO storage_visit (gift, rail, lang, ends, name, payment, open)"
            " VALUES (%s, %s, '', %s, %s, '', %s)",
            [gift, rail, visit.ends, visit.name, True],
        )
    else:
        batch.execute("UPDATE storage_visit SET name = %s WHERE gift = %s AND name = ''", [visit.name, gift])
    may_pay = allows(State(batch.counter.state), Act.GIVE) and not batch.counter.gifts_paused
    if row.status != "promised" or not may_pay or rail in batch.rules.stopped:
        calls.ask(batch, row, "expire")
    return True
