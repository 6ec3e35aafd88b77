"""Holders outside the team announce a new roster, and bring it in when nobody of the team has answered.

The rules are those of every reader of the log (`core/recovery.py`); the site's own clock is asked beside them: a
notice is dated the day it becomes public, and its roster waits the fourteen days here too.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from panah.core import recovery
from panah.core.fund import Act, State, require
from panah.errors import N_, RefusedError
from panah.proof import canonical
from panah.site.funds.rules import check_roster, take_roster
from panah.site.funds.terms import charter_leaves, charter_on, latest_day

if TYPE_CHECKING:
    from panah.site.funds.setting import Setting
    from panah.storage.batch import Batch


def notice(batch: Batch, body: dict[str, Any], setting: Setting) -> None:
    """Announce a roster; a later notice takes the place of an earlier one."""
    require(State(batch.counter.state), Act.ROSTER)
    _check_holders(batch, body)
    if dt.date.fromisoformat(body["day"]) < setting.today:
        raise RefusedError(
            N_("A notice is dated the day on which it becomes public."),
            hint=N_("Write it anew with the day on which you will hand it in, and collect the signatures before."),
        )
    latest = max(latest_day(batch, 1, placed=False).isoformat(), str(batch.rules.charter["founded"]))
    recovery.check_notice(body, latest)
    check_roster(batch, body, setting.today)
    number = batch.counter.next_entry
    batch.add_entry(body)
    _run(batch, number)


def bring_in(batch: Batch, body: dict[str, Any], setting: Setting) -> None:
    """Take the roster of the notice that runs into force (a `roster` statement that names a notice)."""
    require(State(batch.counter.state), Act.ROSTER)
    _check_holders(batch, body)
    running = batch.query(
        "SELECT e.leaf, e.body FROM storage_entry e, storage_fund f WHERE f.id = 1 AND e.id = f.notice"
    )
    found = (running[0][0], canonical.decode(bytes(running[0][1]))) if running and running[0][0] is not None else None
    # Dated ahead by a day as any statement may be, it would shorten the notice.
    today = min(setting.today, dt.date.fromisoformat(body["day"]))
    recovery.check_recovery(body | {"day": today.isoformat()}, found)
    check_roster(batch, body, setting.today)
    take_roster(batch, body)


def note_living_team(batch: Batch, kind: str) -> None:
    """End a notice that runs when two members signed what becomes a leaf (job)."""
    if kind in recovery.ENDS_NOTICE and batch.query("SELECT 1 FROM storage_fund WHERE notice IS NOT NULL"):
        _run(batch, None)


def _run(batch: Batch, number: int | None) -> None:
    batch.execute("UPDATE storage_fund SET notice = %s WHERE id = 1", [number])
    batch.counter.rules += 1
    batch.counter.face += 1


def _check_holders(batch: Batch, body: dict[str, Any]) -> None:
    """Ask the charter that is in force for a reader of the log at this leaf: its own day counts too."""
    terms: dict[str, Any] = batch.rules.charter
    if State(batch.counter.state) in {State.DRAFT, State.OPEN}:
        day = max(latest_day(batch, 1, placed=False), dt.date.fromisoformat(body["day"]))
        terms = charter_on(charter_leaves(batch), day)
    recovery.check_holders([name for name, _ in body["sig"]], terms)
